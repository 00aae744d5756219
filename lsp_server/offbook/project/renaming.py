"""Renames a name of a notebook or module everywhere in the workspace, or says why that is not safe.

Every source is analysed again after its edits: it must do the same with the new name as it did with the old one, and
the same with all other names. What would be captured, hidden or missed by an edit shows there, and is refused.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from offbook.analysis import CellFacts, Import, NameEvents, analyze_cell, span_of
from offbook.errors import UserError
from offbook.notebook import CellId
from offbook.project.localnames import LocalName, find_local, local_spans, shows_own_name
from offbook.project.navigation import Navigator, Symbol, Units, Use
from offbook.project.unit import Unit
from offbook.refactor import Place
from offbook.text import Edit, Lines, Position, Span, apply_edits


class SourceEdits(Struct, frozen=True):
    """What a renaming changes in one cell or module; ``cell`` is ``None`` in a module."""

    path: Path
    cell: CellId | None
    source: str
    edits: tuple[Edit, ...]

    @property
    def after(self) -> str:
        """The source with the edits."""
        return apply_edits(self.source, self.edits)


class _Target(Struct, frozen=True):
    """What is renamed: a symbol under its own name, or a name that one unit alone gives to an import."""

    name: str
    symbol: Symbol | None
    unit: Unit


class Renaming:
    """Renames in one snapshot of a workspace."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.navigator = Navigator(units)

    def name_at(self, place: Place) -> tuple[str, Span]:
        """Return the name at a place that can be renamed, and where it stands there.

        Raises:
            UserError: where there is none.
        """
        local = self._local(place)
        if local is not None:
            return local.name, local.span
        use = self._use(place)
        return self._target(use).name, _word_span(use)

    def rename(self, place: Place, new: str) -> list[SourceEdits]:
        """Return the edits that give the name at a place another name.

        Raises:
            UserError: where that is not possible without changing what some code does; the message says why.
        """
        if not new.isidentifier() or keyword.iskeyword(new):
            raise UserError(f"`{new}` is no name that Python allows")
        variable = self._local(place)
        if variable is not None:
            return self._rename_local(variable, new)
        target = self._target(self._use(place))
        if new == target.name:
            return []
        changed: list[SourceEdits] = []
        for unit in self._units(target):
            local = self._local_names(unit, target)
            if target.name in local:
                self._refuse_taken(unit, new)
            places = list(self._places(unit, target, local))
            changed += self._edited(unit, target.name, new, places, target.name in local)
        return changed

    # a function's own variables

    def _local(self, place: Place) -> LocalName | None:
        """Return the variable of a function at a place; ``None`` for what has a meaning outside."""
        unit = self.units.unit(place.path)
        number = unit.number(place.cell) if unit is not None else None
        if unit is None or number is None or self.navigator.use_at(place) is not None:
            return None
        return find_local(unit, number, place.span.start)

    def _rename_local(self, local: LocalName, new: str) -> list[SourceEdits]:
        if new == local.name:
            return []
        users = self.units.mentioning(local.called) if local.called else [local.unit]
        spans = local_spans(local, new, users)
        cell, facts = local.unit.sources[local.number]
        change = SourceEdits(local.unit.path, cell, facts.source, tuple(Edit(span, new) for span in spans))
        if not _same(facts, analyze_cell(change.after), "", new):
            raise UserError(f"`{new}` would mean something else in {local.shown}")
        return [change]

    # what is renamed

    def _use(self, place: Place) -> Use:
        use = self.navigator.use_at(place)
        if use is None or not use.name:
            raise UserError(
                "only functions, classes and variables of a notebook, a module or a function can be renamed here"
            )
        return use

    def _target(self, use: Use) -> _Target:
        symbol = self.navigator.symbol(use)
        if symbol is not None and not symbol.name:
            raise UserError(f"`{symbol.word}` is a module: rename its file, and then the imports")
        imported = symbol is not None and any(binding.kind == "import" for _, _, binding in use.unit.bindings(use.name))
        if symbol is not None and symbol.name == use.name and not (imported and symbol.path == use.unit.path):
            return _Target(use.name, symbol, use.unit)
        if use.owner is not None or (use.item is not None and use.item.bound == use.item.name):
            raise UserError(f"`{use.name}` is not of this workspace")
        return self._alias(use)

    def _alias(self, use: Use) -> _Target:
        """Return the name that a unit gives to what it imports from elsewhere, or under another name."""
        name = use.item.bound if use.item is not None else use.name
        imports = [item for _, item in use.unit.imports() if item.top and item.bound == name]
        bindings = list(use.unit.bindings(name))
        if not imports:
            return _Target(name, Symbol(use.unit.path, name), use.unit)
        if any(_bound_span(item) is None for item in imports) or len(imports) != len(bindings):
            raise UserError(f"`{name}` is the name of what is imported: import it `as` another name")
        symbol = Symbol(use.unit.path, name)
        for other in self.units.mentioning(name):
            imported = (item for _, item in other.imports() if other.path != use.unit.path and item.name == name)
            if any(self.navigator.module(other.path, item) == use.unit.path for item in imported):
                raise UserError(f"{other.path.name} imports `{name}` from here: rename it there first")
        return _Target(name, symbol, use.unit)

    # where it stands

    def _units(self, target: _Target) -> Iterable[Unit]:
        symbol = target.symbol
        if symbol is None:
            return [target.unit]
        return self.navigator.users(symbol)

    def _local_names(self, unit: Unit, target: _Target) -> set[str]:
        if unit.path == target.unit.path and target.symbol == Symbol(unit.path, target.name):
            return {target.name}
        return self.navigator.local_names(unit, target.symbol) if target.symbol is not None else set()

    def _places(self, unit: Unit, target: _Target, local: set[str]) -> Iterator[tuple[CellId | None, Span]]:
        """Yield every place of the old name in a unit."""
        symbol, name = target.symbol, target.name
        for cell, item in unit.imports():
            if item.bound != "*" and symbol is not None and self.navigator.imported(unit.path, item) == symbol:
                yield cell, _start(item, name)
        if symbol is not None:
            for mention in self.navigator.attributes(unit, symbol):
                yield mention.cell, mention.span
        if name not in local:
            return
        for cell, facts in unit.sources:
            yield from ((cell, span) for span in _own_places(unit, cell, facts, name))

    def _edited(
        self, unit: Unit, old: str, new: str, places: list[tuple[CellId | None, Span]], local: bool
    ) -> Iterator[SourceEdits]:
        for cell, facts in unit.sources:
            spans = sorted({span for here, span in places if here == cell})
            if local:
                _refuse_hidden(unit, cell, facts, old)
            if not spans:
                continue
            change = SourceEdits(unit.path, cell, facts.source, tuple(Edit(span, new) for span in spans))
            after = analyze_cell(change.after)
            if not _same(facts, after, old if local else "", new):
                raise UserError(f"`{new}` would mean something else in {_where(unit, cell)}")
            yield change

    def _refuse_taken(self, unit: Unit, new: str) -> None:
        for cell, facts in unit.sources:
            if new in facts.by_name:
                raise UserError(f"`{new}` is a name in {_where(unit, cell)} already")


def _own_places(unit: Unit, cell: CellId | None, facts: CellFacts, name: str) -> Iterator[Span]:
    """Yield every place of a top-level name in one source.

    Raises:
        UserError: where it stands in a form that cannot be edited.
    """
    events = facts.by_name.get(name)
    lines = Lines(facts.source)
    for span in _event_spans(events) if events is not None else ():
        exact = _exact(lines, span, name)
        if exact is None:
            raise UserError(f"`{name}` stands in a magic or pattern in {_where(unit, cell)}: rename it there first")
        yield exact
    for node in ast.walk(facts.tree) if facts.tree is not None else ():
        if isinstance(node, ast.Global) and name in node.names:
            yield from _words(lines, span_of(node), name)
        elif isinstance(node, ast.Assign) and _is_export_list(node):
            texts = (part for part in ast.walk(node.value) if isinstance(part, ast.Constant) and part.value == name)
            for text in texts:
                yield from _words(lines, span_of(text), name)
        else:
            for annotation in _annotations(node):
                yield from _annotated(lines, annotation, name)


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    for part in ("annotation", "returns"):
        annotation = getattr(node, part, None)
        if annotation is not None:
            yield annotation


def _annotated(lines: Lines, annotation: ast.expr, name: str) -> Iterator[Span]:
    """Yield where an annotation names something, those in quotes and those that are never evaluated among them."""
    for part in ast.walk(annotation):
        if isinstance(part, ast.Name) and part.id == name:
            yield span_of(part)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from _words(lines, span_of(part), name)


def _words(lines: Lines, span: Span, name: str) -> Iterator[Span]:
    """Yield where a word stands in the text of a span."""
    start = lines.offset(span.start)
    for found in re.finditer(rf"(?<![\w.]){re.escape(name)}(?!\w)", lines.text[start : lines.offset(span.end)]):
        yield Span(lines.position(start + found.start()), lines.position(start + found.end()))


def _is_export_list(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)


def _event_spans(events: NameEvents) -> Iterator[Span]:
    """Yield where a name is bound, read and deleted; an import's and an ``except``'s whole clause among them."""
    for binding in events.bindings:
        yield binding.span
    yield from (read.span for read in events.reads)
    yield from (read.span for read in events.deferred)
    for deletion in events.deletions:
        yield deletion.span


def _exact(lines: Lines, span: Span, name: str) -> Span | None:
    """Return where the name itself stands in the span of a read or binding; ``None`` for magics."""
    start, end = lines.offset(span.start), lines.offset(span.end)
    text = lines.text[start:end]
    if text == name:
        return span
    found = re.match(rf"(?:import\s+)?[\w.]+\s+as\s+({re.escape(name)})$", text)
    found = found or re.match(rf"except\*?\b[^:]*\bas\s+({re.escape(name)})\s*:", text)
    found = found or re.match(rf"\*\*?({re.escape(name)})$", text) or re.search(rf"\bas\s+({re.escape(name)})$", text)
    if found is None:
        return None
    return Span(lines.position(start + found.start(1)), lines.position(start + found.end(1)))


def _refuse_hidden(unit: Unit, cell: CellId | None, facts: CellFacts, name: str) -> None:
    """Refuse where a source may use the name in a way that nobody can see.

    Raises:
        UserError: for code that cannot be read, text that is evaluated, and names in strings.
    """
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    if facts.tree is not None and name in facts.by_name and shows_own_name(facts.tree, name):
        raise UserError(f"an f-string in {_where(unit, cell)} shows the name `{name}` itself")
    if facts.tree is None:
        if word.search(facts.source):
            raise UserError(f"`{name}` stands in {_where(unit, cell)}, which is not Python that can be read")
        return
    texts = [
        node.value for node in ast.walk(facts.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    if any(f"@{name}" in text and re.search(rf"@{re.escape(name)}(?!\w)", text) for text in texts):
        raise UserError(f"a text in {_where(unit, cell)} reads `@{name}`: rename it there first")
    if facts.dynamic and any(word.search(text) for text in texts):
        raise UserError(f"code in {_where(unit, cell)} looks names up by their text: rename `{name}` there first")


def _same(before: CellFacts, after: CellFacts, old: str, new: str) -> bool:
    """Tell whether a source does with every name what it did before, the old name being the new one."""
    if after.problem is not None and before.problem is None:
        return False
    expected = {(new if name == old else name): _shape(events, new, old) for name, events in before.by_name.items()}
    found = {name: _shape(events, new, old) for name, events in after.by_name.items()}
    return expected == found


def _shape(events: NameEvents, new: str, old: str) -> tuple[object, ...]:
    """Return what happens to a name, without places; owners are told by their new names."""

    def owner(name: str) -> str:
        return new if old and name == old else name

    return (
        tuple((item.kind, item.definite, item.unconditional) for item in events.bindings),
        tuple((item.exposure, item.guarded) for item in events.reads),
        tuple((owner(item.owner), item.guarded) for item in events.deferred),
        tuple((item.how, item.detail, owner(item.owner)) for item in events.mutations),
        len(events.deletions),
    )


def _word_span(use: Use) -> Span:
    """Return where the word itself stands in a use; an import's span ends with its ``as``."""
    start = use.span.start
    return Span(start, Position(start.line, start.column + len(use.name))) if use.item is not None else use.span


def _start(item: Import, name: str) -> Span:
    start = item.span.start
    return Span(start, Position(start.line, start.column + len(name)))


def _bound_span(item: Import) -> Span | None:
    """Return where an import's ``as`` name stands; ``None`` without ``as``."""
    length = len(item.name or item.module)
    if item.span.end.column - item.span.start.column == length and item.span.start.line == item.span.end.line:
        return None
    end = item.span.end
    return Span(Position(end.line, end.column - len(item.bound)), end)


def _where(unit: Unit, cell: CellId | None) -> str:
    if cell is None:
        return unit.path.name
    number = unit.number(cell)
    return f"{unit.path.name}, code cell {(number or 0) + 1}"
