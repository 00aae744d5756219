"""The answers to what rules ask of one version of a notebook, and which of them an edit changes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from typing import TypeVar

from offbook.analysis import Analysis, CellFacts, NameEvents, Occurrence
from offbook.analysis.learning.relevance import matters, uses_models
from offbook.notebook import Cell, CellId, Notebook
from offbook.rules.surroundings import Outside, Question, Surroundings

_Key = TypeVar("_Key", bound=str)


class Answers:
    """Answers questions from one analysis.

    What is the same as in the previous answers is the same object, so that :meth:`changed` compares identities.

    Attributes:
        recorded: whether views remember what is asked; a check that nothing follows saves the time.
        outside: the answers that no analysis tells.
    """

    def __init__(
        self,
        analysis: Analysis,
        previous: Answers | None = None,
        surroundings: Surroundings | None = None,
        *,
        recorded: bool = True,
    ) -> None:
        self.analysis = analysis
        self.recorded = recorded
        self.outside = Outside(surroundings)
        self._occurrences: dict[str, tuple[object, list[Occurrence]]] = {}
        self._origins: dict[str, tuple[object, str | None]] = {}
        self._tables: dict[str, object] = {}
        self.shared: dict[tuple[object, str], tuple[object, set[Question]]] = {}
        counts = analysis.notebook.saved_counts
        same = previous is not None and previous.counts == counts
        self.counts: Sequence[tuple[CellId, int | None]] = previous.counts if previous is not None and same else counts
        self._follow(previous)

    def _follow(self, previous: Answers | None) -> None:
        """Take what is the same as before; after an edit of some cells nothing else is looked at."""
        analysis = self.analysis
        self._edit = analysis.edit
        if previous is None or self._edit is None or self._edit.before is not previous.analysis.version:
            self._edit = None
            self.order = tuple(cell.id for cell in analysis.notebook.cells)
            self.opaque = tuple(cell for cell, facts in analysis.facts.items() if facts.opaque)
            if previous is None:
                return
            self.order = previous.order if previous.order == self.order else self.order
            self.opaque = previous.opaque if previous.opaque == self.opaque else self.opaque
        else:
            self.order = previous.order
            pairs = [(previous.analysis.facts[cell], analysis.facts[cell]) for cell in self._edit.cells]
            if all(before.opaque == after.opaque for before, after in pairs):
                self.opaque = previous.opaque
            else:
                self.opaque = tuple(cell for cell, facts in analysis.facts.items() if facts.opaque)
            self._tables = {
                key: table for key, table in previous._tables.items() if self._holds(key, pairs, previous.analysis)
            }
        if previous.order is self.order:
            self._occurrences = previous._occurrences
            self._origins = previous._origins

    def _holds(self, key: str, pairs: Sequence[tuple[CellFacts, CellFacts]], before: Analysis) -> bool:
        """Tell whether a table is as it was before the edit of some cells."""
        if key != "free":
            tells = _CELL_TABLES[key]
            return all(tells(old) == tells(new) for old, new in pairs)
        names = self._edit.names if self._edit is not None else ()
        old, new = before.flow.names, self.analysis.flow.names
        return all(_is_free(old.get(name, {})) == _is_free(new.get(name, {})) for name in names)

    def to(self, question: Question) -> object:
        """Answer a question."""
        kind, key = question
        answer = KINDS.get(kind)
        return answer(self, key) if answer is not None else self.outside.to(question)

    def _events(self, name: str) -> object:
        return self.analysis.flow.names.get(name)

    def _facts(self, cell: str) -> CellFacts | None:
        return self.analysis.facts.get(CellId(cell))

    def _cell(self, cell: str) -> Cell | None:
        notebook = self.analysis.notebook
        return notebook.cell(CellId(cell)) if CellId(cell) in notebook else None

    def occurrences(self, name: str) -> list[Occurrence]:
        """Return what the cells do with a name, in document order; sorted once for a version of it."""
        events = self.analysis.flow.names.get(name)
        known = self._occurrences.get(name)
        if known is None or known[0] is not events:
            known = self._occurrences[name] = (events, self.analysis.flow.occurrences(name))
        return known[1]

    def _origin(self, name: str) -> str | None:
        """Return the dotted name of what an import binds to a name."""
        events = self.analysis.flow.names.get(name)
        known = self._origins.get(name)
        if known is None or known[0] is not events:
            bindings = (binding for found in self.occurrences(name) for binding in found.events.bindings)
            node = next((binding.node for binding in bindings if binding.kind == "import"), None)
            known = self._origins[name] = (events, _imported(node, name))
        return known[1]

    def _table(self, key: str) -> object:
        """Return a summary of the notebook, made when it is first asked for."""
        if key not in self._tables:
            self._tables[key] = _TABLES[key](self.analysis)
        return self._tables[key]

    def changed(self, previous: Answers, asked: Container[Question]) -> Iterator[Question]:
        """Yield the questions whose answers are not those of an earlier version.

        What lies outside changes without any edit: it is asked again where somebody has ``asked`` for it, unless the
        answers of the earlier version are taken over.
        """
        if self.outside is not previous.outside:
            outside = [(question, known) for question, known in previous.outside.known.items() if question in asked]
            yield from (question for question, known in outside if self.outside.to(question) != known)
        if self.analysis.notebook.path != previous.analysis.notebook.path:
            yield "path", ""
        for kind in ("order", "counts", "opaque", "whole"):
            if self.to((kind, "")) is not previous.to((kind, "")):
                yield kind, ""
        stale, before = self.analysis.stale, previous.analysis.stale
        yield from (("stale", cell) for cell in stale.keys() | before.keys() if stale.get(cell) != before.get(cell))
        differing_facts, differing = self._differing(previous.analysis)
        if not differing_facts and self.order is previous.order:
            self._tables = dict(previous._tables)  # they tell of nothing but the code
        yield from (("table", key) for key, known in previous._tables.items() if self._table(key) != known)
        yield from (("facts", key) for key in differing_facts)
        origins = dict(previous._origins)
        yield from (("events", name) for name in differing)
        for name in differing if self.order is previous.order else list(origins):
            if name in origins and origins[name][1] != self._origin(name):
                yield "origin", name
        yield from (("cell", cell) for cell in _differing_cells(previous.analysis.notebook, self.analysis.notebook))

    def _differing(self, before: Analysis) -> tuple[Collection[str], Collection[str]]:
        """Return the cells whose facts are not those of an earlier analysis, and the names whose events are not."""
        if self._edit is not None and self._edit.before is before.version:
            return self._edit.cells, self._edit.names
        facts = list(_differing(before.facts, self.analysis.facts))
        return facts, list(_differing(before.flow.names, self.analysis.flow.names))


KINDS: dict[str, Callable[[Answers, str], object]] = {
    "events": Answers._events,
    "facts": Answers._facts,
    "origin": Answers._origin,
    "table": Answers._table,
    "cell": Answers._cell,
    "stale": lambda answers, cell: answers.analysis.stale.get(CellId(cell)),
    "path": lambda answers, _: answers.analysis.notebook.path,
    "order": lambda answers, _: answers.order,
    "counts": lambda answers, _: answers.counts,
    "opaque": lambda answers, _: answers.opaque,
    "whole": lambda answers, _: answers.analysis,
}
"""How each kind of question is answered; all others are about what lies outside."""


def _is_free(cells: Mapping[CellId, NameEvents]) -> bool:
    """Tell whether a name is read, and no cell binds it."""
    return not any(events.bindings for events in cells.values()) and any(
        events.reads or events.deferred for events in cells.values()
    )


def _free_names(analysis: Analysis) -> tuple[str, ...]:
    return tuple(name for name, cells in analysis.flow.names.items() if _is_free(cells))


def _learning_cells(analysis: Analysis) -> tuple[str, ...]:
    """Return the cells that the analysis of models needs; none where no library of machine learning is imported."""
    if not any(uses_models(facts) for facts in analysis.facts.values() if facts.imports):
        return ()
    return tuple(cell for cell, facts in analysis.facts.items() if matters(facts))


_CELL_TABLES: dict[str, Callable[[CellFacts], object]] = {
    "code": lambda _: True,
    "magics": lambda facts: bool(facts.masked.magics),
    "imports": lambda facts: bool(facts.imports),
    "stars": lambda facts: any(found.bound == "*" for found in facts.imports),
    "torch": lambda facts: any(found.module.partition(".")[0] == "torch" for found in facts.imports),
    "learning": lambda facts: (matters(facts), uses_models(facts)),
}
"""What a table tells of each cell; it is as it was where it tells the same of all."""


def _cells_that(tells: Callable[[CellFacts], object]) -> Callable[[Analysis], tuple[str, ...]]:
    return lambda analysis: tuple(cell for cell, facts in analysis.facts.items() if tells(facts))


_TABLES: dict[str, Callable[[Analysis], tuple[str, ...]]] = {
    **{key: _cells_that(tells) for key, tells in _CELL_TABLES.items()},
    "free": _free_names,
    "learning": _learning_cells,
}


def _differing(before: Mapping[_Key, object], after: Mapping[_Key, object]) -> Iterator[_Key]:
    """Yield the keys that do not hold the same object in both."""
    for key, value in after.items():
        if before.get(key) is not value:
            yield key
    for key in before:
        if key not in after:
            yield key


def _differing_cells(before: Notebook, after: Notebook) -> Iterator[CellId]:
    """Yield the cells that are not equal in both notebooks."""
    edited = after.edited_since(before)
    if edited is not None:
        yield from (cell for cell in edited if before.cell(cell) != after.cell(cell))
        return
    old = {cell.id: cell for cell in before.cells}
    new = {cell.id: cell for cell in after.cells}
    yield from (cell for cell in _differing(old, new) if old.get(cell) != new.get(cell))


def _imported(node: ast.AST | None, name: str) -> str | None:
    """Return the dotted name that an import statement binds to a name."""
    for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
        if isinstance(node, ast.ImportFrom) and (alias.asname or alias.name) == name:
            return f"{node.module or ''}.{alias.name}"
        if isinstance(node, ast.Import) and alias.asname == name:
            return alias.name
    return name if isinstance(node, ast.Import) else None
