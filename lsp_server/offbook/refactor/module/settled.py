"""Whether a constant still is as it was made where another value is computed from it.

``n = len(a)`` is computed at once where the module is imported. In the notebook, code between may have changed the list
``a``, perhaps by another name: then ``n`` cannot move.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from offbook.analysis import DeferredRead, Read
from offbook.refactor.module.names import Builtin, Imported, Names, Single
from offbook.refactor.module.scene import Piece
from offbook.text import Position

_FROZEN_CALLS = frozenset(
    "abs bin bool bytes chr complex divmod float frozenset hash hex int len oct ord pow range round str".split()
)
_FROZEN_TYPES = frozenset(
    "re.compile collections.namedtuple typing.NamedTuple typing.TypeVar typing.NewType pathlib.Path pathlib.PurePath "
    "fractions.Fraction decimal.Decimal datetime.timedelta datetime.date datetime.datetime datetime.time "
    "operator.itemgetter operator.attrgetter os.path.join numpy.float32 numpy.float64 numpy.int64 numpy.int32".split()
)
_LOOKING = frozenset("all any display isinstance len max min print repr sorted str sum type".split())
"""Functions that look at what they are given, and keep nothing of it."""

_HOLDING = ast.Tuple | ast.List | ast.Set | ast.Dict
Place = tuple[int, Position]


def changed_before(names: Names, piece: Piece, constant: Piece, name: str) -> bool:
    """Tell whether a constant that a piece computes with may have changed by then."""
    flow = names.scene.flow
    facts = names.scene.analysis.facts_of(piece.cell)
    reads = [read for read in facts.reads if read.name == name and piece.whole.covers(read.span.start)]
    if all(_is_held(piece.node, read.place) for read in reads) or is_frozen(names, name):
        return False
    here: Place = (piece.moment.cell, piece.whole.start)
    others: list[tuple[int, Read | DeferredRead]] = [*flow.reads(name), *flow.deferred(name)]
    return any(
        (index, read.span.start) < here and not _looks(names, index, read)
        for index, read in others
        if not (index == constant.moment.cell and constant.whole.covers(read.span.start))
    )


def is_frozen(names: Names, name: str, asked: tuple[str, ...] = ()) -> bool:
    """Tell whether a name stands for an object that nothing can change."""
    meaning = names.meaning(name)
    if isinstance(meaning, Imported | Builtin):
        return True
    if not isinstance(meaning, Single) or name in asked:
        return False
    node = meaning.binding.node
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return _frozen(names, node.value, (*asked, name))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple | ast.List):
        return all(_frozen(names, value, (*asked, name)) for value in node.value.elts)
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return _frozen(names, node.value, (*asked, name))
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _frozen(names: Names, node: ast.expr, asked: tuple[str, ...]) -> bool:
    if isinstance(node, ast.Constant | ast.Lambda | ast.JoinedStr):
        return True
    if isinstance(node, ast.Name):
        return is_frozen(names, node.id, asked)
    if isinstance(node, ast.Attribute):
        return bool(names.dotted(node))
    if isinstance(node, ast.Call):
        dotted = names.dotted(node.func)
        known = dotted.removeprefix("builtins.") in _FROZEN_CALLS or dotted in _FROZEN_TYPES
        return known or dotted.startswith(("math.", "cmath."))
    if isinstance(node, ast.Tuple | ast.UnaryOp | ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp):
        return _all_frozen(names, (item for item in ast.iter_child_nodes(node) if isinstance(item, ast.expr)), asked)
    return isinstance(node, ast.Subscript) and _frozen(names, node.value, asked)


def _all_frozen(names: Names, nodes: Iterable[ast.expr], asked: tuple[str, ...]) -> bool:
    return all(_frozen(names, node, asked) for node in nodes)


def _is_held(statement: ast.stmt, place: object) -> bool:
    """Tell whether a statement keeps an object as it is, without looking into it: ``items = a``, ``[a, b]``."""
    parents = {id(child): node for node in ast.walk(statement) for child in ast.iter_child_nodes(node)}
    node = parents.get(id(place))
    while isinstance(node, _HOLDING):
        node = parents.get(id(node))
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.arguments)


def _looks(names: Names, index: int, read: Read | DeferredRead) -> bool:
    """Tell whether a read only looks at the object: ``len(a)``, ``print(a)``, ``x in a``."""
    for node in ast.walk(names.scene.facts_at(index).tree or ast.Module([], [])):
        if isinstance(node, ast.Call) and any(argument is read.place for argument in node.args):
            return names.dotted(node.func).removeprefix("builtins.") in _LOOKING
        if isinstance(node, ast.Compare) and any(side is read.place for side in (node.left, *node.comparators)):
            return True
        if isinstance(node, ast.FormattedValue | ast.Expr) and node.value is read.place:
            return True
    return False
