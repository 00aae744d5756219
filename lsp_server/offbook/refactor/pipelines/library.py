"""Which of scikit-learn's classes a pipeline is known to treat as the lines by hand do."""

from __future__ import annotations

import ast

from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import Scene

_ALIKE = {
    "sklearn.preprocessing": (
        "Binarizer MaxAbsScaler MinMaxScaler Normalizer OneHotEncoder OrdinalEncoder PolynomialFeatures"
        " PowerTransformer RobustScaler StandardScaler"
    ),
    "sklearn.impute": "KNNImputer SimpleImputer",
    "sklearn.feature_extraction.text": "HashingVectorizer TfidfTransformer",
    "sklearn.feature_selection": "VarianceThreshold",
}
ALIKE = frozenset(f"{module}.{name}" for module, names in _ALIKE.items() for name in names.split())
"""Transformers whose `fit_transform(X)` is bitwise `fit(X).transform(X)`; a test runs them all."""

ORDERED = frozenset(f"sklearn.feature_extraction.text.{name}Vectorizer" for name in ("Count", "Tfidf"))
"""Transformers whose `fit_transform` stores numbers in another order than `transform`; sums are rounded apart."""

SPLIT = "sklearn.model_selection.train_test_split"
_CODE = frozenset("analyzer feature_name_combiner metric preprocessor strategy tokenizer".split())
"""Parameters that take a function, which could print, count or draw."""


def hindrance(scene: Scene, made: ast.Call) -> str:
    """Return why a transformer made so cannot be fitted later and applied more than once; empty where it can."""
    for word in made.keywords:
        constant = isinstance(word.value, ast.Constant)
        if word.arg is None:
            return "is made with `**`"
        if word.arg.startswith("copy") and not (isinstance(word.value, ast.Constant) and word.value.value is True):
            return f"is made with `{word.arg}`, and may change the rows in place"
        if word.arg in _CODE and not constant:
            return f"is made with a `{word.arg}` of its own, which may do more than transform"
        names = (node.id for node in ast.walk(word.value) if isinstance(node, ast.Name))
        changed = next((name for name in names if scene.flow.mutations(name)), None)
        if changed is not None:
            return f"is made with `{changed}`, which is changed in place"
    return ""


def is_model(names: Names, made: ast.Call) -> bool:
    """Tell whether a call makes an estimator of scikit-learn: `fit` gives it back, and a pipeline keeps it."""
    package, _, name = names.dotted(made.func).rpartition(".")
    return package.partition(".")[0] == "sklearn" and name[:1].isupper()
