"""What a rule may ask of a notebook. A view remembers the questions and the answers.

A result stays right as long as all its questions have the same answers; so after an edit only the rules that asked
about something that changed run again.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from offbook.analysis import Analysis, CellFacts, Occurrence, Stale
from offbook.analysis.learning import matters, uses_models
from offbook.notebook import Cell, CellId
from offbook.rules.outside import OutsideView
from offbook.rules.suppression import Suppression, Uses
from offbook.rules.surroundings import Outside, Question, Surroundings

_Key = TypeVar("_Key", bound=str)
_View = TypeVar("_View", bound="NotebookView")
_Result = TypeVar("_Result")


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
        self.order = tuple(cell.id for cell in analysis.notebook.cells)
        self.counts = analysis.notebook.saved_counts
        self.opaque = tuple(cell for cell, facts in analysis.facts.items() if facts.opaque)
        self._occurrences: dict[str, tuple[object, list[Occurrence]]] = {}
        self._origins: dict[str, tuple[object, str | None]] = {}
        self._tables: dict[str, object] = {}
        self.shared: dict[tuple[object, str], tuple[object, set[Question]]] = {}
        if previous is not None:
            self.counts = previous.counts if previous.counts == self.counts else self.counts
            self.opaque = previous.opaque if previous.opaque == self.opaque else self.opaque
            if previous.order == self.order:
                self.order = previous.order
                self._occurrences = previous._occurrences
                self._origins = previous._origins

    def to(self, question: Question) -> object:
        """Answer a question."""
        kind, key = question
        answer = _KINDS.get(kind)
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

        What lies outside changes without any edit: it is asked again where somebody has ``asked`` for it.
        """
        outside = [(question, known) for question, known in previous.outside.known.items() if question in asked]
        yield from (question for question, known in outside if self.outside.to(question) != known)
        if self.analysis.notebook.path != previous.analysis.notebook.path:
            yield "path", ""
        for kind in ("order", "counts", "opaque", "whole"):
            if self.to((kind, "")) is not previous.to((kind, "")):
                yield kind, ""
        stale, before = self.analysis.stale, previous.analysis.stale
        yield from (("stale", cell) for cell in stale.keys() | before.keys() if stale.get(cell) != before.get(cell))
        differing_facts = list(_differing(previous.analysis.facts, self.analysis.facts))
        if not differing_facts and self.order is previous.order:
            self._tables = dict(previous._tables)  # they tell of nothing but the code
        yield from (("table", key) for key, known in previous._tables.items() if self._table(key) != known)
        yield from (("facts", key) for key in differing_facts)
        origins = dict(previous._origins)
        differing = list(_differing(previous.analysis.flow.names, self.analysis.flow.names))
        yield from (("events", name) for name in differing)
        for name in differing if self.order is previous.order else list(origins):
            if name in origins and origins[name][1] != self._origin(name):
                yield "origin", name
        old = {cell.id: cell for cell in previous.analysis.notebook.cells}
        new = {cell.id: cell for cell in self.analysis.notebook.cells}
        for cell in _differing(old, new):
            if old.get(cell) != new.get(cell):
                yield "cell", cell


_KINDS: dict[str, Callable[[Answers, str], object]] = {
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


def _free_names(analysis: Analysis) -> tuple[str, ...]:
    """Return the names that are read, and that no cell binds."""
    return tuple(
        name
        for name, cells in analysis.flow.names.items()
        if not any(events.bindings for events in cells.values())
        and any(events.reads or events.deferred for events in cells.values())
    )


def _learning_cells(analysis: Analysis) -> tuple[str, ...]:
    """Return the cells that the analysis of models needs; none where no library of machine learning is imported."""
    if not any(uses_models(facts) for facts in analysis.facts.values() if facts.imports):
        return ()
    return tuple(cell for cell, facts in analysis.facts.items() if matters(facts))


_TABLES: dict[str, Callable[[Analysis], tuple[str, ...]]] = {
    "code": lambda analysis: tuple(analysis.facts),
    "magics": lambda analysis: tuple(cell for cell, facts in analysis.facts.items() if facts.masked.magics),
    "imports": lambda analysis: tuple(cell for cell, facts in analysis.facts.items() if facts.imports),
    "stars": lambda analysis: tuple(
        cell for cell, facts in analysis.facts.items() if any(found.bound == "*" for found in facts.imports)
    ),
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


class NotebookView(OutsideView):
    """The notebook as a rule sees it.

    Attributes:
        options: the rule's settings.
        known_names: names that the platform provides, from the configuration.
    """

    def __init__(self, answers: Answers, options: Any, known_names: frozenset[str] = frozenset()) -> None:
        self._answers = answers
        self._analysis = answers.analysis
        self.options = options
        self.known_names = known_names
        self._subject = ""
        self._recorded = answers.recorded
        self.asked: set[Question] = set()

    def _ask(self, kind: str, key: str = "") -> Any:
        if self._recorded:
            self.asked.add((kind, key))
        answer = _KINDS.get(kind)
        return answer(self._answers, key) if answer is not None else self._answers.outside.to((kind, key))

    def once(self, compute: Callable[[_View], _Result]) -> _Result:
        """Return what a function finds out through this view: asked by several rules, it is found out once."""
        key = (compute, self._subject)
        known = self._answers.shared.get(key)
        if known is None:
            before, self.asked = self.asked, set()
            try:
                result = compute(cast(_View, self))
                known = self._answers.shared[key] = (result, self.asked)
            finally:
                self.asked = before
        self.asked |= known[1]
        return cast(_Result, known[0])

    def whole(self) -> Analysis:
        """Return the whole analysis: for rules that look at everything, and run again after every edit of code."""
        return cast(Analysis, self._ask("whole"))

    def order(self) -> Sequence[CellId]:
        """Return the ids of all cells, in document order."""
        order: Sequence[CellId] = self._ask("order")
        return order

    def counts(self) -> Sequence[tuple[CellId, int | None]]:
        """Return the cells and their execution counts as they were last saved; some may be gone by now."""
        counts: Sequence[tuple[CellId, int | None]] = self._ask("counts")
        return counts

    def holds(self, cell: CellId) -> bool:
        """Tell whether the notebook still has a cell."""
        self._ask("order")
        return cell in self._analysis.notebook

    def staleness(self, cell: CellId) -> Stale | None:
        """Tell why a cell's output is out of date; ``None`` where nobody saw that it is."""
        stale: Stale | None = self._ask("stale", cell)
        return stale

    def number(self, cell: CellId) -> int:
        """Return a cell's position among all cells, from 0."""
        self._ask("order")
        return self._analysis.notebook.index(cell)

    def code_cells(self) -> Sequence[CellId]:
        """Return the ids of the code cells, in document order."""
        cells: Sequence[CellId] = self._ask("table", "code")
        return cells

    def cell(self, cell: CellId) -> Cell:
        """Return a cell with its outputs, count and tags."""
        found: Cell = self._ask("cell", cell)
        return found

    def facts(self, cell: CellId) -> CellFacts | None:
        """Return what a code cell does; ``None`` for other cells."""
        found: CellFacts | None = self._ask("facts", cell)
        return found

    def occurrences(self, name: str) -> list[Occurrence]:
        """Return what the cells do with a name, in document order."""
        self._ask("order")
        self._ask("events", name)
        return self._answers.occurrences(name)

    def path(self) -> Path | None:
        """Return where the notebook is saved; ``None`` where it is not, yet."""
        path: Path = self._ask("path")
        return path if self.exists("") is not None else None

    def cells_with(self, what: Literal["magics", "imports", "stars"]) -> Sequence[CellId]:
        """Return the code cells that hold magics, imports or star imports, in document order."""
        cells: Sequence[CellId] = self._ask("table", what)
        return cells

    def learning_cells(self) -> Sequence[CellId]:
        """Return the code cells that matter to models, in document order; none in a notebook without models."""
        cells: Sequence[CellId] = self._ask("table", "learning")
        return cells

    def free_names(self) -> Sequence[str]:
        """Return the names that cells read and none binds; builtins among them."""
        names: Sequence[str] = self._ask("table", "free")
        return names

    def imported_from(self, name: str) -> str | None:
        """Return the dotted name of what an import binds to a name; ``None`` where no import binds it."""
        origin: str | None = self._ask("origin", name)
        return origin

    def unseen_binders(self, name: str) -> Iterator[int]:
        """Yield the numbers of cells that may bind a name in a way that nobody can see.

        These are cells with ``exec``, ``%run`` or a star import, and cells that are no Python but hold the word.
        """
        opaque: Sequence[CellId] = self._ask("opaque")
        for cell in opaque:
            facts = self.facts(cell)
            if facts is not None and (facts.tree is not None or _mentions(facts.source, name)):
                yield self.number(cell)


class CellView(NotebookView):
    """The notebook, looked at from one code cell."""

    def __init__(self, answers: Answers, cell: CellId, options: Any) -> None:
        super().__init__(answers, options)
        self.id = cell
        self._subject = cell

    @property
    def this(self) -> Cell:
        """The cell."""
        return self.cell(self.id)

    @property
    def here(self) -> CellFacts:
        """What the cell does."""
        facts = self.facts(self.id)
        assert facts is not None, "a cell view is made for code cells only"
        return facts

    def neighbour(self, distance: int) -> Cell | None:
        """Return the cell so many places further down (negative: up); ``None`` outside the notebook."""
        order = self.order()
        number = self.number(self.id) + distance
        return self.cell(order[number]) if 0 <= number < len(order) else None


class NameView(NotebookView):
    """The notebook, looked at from one name."""

    def __init__(self, answers: Answers, name: str, options: Any, known_names: frozenset[str] = frozenset()) -> None:
        super().__init__(answers, options, known_names)
        self.name = name

    @property
    def cells(self) -> list[Occurrence]:
        """What the cells do with the name, in document order."""
        return self.occurrences(self.name)

    def bound_names_like(self, name: str) -> list[str]:
        """Return names that cells bind, of about the same length; for suggestions alone: it is not tracked."""
        names = self._analysis.flow.names
        alike = [other for other in names if abs(len(other) - len(name)) <= 2 and other[0] == name[0]]
        return [other for other in alike if any(events.binds for events in names[other].values())]


class SuppressionsView:
    """The comments and tags that switch findings off, when all other rules have run.

    Attributes:
        enabled: the codes of the rules that ran.
    """

    def __init__(self, analysis: Analysis, uses: Uses, enabled: Collection[str]) -> None:
        self._analysis = analysis
        self._uses = uses
        self.enabled = enabled

    @property
    def suppressions(self) -> Sequence[Suppression]:
        """All of them."""
        return self._uses.everything

    def is_used(self, suppression: Suppression, word: str) -> bool:
        """Tell whether a word in a suppression (``*`` for one without any) covers a finding."""
        return (suppression, word) in self._uses.used

    def source(self, cell: CellId) -> str:
        """Return a cell's source."""
        return self._analysis.notebook.cell(cell).source


def _imported(node: ast.AST | None, name: str) -> str | None:
    """Return the dotted name that an import statement binds to a name."""
    for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
        if isinstance(node, ast.ImportFrom) and (alias.asname or alias.name) == name:
            return f"{node.module or ''}.{alias.name}"
        if isinstance(node, ast.Import) and alias.asname == name:
            return alias.name
    return name if isinstance(node, ast.Import) else None


def _mentions(source: str, name: str) -> bool:
    """Tell whether text that cannot be parsed holds a word, or a star import."""
    return re.search(rf"\b{re.escape(name)}\b|\bimport \*", source) is not None
