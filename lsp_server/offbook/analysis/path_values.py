"""Folders that code names by literals: ``"../src"``, ``os.path.abspath("..")``, ``str(Path("..") / "src")``."""

from __future__ import annotations

import ast
import itertools
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from offbook.analysis.analysis import Analysis
from offbook.analysis.facts import Import
from offbook.notebook import holds_parameters

_KEEPING = frozenset({"str", "os.fspath", "os.path.normpath"})
_RESOLVING = frozenset({"os.path.abspath", "os.path.realpath"})
_HERE = frozenset({"os.getcwd", "pathlib.Path.cwd"})
_CONSTANTS = {"os.pardir": "..", "os.path.pardir": "..", "os.curdir": ".", "os.path.curdir": "."}


@dataclass(frozen=True, slots=True)
class PathValue:
    """A path, absolute or seen from the kernel's folder.

    Attributes:
        text: the path, normalised, with ``/``.
        is_path: whether the value is a ``Path``, and no text.
        resolved: whether it is absolute and normalised when the code runs, so that its parent is the folder above.
    """

    text: str
    is_path: bool = False
    resolved: bool = False

    def joined(self, others: Sequence[PathValue], *, is_path: bool) -> PathValue | None:
        """Return the path with relative others below it."""
        text = posixpath.join(self.text, *(other.text for other in others))
        if any(other.resolved for other in others) or _climbs_back(text):
            return None
        down = not any(other.text.startswith("..") for other in others)
        return PathValue(posixpath.normpath(text), is_path, self.resolved and is_path and down)

    def above(self, levels: int, *, is_path: bool) -> PathValue | None:
        """Return a folder above; ``None`` where that depends on how the path is written."""
        text = posixpath.join(self.text, *[".."] * levels)
        if not self.resolved or _climbs_back(text):
            return None
        return PathValue(posixpath.normpath(text), is_path, True)


class PathValues:
    """Evaluates expressions of one notebook."""

    def __init__(self, analysis: Analysis) -> None:
        self._notebook = analysis.notebook
        self._flow = analysis.flow
        self._imports = [item for _, facts in analysis.cells for item in facts.imports]

    def dotted(self, node: ast.expr) -> str:
        """Return what a name stands for, where nothing but imports of one thing bind it: ``sys.path``, ``str``."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        root = self._root(node.id) if isinstance(node, ast.Name) else ""
        return ".".join([root, *parts]) if root else ""

    def _root(self, name: str) -> str:
        bindings = self._flow.bindings(name)
        if self._flow.deletions(name):
            return ""
        if not bindings:
            return name if name == "str" else ""
        if any(binding.kind != "import" for _, binding in bindings):
            return ""
        found = {_meaning(item) for item in self._imports if item.top and item.bound == name}
        return found.pop() if len(found) == 1 else ""

    def value(self, node: ast.expr, asked: frozenset[str] = frozenset()) -> PathValue | None:
        """Return the path that an expression gives; ``None`` where literals do not say which."""
        if isinstance(node, ast.Constant):
            return _literal(node.value) if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self._variable(node.id, asked)
        if isinstance(node, ast.Call):
            return self._call(node, asked)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            left, right = self.value(node.left, asked), self.value(node.right, asked)
            if left is None or right is None or not (left.is_path or right.is_path):
                return None
            return left.joined([right], is_path=True)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, asked)
        if isinstance(node, ast.Subscript):
            return self._ancestor(node, asked)
        return None

    def _variable(self, name: str, asked: frozenset[str]) -> PathValue | None:
        """Return the value of a name that one assignment binds."""
        bindings = self._flow.bindings(name)
        if name in asked or len(bindings) != 1 or self._flow.deletions(name):
            return None
        index, binding = bindings[0]
        node = binding.node
        if holds_parameters(self._notebook.cells[index]) or not binding.unconditional:
            return None
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            return None
        return self.value(node.value, asked | {name}) if isinstance(node.targets[0], ast.Name) else None

    def _call(self, node: ast.Call, asked: frozenset[str]) -> PathValue | None:
        values = [self.value(argument, asked) for argument in node.args]
        known = [value for value in values if value is not None]
        if node.keywords or len(known) != len(values):
            return None
        called = self.dotted(node.func)
        if called in _HERE:
            return PathValue(".", called.startswith("pathlib"), True) if not known else None
        if called == "pathlib.Path":
            return PathValue(".", is_path=True).joined(known, is_path=True) if len(known) != 1 else _as_path(known[0])
        if not called and isinstance(node.func, ast.Attribute):
            return self._method(node.func, known, asked)
        if not known:
            return None
        first = known[0]
        if called == "os.path.join":
            return first.joined(known[1:], is_path=False)
        if len(known) > 1:
            return None
        if called in _KEEPING:
            return PathValue(first.text, resolved=first.resolved)
        if called in _RESOLVING:
            return PathValue(first.text, resolved=True)
        return first.above(1, is_path=False) if called == "os.path.dirname" else None

    def _method(self, function: ast.Attribute, arguments: list[PathValue], asked: frozenset[str]) -> PathValue | None:
        owner = self.value(function.value, asked)
        if owner is None or not owner.is_path:
            return None
        if function.attr == "joinpath":
            return owner.joined(arguments, is_path=True)
        if arguments:
            return None
        if function.attr == "resolve":
            return PathValue(owner.text, True, True)
        if function.attr == "absolute":
            return owner
        return PathValue(owner.text, False, owner.resolved) if function.attr in ("as_posix", "__str__") else None

    def _attribute(self, node: ast.Attribute, asked: frozenset[str]) -> PathValue | None:
        constant = _CONSTANTS.get(self.dotted(node))
        if constant is not None:
            return PathValue(constant)
        owner = self.value(node.value, asked) if node.attr == "parent" else None
        return owner.above(1, is_path=True) if owner is not None and owner.is_path else None

    def _ancestor(self, node: ast.Subscript, asked: frozenset[str]) -> PathValue | None:
        """Return ``path.parents[n]``."""
        if not isinstance(node.value, ast.Attribute) or node.value.attr != "parents":
            return None
        owner, number = self.value(node.value.value, asked), node.slice
        if owner is None or not owner.is_path or not isinstance(number, ast.Constant) or type(number.value) is not int:
            return None
        return owner.above(number.value + 1, is_path=True)


def _literal(text: str) -> PathValue | None:
    return None if "\\" in text or _climbs_back(text) else PathValue(posixpath.normpath(text))


def _climbs_back(text: str) -> bool:
    """Tell whether a path goes into a folder and out again, which may lead elsewhere where the folder is a link."""
    parts = (part for part in text.split("/") if part not in ("", "."))
    return ".." in itertools.dropwhile(lambda part: part == "..", parts)


def _as_path(value: PathValue) -> PathValue:
    return PathValue(value.text, True, value.resolved)


def _meaning(item: Import) -> str:
    if item.level:
        return ""
    if item.name:
        return f"{item.module}.{item.name}"
    top = item.module.partition(".")[0]
    return top if item.bound == top else item.module
