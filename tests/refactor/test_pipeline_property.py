"""Pipeline, as a property: whatever is planned prints the same, and leaves the same values to the last bit."""

from __future__ import annotations

import contextlib
import io
import random
from pathlib import Path

import numpy as np
from test_pipeline import ask

from offbook.notebook import Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.refactor import Plan

START = """
# %% id=a
import numpy as np
from sklearn.datasets import make_classification
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier
X, y = make_classification(n_samples=80, n_features=5, random_state=SEED)
X = np.array(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
X_test, X_held, y_test, y_held = train_test_split(X_test, y_test, random_state=0)
# %% id=b
"""
TRANSFORMERS = (
    "StandardScaler()",
    "MinMaxScaler((0, 2))",
    "SimpleImputer()",
    "PolynomialFeatures(2)",
    "PCA(3, random_state=1)",
    "make_column_transformer((StandardScaler(), [2, 0]), (MinMaxScaler(), [1]), remainder='passthrough')",
)
MODELS = (
    "LogisticRegression(max_iter=500)",
    "Ridge()",
    "DecisionTreeClassifier(random_state=0)",
    "GridSearchCV(Ridge(), {'alpha': [1, 2]}, cv=2)",
)
EXTRAS = (
    "print({train}.shape, {test}.shape[0])",
    "X_train[0] = 0",
    "X_train = X[:7]",
    "print({train}[0, 0])",
    "print(len(X_train), X_test.mean())",
    "kept = X_test",
    "print({name}.get_params())",
    "{name}.fit(X_test)",
    "new = {name}.transform(X[:3])",
)


def program(draw: random.Random, seed: int) -> str:
    """Return a notebook that transforms rows by hand and fits models, with lines between that may matter."""
    lines, sets = [], {"train": "X_train", "test": "X_test", "held": "X_held"}
    depths = [dict(sets)]
    chance = draw.choice((0.0, 0.05, 0.2))
    for number in range(draw.choice((1, 1, 2, 3))):
        name = f"step_{number}"
        lines.append(f"{name} = {draw.choice(TRANSFORMERS)}")
        same = draw.random() < 0.4
        new = {kind: rows if same else f"{kind}_{number}" for kind, rows in sets.items()}
        if draw.random() < 0.3:
            lines += [f"{name}.fit({sets['train']})", f"{new['train']} = {name}.transform({sets['train']})"]
        else:
            lines.append(f"{new['train']} = {name}.fit_transform({sets['train']})")
        lines += [f"{new[kind]} = {name}.transform({sets[kind]})" for kind in ("test", "held")]
        if draw.random() < chance:
            lines.append(draw.choice(EXTRAS).format(name=name, **new))
        sets = new
        depths = [*([] if same else depths), dict(new)]
    for number in range(draw.choice((1, 1, 2, 3))):
        name, rows = draw.choice(("model", f"model_{number}")), draw.choice((depths[-1], depths[-1], *depths))
        lines.append(f"{name} = {draw.choice(MODELS)}")
        fit = f"{name}.fit({rows['train']}, y_train)"
        lines.append(draw.choice((fit, f"{name} = {fit}")))
        for _ in range(draw.randrange(1, 3)):
            kind = draw.choice(("train", "test", "test", "held"))
            lines.append(f"print({name}.predict({rows[kind]})[:5], {name}.score({rows[kind]}, y_{kind}))")
        if draw.random() < chance:
            lines.append(draw.choice(EXTRAS).format(name="step_0", **rows))
        lines.append(f"print(getattr({name}, 'coef_', 0))")
    return START.replace("SEED", str(seed)) + "\n".join(lines) + "\n"


def results(notebook: Notebook) -> tuple[str, dict[str, object]]:
    """Return what the cells print, and the values that they leave."""
    values: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for cell in notebook.cells:
            exec(cell.source, values)
    return printed.getvalue(), values


def test_what_is_planned_computes_the_same(tmp_path: Path) -> None:
    draw, planned, refused = random.Random(7), 0, 0
    for seed in range(120):
        notebook = parse_percent(program(draw, seed), tmp_path / "notebook.ipynb")
        plan = ask(notebook, tmp_path)
        if not isinstance(plan, Plan):
            refused += 1
            continue
        try:
            before, values = results(notebook)
        except ValueError:  # a line between the others does not suit them
            continue
        after, others = results(apply_changes(notebook, plan.notebooks[0].changes))
        assert after == before, notebook.cells[1].source
        for name in values.keys() & others.keys():
            if isinstance(values[name], np.ndarray) and not name.startswith(("X_", "train_", "test_", "held_")):
                assert np.array_equal(values[name], others[name]), name
        planned += 1
    assert planned > 30
    assert refused > 30
