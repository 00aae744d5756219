from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

tomllib = pytest.importorskip("tomllib")
LINT = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]


def test_layers_hold(root: Path) -> None:
    result = subprocess.run(LINT, cwd=root, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout


def test_a_broken_layer_is_seen(tmp_path: Path, root: Path) -> None:
    package = tmp_path / "offbook"
    contract = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    required = [layer.strip() for row in contract["layers"] if "(" not in row for layer in row.split("|")]
    for layer in [*required, "wire", "devtools"]:
        (package / layer).mkdir(parents=True)
        (package / layer / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "rules" / "__init__.py").write_text("import offbook.refactor\n")
    settings = tmp_path / "setup.cfg"
    layers = "\n    ".join(contract["layers"])
    settings.write_text(
        "[importlinter]\nroot_package = offbook\n\n[importlinter:contract:1]\nname = layers\ntype = layers\n"
        f"containers = offbook\nlayers =\n    {layers}\n"
    )
    result = subprocess.run(
        [*LINT, "--config", str(settings)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 1
    assert "offbook.rules is not allowed to import offbook.refactor" in result.stdout


HEAVY = ("libcst", "jedi", "nbclient", "nbformat", "jupyter_client", "lsprotocol", "pygls")


@pytest.mark.parametrize("module", ["offbook.notebook", "offbook.analysis", "offbook.rules", "offbook.cli.main"])
def test_light_modules_load_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() == "[]"
