"""What a name means all through the notebook: the same import, one definition, a builtin, or something that changes."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

from offbook.analysis import Binding, Import
from offbook.refactor.module.scene import Moment, Scene, Star

BUILTINS = frozenset(dir(builtins))

_KERNEL_BUILTINS = {"display": "IPython.display"}
"""What IPython adds to the builtins, and where a module finds it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Bound by imports alone, which all bind the same.

    Attributes:
        items: the imports; several where submodules of one package are imported (``import xml.dom``, ``import xml``).
        first: when each item, at the same index, is surely there for the first time; ``None``: it always is.
    """

    items: tuple[ImportedName, ...]
    first: tuple[Moment | None, ...]


@dataclass(frozen=True, slots=True, order=True)
class ImportedName:
    """``from module import name as bound``, or ``import module [as bound]`` where ``name`` is empty."""

    module: str
    name: str
    bound: str

    @property
    def dotted(self) -> str:
        """What the bound name stands for."""
        if self.name:
            return f"{self.module}.{self.name}"
        return self.module if self.bound != self.module.partition(".")[0] else self.bound


@dataclass(frozen=True, slots=True)
class Single:
    """Bound once in the whole notebook, by something else than an import."""

    index: int
    binding: Binding


@dataclass(frozen=True, slots=True)
class Changing:
    """Bound several times or differently, or deleted; ``reason`` says so."""

    index: int
    binding: Binding | None
    reason: str


@dataclass(frozen=True, slots=True)
class Builtin:
    """A builtin that no cell rebinds."""


@dataclass(frozen=True, slots=True)
class Unbound:
    """No cell binds it."""


Meaning = Imported | Single | Changing | Builtin | Unbound


@dataclass(slots=True)
class Names:
    """Tells names' meanings, and keeps them."""

    scene: Scene
    _known: dict[str, Meaning] = field(default_factory=dict)

    def meaning(self, name: str) -> Meaning:
        """Return what the name means; star imports are told apart by :meth:`star_for`."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(name)
        return found

    def star_for(self, name: str) -> Star | None:
        """Return the first star import that could bind the name."""
        return next((star for star in self.scene.stars if star.may_bind(name)), None)

    def dotted(self, node: ast.expr) -> str:
        """Return the dotted name behind ``np.random.rand`` (``numpy.random.rand``) or ``len`` (``builtins.len``).

        Empty where the name at its bottom is no import and no builtin.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        meaning = self.meaning(node.id)
        if isinstance(meaning, Imported):
            root = meaning.items[0].dotted if len(meaning.items) == 1 else node.id
        elif isinstance(meaning, Builtin):
            root = f"builtins.{node.id}"
        else:
            return ""
        return ".".join((root, *reversed(parts)))

    def _find(self, name: str) -> Meaning:
        bindings = self.scene.flow.bindings(name)
        deletions = self.scene.flow.deletions(name)
        if deletions:
            index = deletions[0][0]
            return Changing(index, None, f"cell {index + 1} deletes it")
        if not bindings:
            return self._unbound(name)
        if all(binding.kind == "import" for _, binding in bindings):
            return self._imported(name, bindings)
        index, binding = bindings[0]
        if len(bindings) == 1:
            if binding.unconditional and binding.kind in ("assign", "function", "class"):
                return Single(index, binding)
            return Changing(index, binding, _HOW.get(binding.kind, f"cell {index + 1} binds it only on some paths"))
        other_index, other = bindings[1]
        if {found.kind for _, found in bindings} <= {"function", "class"}:
            return Changing(other_index, other, f"{_numbers(bindings)} define it more than once")
        return Changing(other_index, other, f"it is bound more than once ({_numbers(bindings)})")

    def _unbound(self, name: str) -> Meaning:
        if name in _KERNEL_BUILTINS:
            return Imported((ImportedName(_KERNEL_BUILTINS[name], name, name),), (None,))
        star = self.star_for(name)
        if star is not None and star.names is not None:
            return Imported((ImportedName(star.item.module, name, name),), (star.moment,))
        return Builtin() if name in BUILTINS else Unbound()

    def _imported(self, name: str, bindings: list[tuple[int, Binding]]) -> Meaning:
        """Tell whether all imports of the name bind the same."""
        first: dict[ImportedName, Moment] = {}
        for index, binding in bindings:
            item = self._import_of(index, binding)
            moment = Moment(index, binding.span.start.line)
            if item is None or not item.top:
                return Changing(index, binding, f"cell {index + 1} imports it inside a function")
            if item.level:
                return Changing(index, binding, f"cell {index + 1} imports it relatively")
            if item.guarded or not binding.unconditional:
                return Changing(index, binding, f"cell {index + 1} imports it only on some paths (`try` or `if`)")
            first.setdefault(ImportedName(item.module, item.name, name), moment)
        packages = {item.module.partition(".")[0] for item in first}
        plain = all(not item.name and item.module.partition(".")[0] == name for item in first)
        if len(first) > 1 and not (plain and len(packages) == 1):
            index, binding = bindings[-1]
            return Changing(index, binding, f"it is imported from different modules ({_numbers(bindings)})")
        return Imported(tuple(first), tuple(first.values()))

    def plain_import(self, index: int, binding: Binding) -> ImportedName | None:
        """Return what an import at top level binds; ``None`` for relative ones, and those on some paths only."""
        item = self._import_of(index, binding) if binding.kind == "import" else None
        if item is None or not item.top or item.level or item.guarded or not binding.unconditional:
            return None
        return ImportedName(item.module, item.name, binding.name)

    def _import_of(self, index: int, binding: Binding) -> Import | None:
        facts = self.scene.facts_at(index)
        return next((item for item in facts.imports if item.span == binding.span and item.bound == binding.name), None)


_HOW = {
    "global": "a function rebinds it (`global`)",
    "for": "it is the variable of a loop",
    "with": "a `with` statement binds it",
    "except": "an `except` clause binds it",
    "walrus": "it is bound inside an expression",
    "match": "a `match` statement binds it",
    "magic": "a magic binds it",
    "augment": "it is changed in place",
}


def _numbers(bindings: list[tuple[int, Binding]]) -> str:
    numbers = [str(index + 1) for index in dict.fromkeys(index for index, _ in bindings)]
    if len(numbers) == 1:
        return f"cell {numbers[0]}"
    return f"cells {', '.join(numbers[:-1])} and {numbers[-1]}"
