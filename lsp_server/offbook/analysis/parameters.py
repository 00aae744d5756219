"""Literals inside calls that somebody will want to change: hyper-parameters, seeds, addresses, columns, thresholds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, NamedTuple

from offbook.analysis.facts import CellFacts
from offbook.analysis.nodes import text_of, walk

Kind = Literal["parameter", "seed", "address", "columns", "threshold"]

PARAMETER_NAMES = frozenset(
    "test_size train_size validation_split n_estimators max_depth min_samples_split min_samples_leaf max_leaf_nodes "
    "max_features learning_rate lr n_clusters n_neighbors n_components C gamma l1_ratio epochs nb_epoch n_epochs "
    "num_epochs batch_size n_splits n_iter max_iter num_leaves subsample colsample_bytree num_boost_round "
    "early_stopping_rounds momentum weight_decay perplexity min_samples contamination max_df min_df num_words "
    "max_words vocab_size maxlen embedding_dim output_dim patience hidden_size hidden_layer_sizes num_layers n_init "
    "random_state seed random_seed eps cv threshold steps_per_epoch validation_steps dropout".split()
)
"""Keywords of estimators, splitters and training loops."""

_SEEDS = frozenset({"random_state", "seed", "random_seed"})
_SEEDING = frozenset({"seed", "manual_seed", "manual_seed_all", "set_seed", "set_random_seed", "seed_everything"})
_PLOTTERS = frozenset({"plt", "sns", "ax", "axes", "axs", "fig", "pylab", "px", "go", "figure"})
_MADE_UP = frozenset(
    "make_blobs make_classification make_moons make_circles make_regression make_swiss_roll make_s_curve normal randn "
    "randint rand uniform default_rng RandomState sample choice permutation shuffle".split()
)
"""What makes or draws data: its size belongs to the example."""

_LEAST_COLUMNS = 4
_USUAL = (0, 1, -1, 2, None)


class Setting(NamedTuple):
    """A literal worth a name.

    Attributes:
        kind: what it is.
        text: how a message shows it: ``test_size=0.2``.
        node: where it stands.
    """

    kind: Kind
    text: str
    node: ast.expr


def settings_of(facts: CellFacts) -> Iterator[Setting]:
    """Yield the literals of a cell that are worth a name, those in functions' bodies too."""
    for call in facts.calls:
        called = _called(call.node)
        if _root(call.node.func) in _PLOTTERS or called in _MADE_UP:
            continue
        if called in _SEEDING and len(call.node.args) == 1 and _is_number(call.node.args[0]):
            yield Setting("seed", text_of(call.node), call.node.args[0])
        for keyword in call.node.keywords:
            if keyword.arg in PARAMETER_NAMES and _is_number(keyword.value):
                kind: Kind = "seed" if keyword.arg in _SEEDS else "parameter"
                yield Setting(kind, f"{keyword.arg}={text_of(keyword.value)}", keyword.value)
        yield from _addresses(call.node)
    if facts.tree is not None and "[" in facts.source:
        yield from _choices(facts.tree)


def _addresses(node: ast.Call) -> Iterator[Setting]:
    """Yield an address that a call reads from."""
    called = _called(node)
    for argument in node.args[:1]:
        text = argument.value if isinstance(argument, ast.Constant) else None
        if isinstance(text, str) and text.startswith(("http://", "https://", "s3://", "gs://")) and called in _FETCHERS:
            yield Setting("address", text, argument)


_FETCHERS = frozenset(
    "read_csv read_table read_json read_excel read_parquet read_html get post urlopen urlretrieve get_file request "
    "download wget load_dataset".split()
)


_TAKE_COLUMNS = frozenset({"drop", "dropna", "drop_duplicates", "fillna", "read_csv", "get_dummies"})


def _choices(tree: ast.Module) -> Iterator[Setting]:
    """Yield lists of columns and thresholds of filters, at the cell's top level and in its functions."""
    for node in walk(tree):
        if isinstance(node, ast.Subscript):
            if _is_columns(node.slice):
                yield _columns(node.slice)
            elif isinstance(node.slice, ast.Compare | ast.BinOp):
                yield from _thresholds(node.slice)
        elif isinstance(node, ast.Call) and _called(node) in _TAKE_COLUMNS:
            values = (word.value for word in node.keywords if word.arg in ("columns", "subset", "usecols", "labels"))
            yield from (_columns(value) for value in (*node.args[:1], *values) if _is_columns(value))


def _is_columns(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.List)
        and len(node.elts) >= _LEAST_COLUMNS
        and all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in node.elts)
    )


def _columns(node: ast.expr) -> Setting:
    assert isinstance(node, ast.List), "only lists are columns"
    return Setting("columns", text_of(node), node)


def _thresholds(node: ast.expr) -> Iterator[Setting]:
    """Yield the numbers that a filter compares with; those that every program has are none."""
    for part in walk(node):
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE):
            value = part.comparators[0]
            if _is_number(value) and ast.literal_eval(value) not in _USUAL:
                yield Setting("threshold", text_of(part), value)


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return getattr(node, "id", "")
