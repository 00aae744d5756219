"""Calls on a value that give another one each time: ``df.drop(columns="a")`` fails on its own result."""

from __future__ import annotations

import ast

from offbook.analysis.nodes import text_of, walk

_NEUTRAL = frozenset("copy dropna sort_values sort_index astype fillna".split())
_DIFFERENT = frozenset(
    "drop set_index reset_index shift diff pct_change cumsum transpose merge join melt append".split()
)
_IN_PLACE = frozenset({"drop", "set_index", "reset_index"})
_JOINERS = frozenset({"concat", "concatenate", "hstack", "vstack", "append", "column_stack", "row_stack", "stack"})
_FUNCTIONS = frozenset(
    "log log2 log10 log1p exp expm1 sqrt square expand_dims transpose to_categorical one_hot flip rot90".split()
)
_GROWING = frozenset({"append", "extend", "insert"})
_SHRINKING = frozenset({"pop", "remove", "clear", "popleft"})


def grows(call: ast.Call, tree: ast.Module) -> bool:
    """Tell whether ``x.append(1)`` and the like make a list longer, and nothing in the cell makes it shorter."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in _GROWING:
        return False
    owner = text_of(function.value)
    return not any(
        isinstance(node, ast.Attribute) and node.attr in _SHRINKING and text_of(node.value) == owner
        for node in walk(tree)
    ) and not any(isinstance(node, ast.Delete) for node in walk(tree))


def renews_in_place(call: ast.Call) -> bool:
    """Tell whether a call such as ``df.drop(columns="a", inplace=True)`` fails or changes more on its own result."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in _IN_PLACE:
        return False
    return _is_true(call, "inplace") and _differs(call, function.attr)


def makes_another(value: ast.expr, name: str) -> list[ast.AST] | None:
    """Return the other arguments of an expression that gives another value when it gets its own result.

    ``None`` where it is not known to. Links of a chain that change nothing the second time may stand around it.
    """
    differing: list[ast.AST] | None = None
    node = value
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not _is_argument(node, name):
        if node.func.attr not in _NEUTRAL:
            if differing is not None or node.func.attr not in _DIFFERENT or not _differs(node, node.func.attr):
                return None
            differing = [*node.args, *node.keywords]
        node = node.func.value
    if isinstance(node, ast.Name):
        return differing if node.id == name else None
    if differing is not None:
        return None
    if isinstance(node, ast.Call):
        return _joined(node, name)
    if isinstance(node, ast.Attribute) and node.attr == "T" and _is_name(node.value, name):
        return []
    if isinstance(node, ast.Subscript) and _cuts(node.slice):
        base = node.value
        if isinstance(base, ast.Attribute) and base.attr == "iloc":
            base = base.value
        return [node.slice] if _is_name(base, name) else None
    return None


def _differs(call: ast.Call, method: str) -> bool:
    """Tell whether a method's arguments leave it one that differs on its own result."""
    if method == "drop":
        return not any(keyword.arg == "errors" for keyword in call.keywords)
    if method == "set_index":
        kept = any(keyword.arg == "drop" for keyword in call.keywords) and not _is_true(call, "drop")
        return not kept and _are_literal(call.args)
    if method == "reset_index":
        return not any(keyword.arg == "drop" for keyword in call.keywords)
    if method == "join":
        return not any(isinstance(argument, ast.GeneratorExp | ast.ListComp) for argument in call.args)
    return True


def _joined(call: ast.Call, name: str) -> list[ast.AST] | None:
    """Return the other parts of ``pd.concat([x, y])`` or the other arguments of ``np.log(x)``."""
    function = call.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if called == "get_dummies":
        return _encoded(call, name)
    if not call.args:
        return None
    first, *rest = call.args
    if called == "inverse_transform":
        return [*rest, *call.keywords, function] if _is_name(first, name) else None
    if called == "join" and isinstance(function, ast.Attribute) and _separates(function.value):
        return [*rest] if _is_name(first, name) else None
    if called in _FUNCTIONS or (called == "append" and isinstance(function, ast.Attribute)):
        return [*rest, *call.keywords] if _is_name(first, name) else None
    if called in _JOINERS and isinstance(first, ast.List | ast.Tuple) and len(first.elts) > 1:
        others = [part for part in first.elts if not _is_name(part, name)]
        return [*others, *rest] if len(others) == len(first.elts) - 1 else None
    return None


def _encoded(call: ast.Call, name: str) -> list[ast.AST] | None:
    """Return the columns that ``pd.get_dummies(x, columns=["a"])`` replaces: they are gone the second time."""
    words = {word.arg: word.value for word in call.keywords}
    data = call.args[0] if call.args else words.get("data")
    columns = words.get("columns")
    if data is None or columns is None or not _is_name(data, name) or not _are_literal([columns]):
        return None
    return [columns]


def _separates(owner: ast.expr) -> bool:
    """Tell whether ``join`` puts something in between: ``", ".join(x)``, ``os.path.join(x, "raw")``."""
    if isinstance(owner, ast.Constant):
        return bool(owner.value)
    return isinstance(owner, ast.Attribute) and owner.attr == "path"


def _cuts(index: ast.expr) -> bool:
    """Tell whether an index takes something off at an end, turns round or adds an axis: ``[1:]``, ``[:, None]``."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for part in parts:
        if (isinstance(part, ast.Constant) and part.value is None) or getattr(part, "attr", "") == "newaxis":
            return True
        if isinstance(part, ast.Slice) and (_is_nonzero(part.lower) or _is_negative(part.upper) or part.step):
            return True
    return False


def _is_nonzero(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value > 0


def _is_negative(node: ast.expr | None) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _is_true(call: ast.Call, word: str) -> bool:
    values = [keyword.value for keyword in call.keywords if keyword.arg == word]
    return any(isinstance(value, ast.Constant) and value.value is True for value in values)


def _are_literal(nodes: list[ast.expr]) -> bool:
    return all(isinstance(part, ast.Constant | ast.List | ast.Load) for node in nodes for part in walk(node))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_argument(call: ast.Call, name: str) -> bool:
    """Tell whether a call takes the value as an argument (``np.append(x, 1)``), and is no method of it."""
    first = call.args[0] if call.args else next((word.value for word in call.keywords if word.arg == "data"), None)
    parts = first.elts if isinstance(first, ast.List | ast.Tuple) else [first]
    return any(part is not None and _is_name(part, name) for part in parts)
