from __future__ import annotations

from pathlib import Path

import pytest
from receipt_workspace import SOURCES, write, write_spec


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that a run has just passed in."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.delenv("OFFBOOK_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("OWN_SETTING", raising=False)
    spec, site, root = tmp_path / "jupyter" / "kernels" / "own", tmp_path / "site-packages", tmp_path / "work"
    for folder in (spec, site / "thing-1.0.dist-info", root / "data", root / "package"):
        folder.mkdir(parents=True)
    write_spec(spec, site)
    (root / ".git").mkdir()
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (root / "data" / "rows.csv").write_text("a,b\n1,2\n")
    (root / "shown.txt").write_text("shown")
    (root / "base.db").touch()
    (root / "helpers.py").write_text("X = 1\n")
    (root / "package" / "__init__.py").touch()
    (root / "package" / "inner.py").write_text("import os\nos.environ.get('INNER')\n")
    write(root / "n.ipynb", SOURCES)
    return root
