import json
from pathlib import Path

import pytest

from offbook.app.run import check_runs
from offbook.errors import UserError


def notebook(path: Path, source: str) -> Path:
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    return path


def test_the_settings_skip_notebooks_and_bound_the_others(tmp_path: Path) -> None:
    (tmp_path / "offbook.toml").write_text('[run]\ncell-timeout = 1\nskip = ["demo*.ipynb"]')
    runs = check_runs(
        [
            notebook(tmp_path / "demo-1.ipynb", "1 / 0"),
            notebook(tmp_path / "slow.ipynb", "import time\ntime.sleep(60)"),
        ],
        jobs=2,
    )
    assert [run.report.status for run in runs] == ["skipped", "timeout"]
    assert "the settings skip it" in runs[0].report.message


def test_wrong_settings_are_told(tmp_path: Path) -> None:
    (tmp_path / "offbook.toml").write_text("[run]\ntimeuot = 1")
    with pytest.raises(UserError, match="did you mean `timeout`"):
        check_runs([notebook(tmp_path / "a.ipynb", "1")])
