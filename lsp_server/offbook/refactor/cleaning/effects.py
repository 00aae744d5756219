"""Tells whether an expression that is shown could be left out without any other cell noticing."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from offbook.analysis import Analysis, root_name
from offbook.analysis.exploration import AGGREGATES, LOOKING_FUNCTIONS, LOOKING_METHODS, SHOWING_FUNCTIONS

_METHODS = LOOKING_METHODS | AGGREGATES | {"describe", "round", "count", "min", "max", "std", "median", "T"}
_PROBED_METHODS = frozenset(
    "sum mean std var min max prod dot argmin argmax cumsum any all copy astype reshape".split()
)
_PROBED_FUNCTIONS = frozenset("abs len range sum min max sorted list tuple set round pow divmod".split())
_PURE_MODULES = frozenset({"numpy", "pandas", "math"})
_IMPURE_PARTS = frozenset(
    "random put place copyto fill_diagonal putmask save savetxt savez load loadtxt fromfile tofile read_csv io "
    "set_printoptions seterr nditer apply_along_axis apply_over_axes vectorize frompyfunc fromiter piecewise "
    "options set_option".split()
)
_WRITING_KEYWORDS = frozenset({"buf", "inplace", "out", "file", "key"})
_PARTS = (
    ast.Constant | ast.Slice | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Compare | ast.BinOp | ast.UnaryOp
    | ast.BoolOp | ast.IfExp | ast.JoinedStr | ast.FormattedValue | ast.Starred
)  # fmt: skip
_OPERATORS = (ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context)


class Effects:
    """Judges the expressions of one notebook.

    Methods and attributes are those of data frames, series and arrays; where the notebook defines some of the same
    name, they may be anything.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.flow = analysis.flow
        self.defined = set[str]()
        self.has_default_dicts = False
        for _, facts in analysis.cells:
            self.has_default_dicts |= "defaultdict" in facts.source or "__missing__" in facts.source
            for node in ast.walk(facts.tree) if facts.tree is not None else ():
                if isinstance(node, ast.ClassDef):
                    self.defined.update(_members(node))

    def of_look(self, node: ast.expr) -> str:
        """Return what evaluating and showing an expression may do, in words; empty where it does nothing."""
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Attribute):
            return self._members(node.attr) or self.of_look(node.value)
        if isinstance(node, ast.Name):
            return self._members("__repr__", "_repr_html_", "__str__")
        if isinstance(node, ast.Subscript):
            if self.has_default_dicts:
                return f"`{_short(node)}` may add a key to a `defaultdict`"
            return self._members("__getitem__") or self._first((node.value, node.slice))
        if isinstance(node, _PARTS):
            return self._first(_parts(node))
        return f"`{_short(node)}` may do more than look"

    def of_probe(self, node: ast.expr) -> str:
        """Return what an expression whose time is taken may do; empty where it only computes."""
        if isinstance(node, ast.Call):
            return self._probed_call(node)
        if isinstance(node, ast.Attribute):
            return self._members(node.attr) or self.of_probe(node.value)
        if isinstance(node, ast.Name):
            return "" if self._is_container(node.id) else f"`{node.id}` may be used up"
        if isinstance(node, ast.Subscript):
            return self.of_look(node) or self.of_probe(node.value) or self.of_probe(node.slice)
        if isinstance(node, _PARTS):
            return next((found for part in _parts(node) if (found := self.of_probe(part))), "")
        return f"`{_short(node)}` may do more than take time"

    def _first(self, nodes: Iterable[ast.expr]) -> str:
        return next((found for node in nodes if (found := self.of_look(node))), "")

    def _members(self, *names: str) -> str:
        own = next((name for name in names if name in self.defined or "__getattr__" in self.defined), None)
        return f"the notebook defines `{own}` itself" if own else ""

    def _call(self, node: ast.Call) -> str:
        function = node.func
        arguments = (*node.args, *(keyword.value for keyword in node.keywords))
        if any(keyword.arg is None or keyword.arg in _WRITING_KEYWORDS for keyword in node.keywords):
            return f"`{_short(node)}` may write somewhere"
        if isinstance(function, ast.Name):
            known = function.id in LOOKING_FUNCTIONS | SHOWING_FUNCTIONS and not self.flow.bindings(function.id)
            if not known:
                return f"`{function.id}` may do more than look"
            return self._members("__len__", "__dir__") or self._first(arguments)
        if not isinstance(function, ast.Attribute) or function.attr not in _METHODS:
            return f"`{_short(node)}` may do more than look"
        if function.attr == "sample" and not _is_seeded(node):
            return f"`{_short(node)}` draws from the global random state"
        return self._of_module(function) or self._members(function.attr) or self._first((function.value, *arguments))

    def _of_module(self, function: ast.Attribute) -> str:
        """Judge a function that belongs to an imported module: ``np.unique(...)``, ``random.sample(...)``."""
        name = root_name(function.value)
        kinds = {binding.kind for _, binding in self.flow.bindings(name)} if name else set()
        if "import" not in kinds:
            return ""
        return "" if self._is_pure(function) else f"`{_short(function)}` may do more than look"

    def _is_pure(self, function: ast.Attribute) -> bool:
        name = root_name(function)
        words = set(ast.unparse(function).split("."))
        modules = {_module(binding.node, name or "") for _, binding in self.flow.bindings(name or "")}
        return modules <= _PURE_MODULES and bool(modules) and not words & _IMPURE_PARTS

    def _probed_call(self, node: ast.Call) -> str:
        function = node.func
        arguments = (*node.args, *(keyword.value for keyword in node.keywords))
        bad = f"`{_short(function)}` may do more than take time"
        if any(keyword.arg is None or keyword.arg in _WRITING_KEYWORDS for keyword in node.keywords):
            return f"`{_short(node)}` may write somewhere"
        if isinstance(function, ast.Name):
            known = function.id in _PROBED_FUNCTIONS and not self.flow.bindings(function.id)
            return bad if not known else next((found for part in arguments if (found := self.of_probe(part))), "")
        if not isinstance(function, ast.Attribute):
            return bad
        name = root_name(function)
        imported = name is not None and any(binding.kind == "import" for _, binding in self.flow.bindings(name))
        if imported:
            owner: tuple[ast.expr, ...] = () if self._is_pure(function) else (function,)
            if owner:
                return bad
        elif function.attr in _PROBED_METHODS and not self._members(function.attr):
            owner = (function.value,)
        else:
            return bad
        return next((found for part in (*owner, *arguments) if (found := self.of_probe(part))), "")

    def _is_container(self, name: str) -> bool:
        """Tell whether all that a name is ever given can be read again: numbers, lists, arrays, frames."""
        bindings = self.flow.bindings(name)
        return bool(bindings) and all(_is_lasting(binding.node, self) for _, binding in bindings)


def _is_lasting(node: ast.AST | None, effects: Effects) -> bool:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    if isinstance(value, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.ListComp | ast.DictComp):
        return True
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    name = root_name(value.func)
    bindings = effects.flow.bindings(name) if name else []
    return bool(bindings) and all(_module(item.node, name or "") in ("numpy", "pandas") for _, item in bindings)


def _members(node: ast.ClassDef) -> Iterable[str]:
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield inner.name
        elif isinstance(inner, ast.Assign):
            yield from (target.id for target in inner.targets if isinstance(target, ast.Name))


def _is_seeded(node: ast.Call) -> bool:
    """Tell whether a draw has a seed of its own."""
    values = [keyword.value for keyword in node.keywords if keyword.arg == "random_state"]
    return any(isinstance(value, ast.Constant) and isinstance(value.value, int) for value in values)


def _module(node: ast.AST | None, name: str) -> str:
    """Return the top module of what an import binds to a name; empty for anything else."""
    if isinstance(node, ast.ImportFrom):
        return ""
    for alias in node.names if isinstance(node, ast.Import) else ():
        if (alias.asname or alias.name.partition(".")[0]) == name:
            return alias.name.partition(".")[0] if alias.asname is None or "." not in alias.name else ""
    return ""


def _parts(node: ast.AST) -> Iterable[ast.expr]:
    return (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 40 else text[:37] + "..."
