"""Which of scikit-learn's classes a pipeline is known to treat as the lines by hand do."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Literal

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

SEEDED = frozenset(f"sklearn.decomposition.{name}" for name in ("PCA", "TruncatedSVD"))
"""Transformers that are as those of `ORDERED`, and draw random numbers unless they have a seed of their own."""

_STEPS = frozenset(f"sklearn.pipeline.{name}" for name in ("FeatureUnion", "Pipeline", "make_pipeline", "make_union"))
_COLUMNS = frozenset(f"sklearn.compose.{name}" for name in ("ColumnTransformer", "make_column_transformer"))
_UNNAMED = frozenset(("make_pipeline", "make_union"))
_LISTS = ("steps", "transformer_list", "transformers")
_HARMLESS = frozenset(("n_jobs", "remainder", "sparse_threshold", "verbose_feature_names_out"))

SQUARE = frozenset(
    f"sklearn.preprocessing.{name}"
    for name in "Binarizer MaxAbsScaler MinMaxScaler Normalizer PowerTransformer RobustScaler StandardScaler".split()
)
"""Transformers that give as many columns as they are given."""

SPLIT = "sklearn.model_selection.train_test_split"
_CODE = frozenset("analyzer feature_name_combiner metric preprocessor strategy tokenizer".split())
"""Parameters that take a function, which could print, count or draw."""


Alike = Literal["alike", "ordered", ""]
Made = Callable[[str], ast.Call | None]
"""Gives the call that makes what a name stands for, where nothing else reads the name."""


def kind_of(names: Names, call: ast.Call, made: Made) -> Alike:
    """Tell whether a call makes a transformer whose `fit_transform` gives what `fit` and `transform` do.

    Pipelines and column transformers are as their parts.
    """
    dotted = names.dotted(call.func)
    if dotted in ALIKE:
        return "alike"
    if dotted in ORDERED:
        return "ordered"
    if dotted in SEEDED:
        return "ordered" if _is_seeded(call) else ""
    if dotted not in _STEPS | _COLUMNS:
        return ""
    parts = _parts(dotted.rpartition(".")[2], call)
    kinds = {_kind_of_part(names, part, made) for part in parts} if parts else {""}
    return "" if "" in kinds else "ordered" if "ordered" in kinds else "alike"


def _kind_of_part(names: Names, part: ast.expr, made: Made) -> Alike:
    if isinstance(part, ast.Constant):
        return "alike" if part.value in ("drop", "passthrough") else ""
    call = made(part.id) if isinstance(part, ast.Name) else part
    return kind_of(names, call, made) if isinstance(call, ast.Call) else ""


def _parts(maker: str, call: ast.Call) -> list[ast.expr]:
    """Return the transformers inside a pipeline or a column transformer; empty where they cannot be told."""
    words = {word.arg or "": word.value for word in call.keywords}
    others = [words["remainder"]] if "remainder" in words else []
    listed = [*call.args, *(words.pop(name) for name in _LISTS if name in words)]
    if words.keys() - _HARMLESS:
        return []
    if maker in _UNNAMED:
        return call.args
    tuples: list[ast.expr] = call.args
    place = 0
    if maker != "make_column_transformer":
        place = 1
        tuples = listed[0].elts if len(listed) == 1 and isinstance(listed[0], ast.List) else []
    if not all(isinstance(item, ast.Tuple) and len(item.elts) > place for item in tuples):
        return []
    found = [item.elts[place] for item in tuples if isinstance(item, ast.Tuple)]
    return [*found, *others] if found else []


def _is_seeded(call: ast.Call) -> bool:
    """Tell whether a decomposition has a seed, or a way to compute that draws no numbers."""
    for word in call.keywords:
        value = word.value.value if isinstance(word.value, ast.Constant) else None
        if (word.arg == "random_state" and type(value) is int) or (word.arg == "svd_solver" and value == "full"):
            return True
    return False


def hindrance(scene: Scene, call: ast.Call, made: Made) -> str:
    """Return why a transformer made so cannot be fitted later and applied more than once; empty where it can."""
    for node in ast.walk(call):
        if isinstance(node, ast.keyword):
            constant = isinstance(node.value, ast.Constant)
            if node.arg is None:
                return "is made with `**`"
            if node.arg.startswith("copy") and not (constant and getattr(node.value, "value", None) is True):
                return f"is made with `{node.arg}`, and may change the rows in place"
            if node.arg in _CODE and not constant:
                return f"is made with a `{node.arg}` of its own, which may do more than transform"
        elif isinstance(node, ast.Lambda):
            return "is made with a function, which may do more than transform"
        elif isinstance(node, ast.Name):
            if any(binding.kind in ("function", "class") for _, binding in scene.flow.bindings(node.id)):
                return f"is made with `{node.id}`, which may do more than transform"
            if scene.flow.mutations(node.id):
                return f"is made with `{node.id}`, which is changed in place"
            part = made(node.id)
            why = hindrance(scene, part, made) if part is not None else ""
            if why:
                return why
    return ""


def is_model(names: Names, made: ast.Call) -> bool:
    """Tell whether a call makes an estimator of scikit-learn: `fit` gives it back, and a pipeline keeps it."""
    package, _, name = names.dotted(made.func).rpartition(".")
    return package.partition(".")[0] == "sklearn" and name[:1].isupper()
