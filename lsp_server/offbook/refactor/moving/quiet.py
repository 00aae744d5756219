"""Cells that only give names values: their place among other cells matters for nothing but those names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offbook.analysis import Analysis, CellFacts, root_name

_PURE_BUILTINS = frozenset(
    "abs bool complex dict divmod float frozenset int len list max min pow range round set sorted str sum tuple".split()
)
_PARTS = (
    ast.Constant | ast.Name | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.BinOp | ast.UnaryOp | ast.BoolOp
    | ast.Compare | ast.IfExp | ast.Subscript | ast.Slice | ast.Starred | ast.JoinedStr | ast.FormattedValue
)  # fmt: skip
_READERS = re.compile(r"(?:read_(?:csv|table|excel|json|parquet|feather|fwf|html|xml|stata|sas|spss)|load_\w+)")
_MAKERS = frozenset(
    "array arange linspace zeros ones eye full logspace zeros_like ones_like DataFrame Series date_range Path".split()
)
_FILES = re.compile(
    r"\bto_\w+\(|\bsave\w*\(|\bwrite\w*\(|\bdump\w*\(|\bopen\(|\bmakedirs\(|\bmkdir\(|\bremove\(|\brename\(|"
    r"\bunlink\(|\bcopy\w*\(|\bmove\(|urlretrieve|download|chdir|^\s*[!%]",
    re.MULTILINE,
)
_IMPORTS = re.compile(
    r"\b(?:pip|conda|mamba|apt|apt-get)\b|environ|putenv|sys\.path|sys\.modules|chdir|\.use\(|^\s*[!%]", re.MULTILINE
)


class Quiet:
    """What a cell does, if all that it does is to give names values.

    Attributes:
        loud: the first statement that may do more, as text; empty where there is none.
        reads_files: whether it reads files.
        imports: whether it imports modules.
    """

    def __init__(self, analysis: Analysis, facts: CellFacts) -> None:
        self.flow = analysis.flow
        self.reads_files = False
        self.imports = bool(facts.imports)
        self.loud = self._loud(facts)

    def hindrance(self, other: str) -> str:
        """Return why the cell's place matters to code ``other``, names apart; empty where it does not."""
        if self.reads_files and _FILES.search(other):
            return "may write the files that it reads"
        return "may decide how its imports work" if self.imports and _IMPORTS.search(other) else ""

    def _loud(self, facts: CellFacts) -> str:
        if facts.tree is None or facts.opaque:
            return "code that cannot be followed"
        if facts.masked.magics:
            return f"the magic `{facts.masked.magics[0].name}`"
        return next((f"`{_short(node)}`" for node in facts.tree.body if not self._is_quiet(node)), "")

    def _is_quiet(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Import | ast.ImportFrom):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = (*node.args.defaults, *(item for item in node.args.kw_defaults if item is not None))
            return all(map(self._is_pure, (*node.decorator_list, *defaults)))
        if isinstance(node, ast.ClassDef):
            outside = (*node.bases, *(word.value for word in node.keywords), *node.decorator_list)
            return all(map(self._is_pure, outside)) and all(map(self._is_member, node.body))
        if isinstance(node, ast.Assign):
            return all(map(_is_name, node.targets)) and self._is_pure(node.value)
        if isinstance(node, ast.AnnAssign):
            return _is_name(node.target) and node.value is not None and self._is_pure(node.value)
        return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))

    def _is_member(self, node: ast.stmt) -> bool:
        return self._is_quiet(node)

    def _is_pure(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Lambda):
            return all(map(self._is_pure, node.args.defaults))
        if isinstance(node, ast.Attribute):
            return self._is_module(node)
        if isinstance(node, ast.Call):
            return self._is_pure_call(node)
        return isinstance(node, _PARTS) and all(map(self._is_pure, _expressions(node)))

    def _is_pure_call(self, node: ast.Call) -> bool:
        arguments = (*node.args, *(word.value for word in node.keywords))
        if not all(map(self._is_pure, arguments)) or any(word.arg is None for word in node.keywords):
            return False
        function = node.func
        if isinstance(function, ast.Name):
            return function.id in _PURE_BUILTINS and not self.flow.bindings(function.id)
        if not isinstance(function, ast.Attribute) or not self._is_module(function):
            return False
        if _READERS.fullmatch(function.attr):
            self.reads_files = True
            return True
        return function.attr in _MAKERS

    def _is_module(self, node: ast.Attribute) -> bool:
        """Tell whether an expression is an attribute of an imported module."""
        name = root_name(node)
        bindings = self.flow.bindings(name) if name is not None else []
        plain = all(isinstance(part, ast.Attribute | ast.Name) for part in _chain(node))
        return plain and bool(bindings) and all(binding.kind == "import" for _, binding in bindings)


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def _chain(node: ast.expr) -> Iterator[ast.expr]:
    while isinstance(node, ast.Attribute):
        yield node
        node = node.value
    yield node


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    return (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 40 else text[:37] + "..."
