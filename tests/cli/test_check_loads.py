"""A check loads what its notebook needs: what was checked before needs no rules, and few notebooks hold models."""

import json
import os
import subprocess
import sys
from pathlib import Path

from offbook.rules import CATALOGUE, all_rules

MODELS = "offbook.analysis.learning.interpreter"
_CODE = "import sys; from offbook.cli.main import run; run(sys.argv[1:]); print(*sys.modules)"


def notebook(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for n, s in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def loaded(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, "check", *arguments], env=os.environ, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_an_unchanged_notebook_is_answered_without_rules_and_analysis(tmp_path: Path) -> None:
    path = notebook(tmp_path / "a.ipynb", "import os", "print(total)")
    first, second = loaded(str(path)), loaded(str(path))
    assert {"offbook.analysis", "offbook.rules.execution.undefined_name"} <= first
    assert not [name for name in second if name.startswith("offbook.analysis")]
    assert not [name for name in second if name.startswith("offbook.rules.execution")]


def test_rules_about_models_are_loaded_for_notebooks_with_models(tmp_path: Path) -> None:
    plain = notebook(tmp_path / "plain.ipynb", "import pandas as pd", "pd.read_csv('a.csv')")
    models = notebook(tmp_path / "models.ipynb", "from sklearn.svm import SVC", "model = SVC().fit(X, y)")
    assert MODELS not in loaded(str(plain))
    assert MODELS in loaded(str(models))


def test_the_catalogue_holds_every_rule() -> None:
    assert tuple(rule.heading for rule in all_rules()) == CATALOGUE
    assert [heading.load() for heading in CATALOGUE] == list(all_rules())
