"""Go to definition and find references, across notebooks and modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from offbook.analysis import Binding, Import, span_of
from offbook.notebook import CellId
from offbook.project.modules import imported_files, module_file
from offbook.project.unit import Unit, event_spans, span_at
from offbook.refactor import Place
from offbook.text import Position, Span

_DEPTH = 12
"""How many imports of imports are followed."""


class Units(Protocol):
    """The files to navigate in."""

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        ...

    def unit(self, path: Path) -> Unit | None:
        """Return a notebook or module."""
        ...

    def import_folders(self, importer: Path) -> tuple[Path, ...]:
        """Return the folders of the workspace in which imports of a file look besides those around it."""
        ...

    def mentioning(self, word: str) -> Iterable[Unit]:
        """Return those in whose text a word stands."""
        ...


class Symbol(Struct, frozen=True):
    """What a name means: a top-level name of a notebook or module, or the module itself (an empty name)."""

    path: Path
    name: str

    @property
    def word(self) -> str:
        """The last part of its dotted name."""
        if self.name:
            return self.name
        return self.path.parent.name if self.path.name == "__init__.py" else self.path.stem


class Use(Struct, frozen=True):
    """A name at a place: ``owner`` is the module before the dot in ``module.name``."""

    unit: Unit
    number: int
    name: str
    span: Span
    owner: ast.expr | None = None
    item: Import | None = None


class Navigator:
    """Answers for one snapshot."""

    def __init__(self, units: Units) -> None:
        self.units = units

    def definition(self, place: Place) -> list[Place]:
        """Return where the name at a place is defined."""
        use = self.use_at(place)
        if use is None:
            return []
        if use.item is not None or use.owner is not None:
            symbol = self.symbol(use)
            return self._places(symbol) if symbol is not None else []
        found: list[Place] = []
        for number, cell, binding in self._reaching(use):
            symbol = self._followed(use.unit, number, binding)
            places = self._places(symbol) if symbol is not None else []
            found += places or [Place(use.unit.path, cell, binding.span)]
        return list(dict.fromkeys(found))

    def references(self, place: Place) -> list[Place]:
        """Return all places of what the name at a place means."""
        use = self.use_at(place)
        symbol = self.symbol(use) if use is not None else None
        if symbol is None:
            return []
        found = [place for unit in self.users(symbol) for place in self._mentions(unit, symbol)]
        return list(dict.fromkeys(found))

    def users(self, symbol: Symbol) -> Iterable[Unit]:
        """Return the notebooks and modules that may use a symbol; a notebook's names are its own."""
        if symbol.path.suffix == ".ipynb":
            unit = self.units.unit(symbol.path)
            return [unit] if unit is not None else []
        return self.units.mentioning(symbol.word)

    def use_at(self, place: Place) -> Use | None:
        """Return the name at a place; ``None`` where there is none, or it is a function's own."""
        unit = self.units.unit(place.path)
        number = unit.number(place.cell) if unit is not None else None
        if unit is None or number is None:
            return None
        facts, position = unit.sources[number][1], place.span.start
        for item in facts.imports:
            if item.span.covers(position):
                return Use(unit, number, item.name or item.module, item.span, item=item)
            whole = span_of(item.node)
            if item.name and whole.covers(position) and position < item.span.start:
                return Use(unit, number, item.module, whole, item=item._replace(name=""))
        for node in ast.walk(facts.tree) if facts.tree is not None else ():
            if isinstance(node, ast.Attribute) and span_at(node).covers(position):
                return Use(unit, number, node.attr, span_at(node), owner=node.value)
        for name, events in facts.by_name.items():
            for span in event_spans(events):
                if span.covers(position) and _is_exact(span, name):
                    return Use(unit, number, name, span)
        return None

    def symbol(self, use: Use) -> Symbol | None:
        """Return what a use means; ``None`` for what is not of this workspace."""
        if use.item is not None:
            return self._imported(use.unit.path, use.item, 0)
        if use.owner is not None:
            module = self._module_of(use.unit, use.owner)
            return self._exported(module, use.name, 0) if module is not None else None
        for number, _, binding in self._reaching(use):
            symbol = self._followed(use.unit, number, binding)
            return symbol if symbol is not None else Symbol(use.unit.path, use.name)
        return None

    def _reaching(self, use: Use) -> list[tuple[int, CellId | None, Binding]]:
        """Return the bindings that a use can see: its own source's above it, else the nearest earlier, else any."""
        every = [entry for entry in use.unit.bindings(use.name) if entry[2].kind != "global"]
        own = [entry for entry in every if entry[2].span == use.span and entry[0] == use.number]
        if own:
            return own
        above = [entry for entry in every if entry[0] == use.number and entry[2].span.start < use.span.start]
        if above:
            return [above[-1]]
        earlier = [entry for entry in every if entry[0] < use.number]
        if earlier:
            last = earlier[-1][0]
            return [entry for entry in earlier if entry[0] == last][-1:]
        return every[:1]

    def _followed(self, unit: Unit, number: int, binding: Binding) -> Symbol | None:
        """Return what an import's binding means; ``None`` for other bindings, and for modules from elsewhere."""
        item = unit.import_of(number, binding) if binding.kind == "import" else None
        return self._imported(unit.path, item, 0) if item is not None else None

    def imported(self, importer: Path, item: Import) -> Symbol | None:
        """Return what an import means; ``None`` for what is not of this workspace."""
        return self._imported(importer, item, 0)

    def _imported(self, importer: Path, item: Import, depth: int) -> Symbol | None:
        module, submodule = self._files(item, importer)
        if item.name and item.name != "*":
            if module is not None:
                symbol = self._exported(module, item.name, depth)
                if symbol is not None:
                    return symbol
            return Symbol(submodule, "") if submodule is not None else None
        if not item.name and item.bound == item.module.partition(".")[0] != item.module:
            module = self._file(item.bound, item.level, importer) or module
        return Symbol(module, "") if module is not None else None

    def _exported(self, module: Path, name: str, depth: int) -> Symbol | None:
        """Return what a name of a module means; imports of it are followed."""
        unit = self.units.unit(module)
        if unit is None or depth > _DEPTH:
            return None
        bindings = list(unit.bindings(name))
        for number, _, binding in reversed(bindings):
            item = unit.import_of(number, binding) if binding.kind == "import" else None
            further = self._imported(module, item, depth + 1) if item is not None else None
            return further or Symbol(module, name)
        for _, item in unit.imports():
            if item.bound == "*" and item.top:
                source, _ = self._files(item, module)
                found = self._exported(source, name, depth + 1) if source is not None else None
                if found is not None:
                    return found
        inner = module.parent / f"{name}.py" if module.name == "__init__.py" else None
        return Symbol(inner, "") if inner is not None and self._exists(inner) else None

    def _module_of(self, unit: Unit, node: ast.expr) -> Path | None:
        """Return the module that ``a`` or ``a.b`` means."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        for number, _, binding in unit.bindings(node.id):
            symbol = self._followed(unit, number, binding)
            for part in parts:
                symbol = self._exported(symbol.path, part, 0) if symbol is not None and not symbol.name else None
            if symbol is not None and not symbol.name:
                return symbol.path
        dotted = ".".join([node.id, *parts])
        for _, item in unit.imports():
            if item.module == dotted and not item.name:
                return self._file(dotted, item.level, unit.path)
        return None

    def _file(self, dotted: str, level: int, importer: Path) -> Path | None:
        more = self.units.import_folders(importer)
        return module_file(dotted, level, importer, self.units.root, self._exists, more)

    def _files(self, item: Import, importer: Path) -> tuple[Path | None, Path | None]:
        more = self.units.import_folders(importer)
        return imported_files(item, importer, self.units.root, self._exists, more)

    def _exists(self, path: Path) -> bool:
        return self.units.unit(path) is not None

    # where it stands

    def _places(self, symbol: Symbol) -> list[Place]:
        """Return where a symbol is defined."""
        unit = self.units.unit(symbol.path)
        if unit is None:
            return []
        if not symbol.name:
            return [Place(symbol.path, unit.sources[0][0] if unit.sources else None, Span.on_line(0))]
        every = [(cell, binding) for _, cell, binding in unit.bindings(symbol.name) if binding.kind != "global"]
        definitions = [entry for entry in every if entry[1].kind in ("function", "class")]
        return [Place(symbol.path, cell, binding.span) for cell, binding in definitions or every[:1]]

    def _mentions(self, unit: Unit, symbol: Symbol) -> Iterator[Place]:
        """Yield the places in one unit that mean the symbol."""
        for cell, item in unit.imports():
            if item.bound != "*" and self.imported(unit.path, item) == symbol:
                yield Place(unit.path, cell, _name_in(item))
            elif not item.name and not symbol.name and self.module(unit.path, item) == symbol.path:
                yield Place(unit.path, cell, _name_in(item))  # ``import package.module`` binds the package
        for name in sorted(self.local_names(unit, symbol)):
            for cell, span in unit.name_spans(name):
                if _is_exact(span, name):
                    yield Place(unit.path, cell, span)
        yield from self.attributes(unit, symbol)

    def local_names(self, unit: Unit, symbol: Symbol) -> set[str]:
        """Return the top-level names of a unit that mean a symbol."""
        local: set[str] = set()
        if unit.path == symbol.path and symbol.name:
            local.add(symbol.name)
        for _, item in unit.imports():
            if item.bound == "*":
                source, _ = self._files(item, unit.path)
                if symbol.name and source is not None and self._exported(source, symbol.name, 0) == symbol:
                    local.add(symbol.name)
            elif self.imported(unit.path, item) == symbol:
                local.add(item.bound)
        return local

    def module(self, importer: Path, item: Import) -> Path | None:
        """Return the file of an import's module, where it lies in the workspace."""
        return self._file(item.module, item.level, importer)

    def attributes(self, unit: Unit, symbol: Symbol) -> Iterator[Place]:
        """Yield where the symbol stands behind a dot: ``module.name``, or ``package.module``."""
        word = symbol.word
        for cell, facts in unit.sources:
            for node in ast.walk(facts.tree) if facts.tree is not None else ():
                if isinstance(node, ast.Attribute) and node.attr == word and self._means(unit, node, symbol):
                    yield Place(unit.path, cell, span_at(node))

    def _means(self, unit: Unit, node: ast.Attribute, symbol: Symbol) -> bool:
        if not symbol.name:
            return self._module_of(unit, node) == symbol.path
        module = self._module_of(unit, node.value)
        return module is not None and self._exported(module, symbol.name, 0) == symbol


def _is_exact(span: Span, name: str) -> bool:
    """Tell whether a span holds just the name: magics and import aliases span more."""
    return span.start.line == span.end.line and span.end.column - span.start.column == len(name)


def _name_in(item: Import) -> Span:
    """Return the span of the imported name, without ``as``."""
    start = item.span.start
    return Span(start, Position(start.line, start.column + len(item.name or item.module)))
