"""What each cell's last run rested on, following the runs in the order in which they happened."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from offbook.analysis.cell import analyze_cell
from offbook.analysis.facts import CellFacts
from offbook.notebook import CellId, Notebook, Run


class Rest(NamedTuple):
    """A value that a run looked up.

    Attributes:
        name: the name.
        via: the name in the cell's own code through which it came: ``f``, where ``f()`` reads ``name``; else the name.
        cell: the cell that bound it, or changed its value in place.
        number: which run of all did that.
        facts: what that cell held then.
    """

    name: str
    via: str
    cell: CellId
    number: int
    facts: CellFacts


class Execution(Struct, frozen=True):
    """The last run of a cell.

    Attributes:
        number: its place among all runs.
        kernel: changes with every restart of the kernel.
        count: its execution count.
        facts: what the cell held.
        success: whether it ended without an error.
        rests: the values that it looked up: reaching definitions in the order of execution.
    """

    number: int
    kernel: int
    count: int
    facts: CellFacts
    success: bool
    rests: tuple[Rest, ...]


class _Definer(NamedTuple):
    cell: CellId
    number: int
    facts: CellFacts


_State = Mapping[str, tuple[_Definer, ...]]
"""For each name, the runs that made its value: the one that bound it, and those that may have changed it since."""


class History:
    """The runs of a notebook's cells. Immutable: :meth:`of` continues an earlier history and leaves it as it is.

    Attributes:
        executions: the last run of each cell that ran.
    """

    def __init__(self) -> None:
        self.executions: Mapping[CellId, Execution] = {}
        self._runs: Sequence[Run] = ()
        self._state: _State = {}
        self._kernel = 0
        self._highest = 0

    @staticmethod
    def of(runs: Sequence[Run], previous: History | None = None) -> History:
        """Return the history of these runs; of those that continue ``previous``, only the new ones are followed."""
        if previous is not None and previous._runs is runs:
            return previous
        known = previous._runs if previous is not None else ()
        if previous is None or len(known) > len(runs) or any(map(_differ, known, runs)):
            previous, known = History(), ()
        history = History()
        history._runs = runs
        history._kernel, history._highest = previous._kernel, previous._highest
        executions, state = dict(previous.executions), dict(previous._state)
        for number in range(len(known), len(runs)):
            history._follow(runs[number], number, executions, state)
        history.executions, history._state = executions, state
        return history

    def _follow(
        self, run: Run, number: int, executions: dict[CellId, Execution], state: dict[str, tuple[_Definer, ...]]
    ) -> None:
        before = executions.get(run.cell)
        if run.count <= self._highest and (before is None or before.count != run.count):
            self._kernel += 1
            self._highest = 0
            state.clear()
        self._highest = max(self._highest, run.count)
        facts = analyze_cell(run.source)
        rests = tuple(dict.fromkeys(_rests(run.cell, facts, state)))
        executions[run.cell] = Execution(number, self._kernel, run.count, facts, run.success, rests)
        _leave(_Definer(run.cell, number, facts), run.success, state)

    @cached_property
    def readers(self) -> Mapping[CellId, Sequence[tuple[CellId, Rest]]]:
        """For each cell, the cells that rest on it."""
        found: dict[CellId, list[tuple[CellId, Rest]]] = {}
        for cell, execution in self.executions.items():
            for rest in execution.rests:
                found.setdefault(rest.cell, []).append((cell, rest))
        return found

    @cached_property
    def repeated(self) -> frozenset[CellId]:
        """The cells that ran again after others had used their values."""
        return frozenset(
            rest.cell
            for execution in self.executions.values()
            for rest in execution.rests
            if self.executions[rest.cell].number > rest.number
        )


def saved_runs(notebook: Notebook) -> tuple[Run, ...]:
    """Return the runs that stored execution counts tell of; none where two cells have the same."""
    ran = [(cell.execution_count, cell) for cell in notebook.cells if cell.kind == "code" and cell.execution_count]
    if len({count for count, _ in ran}) != len(ran):
        return ()
    return tuple(Run(cell.id, cell.source, count or 0) for count, cell in sorted(ran, key=lambda item: item[0] or 0))


def _differ(one: Run, other: Run) -> bool:
    return one is not other and one != other


def _rests(cell: CellId, facts: CellFacts, state: _State) -> Iterator[Rest]:
    """Yield the values that a cell looks up when it runs: by itself, and in the functions that it names."""
    waiting = [(name, name) for name in facts.by_name if _looks_up(facts, name)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, via = waiting.pop()
        if (name, via) in seen:
            continue
        seen.add((name, via))
        for definer in state.get(name, ()):
            if definer.cell != cell:
                yield Rest(name, via, *definer)
            for other, events in definer.facts.by_name.items():
                if any(read.owner == name for read in events.deferred):
                    waiting.append((other, via))


def _looks_up(facts: CellFacts, name: str) -> bool:
    """Tell whether a cell looks for a value that another cell left: itself, or in a function that it calls."""
    events = facts.by_name[name]
    if any(read.exposure != "local" for read in events.reads):
        return True
    owners = (facts.by_name.get(read.owner) for read in events.deferred)
    return any(owner is None or owner.reads for owner in owners)


def _is_module(name: str, definers: Sequence[_Definer]) -> bool:
    """Tell whether a name is an imported module: ``np.sort(x)`` calls a function of it, and changes nothing."""
    bindings = [binding for definer in definers for binding in definer.facts.by_name[name].bindings]
    return bool(bindings) and all(isinstance(binding.node, ast.Import) for binding in bindings)


def _leave(definer: _Definer, success: bool, state: dict[str, tuple[_Definer, ...]]) -> None:
    """Note what a run binds, changes and deletes."""
    for name, events in definer.facts.by_name.items():
        bindings = [binding for binding in events.bindings if binding.kind != "global"]
        changed = bindings or any(
            not mutation.owner and not (mutation.how == "method" and _is_module(name, state.get(name, ())))
            for mutation in events.mutations
        )
        if success and any(binding.definite for binding in bindings):
            state[name] = (definer,)
        elif changed:
            state[name] = (*(known for known in state.get(name, ()) if known.cell != definer.cell), definer)
        elif success and any(deletion.definite for deletion in events.deletions):
            state.pop(name, None)
