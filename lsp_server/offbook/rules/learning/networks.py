"""Networks that a notebook trains with PyTorch: what draws their weights, and what would seed it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts
from offbook.analysis.nodes import text_of
from offbook.diagnostics import Applicability, CellEdits, Fix
from offbook.notebook import CellId
from offbook.rules.learning.randomness import path_of
from offbook.rules.views import NotebookView
from offbook.text import Edit, Lines, Position, Span
from offbook.text.patterns import pattern

_LAYERS = pattern(
    r"torch\.nn\.(Lazy)?(Linear|Bilinear|Conv\w+|LSTM|GRU|RNN|LSTMCell|GRUCell|RNNCell|Embedding|EmbeddingBag"
    r"|MultiheadAttention|Transformer\w*)$"
)
"""Layers whose weights are drawn at random."""
_OPTIMISERS = pattern(r"torch\.optim\.(\w+\.)?[A-Z]\w*$")
_SHOWS = frozenset("print display append write plot log set_postfix set_description add_scalar info".split())
_SCORE = pattern(r"loss|acc|score|error|auc|f1", re.IGNORECASE)
_SEED = pattern(r"seed", re.IGNORECASE)


class Network(NamedTuple):
    """The first layer of a network that is trained from random weights.

    Attributes:
        cell: its cell.
        node: the call that makes it.
        name: what it is called.
        fix: seeds PyTorch.
    """

    cell: CellId
    node: ast.Call
    name: str
    fix: Fix | None


class Training(NamedTuple):
    """The optimiser of a network: where it is made, and the name of the network whose weights it is given."""

    cell: CellId
    node: ast.Call
    network: str


def trainings(notebook: NotebookView) -> list[Training]:
    """Return the optimisers that a loop of PyTorch uses; none where no loop trains."""
    if not notebook.cells_with("torch"):
        return []
    cells = [(cell, facts) for cell in notebook.code_cells() if (facts := notebook.facts(cell)) is not None]
    if not {"backward", "step", "zero_grad"} <= {_called(call.node) for _, facts in cells for call in facts.calls}:
        return []
    return [
        Training(cell, call.node, _network(call.node))
        for cell, facts in cells
        for call in facts.calls
        if _OPTIMISERS.match(path_of(notebook, call.node.func))
    ]


def _network(optimiser: ast.Call) -> str:
    """Return ``model`` for ``Adam(model.parameters())``; empty where it is no plain name."""
    weights = optimiser.args[0] if optimiser.args else None
    function = weights.func if isinstance(weights, ast.Call) else None
    if isinstance(function, ast.Attribute) and function.attr == "parameters" and isinstance(function.value, ast.Name):
        return function.value.id
    return ""


def unseeded_network(notebook: NotebookView) -> Network | None:
    """Return a network that a loop trains and whose loss or score is shown, where nothing in the notebook seeds."""
    if not trainings(notebook):
        return None
    imports = notebook.cells_with("torch")
    cells = [(cell, facts) for cell in notebook.code_cells() if (facts := notebook.facts(cell)) is not None]
    calls = [call.node for _, facts in cells for call in facts.calls]
    if any(map(_seeds, calls)) or not any(map(_shows_score, calls)):
        return None
    return next(_layers(notebook, cells, imports[0]), None)


def _layers(notebook: NotebookView, cells: list[tuple[CellId, CellFacts]], imported: CellId) -> Iterator[Network]:
    for cell, facts in cells:
        for call in facts.calls:
            path = path_of(notebook, call.node.func)
            if _LAYERS.match(path):
                yield Network(cell, call.node, path.rpartition(".")[2], _seeding(notebook, imported))


def _seeding(notebook: NotebookView, cell: CellId) -> Fix | None:
    """Seed behind ``import torch``, where the statement stands alone on its line."""
    facts = notebook.facts(cell)
    body = facts.tree.body if facts is not None and facts.tree is not None else []
    for node in body:
        names = {alias.name: alias.asname for alias in node.names} if isinstance(node, ast.Import) else {}
        last = (node.end_lineno or node.lineno) - 1
        if "torch" in names and facts and sum(other.lineno - 1 <= last <= _end(other) for other in body) == 1:
            end = Position(last, len(Lines(facts.source).line(last)))
            edit = Edit(Span(end, end), f"\n{names['torch'] or 'torch'}.manual_seed(0)")
            return Fix("Insert `torch.manual_seed(0)`", Applicability.SAFE, (CellEdits(cell, (edit,)),))
    return None


def _end(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - 1


def _seeds(call: ast.Call) -> bool:
    """Tell whether a call may seed: its name, or one of its arguments', speaks of a seed."""
    words = [_called(call), *(word.arg or "" for word in call.keywords)]
    return any(map(_SEED.search, words))


def _shows_score(call: ast.Call) -> bool:
    return _called(call) in _SHOWS and any(
        _SCORE.search(text_of(part)) for part in (*call.args, *(word.value for word in call.keywords))
    )


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
