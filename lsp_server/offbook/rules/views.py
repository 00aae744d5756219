"""What a rule may ask of a notebook. A view remembers the questions and the answers.

A result stays right as long as all its questions have the same answers; so after an edit only the rules that asked
about something that changed run again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from offbook.analysis import Analysis, CellFacts, Import, Occurrence
from offbook.notebook import Cell, CellId

Question = tuple[str, str]


class Answers:
    """Answers questions from one analysis.

    ``order`` and ``counts`` are the previous answers' own objects where they are equal, so that comparing is quick.
    """

    def __init__(self, analysis: Analysis, previous: Answers | None = None) -> None:
        self.analysis = analysis
        self.order = tuple(cell.id for cell in analysis.notebook.cells)
        self.counts = tuple(cell.execution_count for cell in analysis.notebook.cells)
        if previous is not None:
            self.order = previous.order if previous.order == self.order else self.order
            self.counts = previous.counts if previous.counts == self.counts else self.counts

    def to(self, question: Question) -> object:
        """Answer a question; the same object, or an equal cell, means that nothing changed."""
        kind, key = question
        if kind == "events":
            return self.analysis.flow.names.get(key)
        if kind == "facts":
            return self.analysis.facts.get(CellId(key))
        if kind == "cell":
            notebook = self.analysis.notebook
            return notebook.cell(CellId(key)) if CellId(key) in notebook else None
        if kind == "whole":
            return self.analysis
        return self.order if kind == "order" else self.counts


class NotebookView:
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
        self.asked: dict[Question, object] = {}

    def _ask(self, kind: str, key: str = "") -> Any:
        found = self._answers.to((kind, key))
        self.asked[kind, key] = found
        return found

    def whole(self) -> Analysis:
        """Return the whole analysis: for rules that look at everything, and run again after every edit of code."""
        return cast(Analysis, self._ask("whole"))

    def order(self) -> Sequence[CellId]:
        """Return the ids of all cells, in document order."""
        order: Sequence[CellId] = self._ask("order")
        return order

    def counts(self) -> Sequence[int | None]:
        """Return the execution counts of all cells."""
        counts: Sequence[int | None] = self._ask("counts")
        return counts

    def number(self, cell: CellId) -> int:
        """Return a cell's position among all cells, from 0."""
        self._ask("order")
        return self._analysis.notebook.index(cell)

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
        return self._analysis.flow.occurrences(name)

    def imported_from(self, name: str) -> str | None:
        """Return the dotted name of what an import binds to a name; ``None`` where no import binds it."""
        for found in self.occurrences(name):
            facts = self.facts(found.cell)
            for item in facts.imports if facts else ():
                if item.bound != name:
                    continue
                if item.name:
                    return f"{item.module}.{item.name}"
                return item.module if _has_alias(item, name) else name
        return None

    def unseen_binders(self, name: str) -> Iterator[int]:
        """Yield the numbers of cells that may bind a name in a way that nobody can see.

        These are cells with ``exec``, ``%run`` or a star import, and cells that are no Python but hold the word.
        """
        for number, cell in enumerate(self.order()):
            facts = self.facts(cell)
            if facts is None:
                continue
            star = any(found.bound == "*" for found in facts.imports)
            if facts.dynamic or star or (facts.tree is None and _mentions(facts.source, name)):
                yield number


class CellView(NotebookView):
    """The notebook, looked at from one code cell."""

    def __init__(self, answers: Answers, cell: CellId, options: Any) -> None:
        super().__init__(answers, options)
        self.id = cell

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

    def names(self) -> Mapping[str, object]:
        """Return all names of the notebook, for suggestions alone: it is not tracked."""
        return self._analysis.flow.names


def _has_alias(item: Import, name: str) -> bool:
    """Tell ``import a.b as name`` from ``import a.b``, which binds ``a``."""
    return any(alias.asname == name for alias in item.node.names)


def _mentions(source: str, name: str) -> bool:
    """Tell whether text that cannot be parsed holds a word, or a star import."""
    return re.search(rf"\b{re.escape(name)}\b|\bimport \*", source) is not None
