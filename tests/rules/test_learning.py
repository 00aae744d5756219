"""The history of a notebook's models is told anew only where a cell that matters to models has changed."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from offbook.analysis import analyze
from offbook.analysis.learning.interpreter import Interpreter
from offbook.notebook.percent import parse_percent
from offbook.rules import RuleSettings
from offbook.rules.checker import Checker

LEARNING = RuleSettings(enabled={"OB501", "OB502", "OB503", "OB504", "OB505", "OB506"})
NOTEBOOK = """# %% id=a
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC
df = pd.read_csv("a.csv")
# %% id=look
df.head()
# %% id=fit
X = StandardScaler().fit_transform(df)
X_train, X_test, y_train, y_test = train_test_split(X, df.y, random_state=0)
SVC().fit(X_train, y_train).score(X_test, y_test)
"""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    told: list[int] = []
    original = Interpreter.run

    def counted(self: Interpreter, cells: Iterable[Any]) -> Any:
        told.append(1)
        return original(self, cells)

    monkeypatch.setattr(Interpreter, "run", counted)
    return told


def test_a_cell_that_only_looks_or_draws_costs_nothing(runs: list[int]) -> None:
    notebook = parse_percent(NOTEBOOK)
    checker, analysis = Checker(LEARNING), analyze(notebook)
    assert [item.code for item in checker.check(analysis)] == ["OB501"]
    for source, expected in [
        ("df.tail()", 1),
        ("plt.plot(df.x)\nplt.show()", 1),
        ("print(df.shape, df['x'].mean())", 1),
        ("df['x'].fillna(0, inplace=True)", 2),
        ("df = df.head()", 3),
    ]:
        cells = tuple(replace(cell, source=source) if cell.id == "look" else cell for cell in notebook.cells)
        analysis = analyze(replace(notebook, cells=cells), analysis)
        assert [item.code for item in checker.check(analysis)] == ["OB501"]
        assert len(runs) == expected, source


def test_a_notebook_without_models_is_not_interpreted(runs: list[int]) -> None:
    text = "# %%\nimport pandas as pd\nX_train = pd.read_csv('a.csv')\nX_train.fillna(X_train.mean())\n"
    assert Checker(LEARNING).check(analyze(parse_percent(text))) == []
    assert runs == []


def test_deep_and_long_notebooks_are_bounded(runs: list[int]) -> None:
    loops = "".join(f"{'    ' * depth}for i{depth} in things:\n" for depth in range(15))
    text = f"# %%\nimport sklearn\n{loops}{'    ' * 15}model.fit(X)\n# %%\n" + "f = lambda g: g(g)\nf(f)\n" * 50
    assert Checker(LEARNING).check(analyze(parse_percent(text))) == []
    assert runs == [1]
