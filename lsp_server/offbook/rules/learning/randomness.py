"""Which calls draw at random, what seeds them, and which argument would."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis.nodes import text_of, walk
from offbook.diagnostics import CellEdits
from offbook.notebook import CellId
from offbook.rules.views import NotebookView
from offbook.text import Edit, Lines, Position, Span
from offbook.text.patterns import pattern

_SCIKIT = frozenset({"sklearn", "imblearn", "cuml"})
_DRAWING = frozenset(
    "train_test_split ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RandomForestClassifier "
    "RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor MLPClassifier MLPRegressor SGDClassifier "
    "SGDRegressor BaggingClassifier BaggingRegressor KMeans MiniBatchKMeans RandomizedSearchCV IsolationForest SMOTE "
    "ADASYN BorderlineSMOTE SVMSMOTE RandomOverSampler RandomUnderSampler RepeatedKFold RepeatedStratifiedKFold "
    "resample shuffle TSNE SpectralClustering LatentDirichletAllocation "
    "FastICA BalancedRandomForestClassifier BalancedBaggingClassifier EasyEnsembleClassifier "
    "RUSBoostClassifier SMOTEENN SMOTETomek SMOTENC KMeansSMOTE make_blobs make_classification make_regression "
    "make_moons make_circles".split()
)
"""Functions and classes of scikit-learn and imbalanced-learn that draw unless ``random_state`` is given."""

_FOLDING = frozenset({"KFold", "StratifiedKFold", "StratifiedGroupKFold"})
"""They draw where ``shuffle=True``."""

_NUMPY = frozenset("rand randn randint random random_sample normal uniform choice permutation shuffle".split())
_SEEDS_ALL = frozenset({"set_seed", "seed_everything", "seed_all", "set_random_seed", "set_all_seeds", "fix_seed"})
_END_OF_CALL = pattern(r"\s*,?\s*\)")


class Draw(NamedTuple):
    """A call that draws at random without a seed.

    Attributes:
        cell: its cell.
        node: the call.
        name: what it is called.
        seedable: whether it takes ``random_state``.
    """

    cell: CellId
    node: ast.Call
    name: str
    seedable: bool


def unseeded_draws(notebook: NotebookView, cells: list[CellId]) -> Iterator[Draw]:
    """Yield the calls that draw before any seed is set, in document order.

    A function that draws is called somewhere below it: where any seed is set, it may have been set by then.
    """
    sources = [call for cell in cells if (facts := notebook.facts(cell)) for call in facts.calls]
    seeded = any(_seeds(path_of(notebook, call.node.func), call.node) for call in sources)
    for cell in cells:
        facts = notebook.facts(cell)
        if facts is None or facts.tree is None:
            continue
        for call in sorted(facts.calls, key=lambda call: (call.node.lineno, call.node.col_offset)):
            path = path_of(notebook, call.node.func)
            if _seeds(path, call.node):
                return
            found = None if call.owner and seeded else _draw(path, call.node, facts.tree)
            if found is not None:
                yield Draw(cell, call.node, *found)


def _draw(path: str, call: ast.Call, tree: ast.Module) -> tuple[str, bool] | None:
    """Return the name of a drawing call, and whether it takes a ``random_state``."""
    words = {word.arg: word.value for word in call.keywords}
    if None in words or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    root, _, name = path.rpartition(".")
    if path.split(".", maxsplit=1)[0] in _SCIKIT:
        return (name, True) if _is_unseeded(name, call, words) and not _is_asked_only(call, tree) else None
    if root == "numpy.random" and name in _NUMPY and (name == "shuffle" or not _is_shown(call, tree)):
        return f"np.random.{name}", False
    is_frame = not path and isinstance(call.func, ast.Attribute) and call.func.attr == "sample"
    if is_frame and {"n", "frac"} & words.keys() and _is_open(words) and not _is_shown(call, tree):
        return "sample", True
    return None


def _is_unseeded(name: str, call: ast.Call, words: dict[str | None, ast.expr]) -> bool:
    if not _is_open(words):
        return False
    shuffled = text_of(words["shuffle"]) if "shuffle" in words else ""
    if name in _FOLDING:
        return shuffled == "True" and len(call.args) < 2
    return name in _DRAWING and shuffled != "False"


def _is_asked_only(call: ast.Call, tree: ast.Module) -> bool:
    """Tell whether an estimator is made to be asked for its parameters: ``SGDClassifier().get_params()``."""
    return any(
        isinstance(node, ast.Attribute) and node.value is call and node.attr == "get_params" for node in walk(tree)
    )


def _is_open(words: dict[str | None, ast.expr]) -> bool:
    """Tell whether no seed is given."""
    return not {"random_state", "seed"} & words.keys()


def _seeds(path: str, call: ast.Call) -> bool:
    """Tell whether a call sets the seed that NumPy, pandas and scikit-learn draw from."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return path == "numpy.random.seed" or name in _SEEDS_ALL


def path_of(notebook: NotebookView, function: ast.expr) -> str:
    """Return the dotted name of a library's function; empty where it is not one."""
    names: list[str] = []
    while isinstance(function, ast.Attribute):
        names.append(function.attr)
        function = function.value
    if not isinstance(function, ast.Name):
        return ""
    root = notebook.imported_from(function.id)
    return ".".join([root, *reversed(names)]) if root else ""


def _is_shown(call: ast.Call, tree: ast.Module) -> bool:
    """Tell whether the value of a call is only shown."""
    return any(part is call for node in walk(tree) if isinstance(node, ast.Expr) for part in walk(node))


def seeding_edit(notebook: NotebookView, draw: Draw) -> CellEdits | None:
    """Return the edit that gives a call its ``random_state``; ``None`` where it takes none."""
    facts = notebook.facts(draw.cell)
    edit = _seeding_edit(facts.source, draw.node) if facts is not None and draw.seedable else None
    return None if edit is None else CellEdits(draw.cell, (edit,))


def merged(found: list[CellEdits]) -> tuple[CellEdits, ...]:
    """Put the edits of each cell together."""
    cells = dict.fromkeys(item.cell for item in found)
    edits = {cell: [edit for item in found if item.cell == cell for edit in item.edits] for cell in cells}
    return tuple(CellEdits(cell, tuple(sorted(edits[cell], key=lambda edit: edit.span.start))) for cell in cells)


def _seeding_edit(source: str, call: ast.Call) -> Edit | None:
    """Return the edit behind a call's last argument; none where brackets or comments stand behind it."""
    lines = Lines(source)
    last = max((*call.args, *(word.value for word in call.keywords)), key=_end, default=call.func)
    at = Position(_end(last)[0] - 1, _end(last)[1])
    end = Position((call.end_lineno or call.lineno) - 1, call.end_col_offset or 0)
    rest = source[lines.offset(at) : lines.offset(end)]
    if last is call.func:
        if re.fullmatch(r"\s*\(\s*\)", rest) is None:
            return None
        at = Position(end.line, end.column - 1)
        return Edit(Span(at, at), "random_state=0")
    return Edit(Span(at, at), ", random_state=0") if _END_OF_CALL.fullmatch(rest) else None


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
