"""What a rule may ask of a notebook. A view remembers the questions and the answers.

A result stays right as long as all its questions have the same answers; so after an edit only the rules that asked
about something that changed run again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from offbook.analysis import Analysis, CellFacts, Occurrence, Stale
from offbook.notebook import Cell, CellId
from offbook.rules.answers import KINDS, Answers
from offbook.rules.outside import OutsideView
from offbook.rules.suppression import Suppression, Uses
from offbook.rules.surroundings import Question

_Key = TypeVar("_Key", bound=str)
_View = TypeVar("_View", bound="NotebookView")
_Result = TypeVar("_Result")


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
        answer = KINDS.get(kind)
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
        if self._recorded:
            self.asked.add(("facts", cell))
        return self._analysis.facts.get(cell)

    def occurrences(self, name: str) -> list[Occurrence]:
        """Return what the cells do with a name, in document order."""
        self._ask("order")
        self._ask("events", name)
        return self._answers.occurrences(name)

    def path(self) -> Path | None:
        """Return where the notebook is saved; ``None`` where it is not, yet."""
        path: Path = self._ask("path")
        return path if self.exists("") is not None else None

    def cells_with(self, what: Literal["magics", "imports", "stars", "torch"]) -> Sequence[CellId]:
        """Return the code cells that hold magics, imports, star imports or an import of PyTorch, in document order."""
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


def _mentions(source: str, name: str) -> bool:
    """Tell whether text that cannot be parsed holds a word, or a star import."""
    return re.search(rf"\b{re.escape(name)}\b|\bimport \*", source) is not None
