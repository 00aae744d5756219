"""What to do first about the findings of a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from offbook.app.results import CheckReport, FoundCells, spoken_place
from offbook.cli.checkcommands import Scope, command, refactoring
from offbook.cli.checktext import is_fixable
from offbook.diagnostics import Diagnostic, Severity
from offbook.notebook.modulefile import is_module

_STEPS = 3
_FEW = 2
"""So many notebooks are run and saved without a look at each."""
_URGENT = (
    ("Withdraw it where it was issued, then take it out", frozenset({"OB602", "OB603"})),
    ("It costs money until it is deleted", frozenset({"OB604"})),
    ("Make it run to the end", frozenset({"OB100", "OB101", "OB102", "OB109", "OB606"})),
    ("Make the scores honest", frozenset({"OB501", "OB502", "OB503", "OB506"})),
)
"""What is worse than all else, the worst first: why, and the rules that find it."""
_OLD = frozenset({"OB103", "OB104", "OB105"})
_RUN = _OLD | {"OB108"}
"""Rules on outputs that a run mends."""
_LOOKS = frozenset({"OB202", "OB203"})
"""Rules on cells that `offbook clean` removes."""
_ELSEWHERE = ("Make it run for others too", frozenset({"OB402", "OB601"}))
_WEIGHTS = {severity: weight for weight, severity in enumerate(Severity)}


class _Found(NamedTuple):
    """A finding, and the notebook where it stands."""

    item: Diagnostic
    path: Path
    cells: FoundCells

    @property
    def weight(self) -> int:
        """How little it matters."""
        return _WEIGHTS[self.item.severity]

    @property
    def command(self) -> str:
        """What to type about it."""
        if self.item.proposal is not None:
            return refactoring(self.item.proposal, self.path, self.cells)
        if self.item.code in _LOOKS:
            return command("clean", [self.path])
        return f"offbook rule {self.item.code}"


class _Step(NamedTuple):
    """What to do, and what to type."""

    text: str
    command: str


def next_steps(report: CheckReport, named: Sequence[Path]) -> str:
    """Return up to three steps, the most valuable first, each with a command; empty where there is nothing to do.

    Args:
        report: what was found.
        named: the files and folders that the user named.
    """
    found = [
        _Found(item, checked.path, checked.cells)
        for checked in report.notebooks
        if checked.cells is not None
        for item in checked.diagnostics
    ]
    steps = list(islice(_steps(found, Scope(named, several=len(report.notebooks) > 1)), _STEPS))
    if not steps:
        return ""
    lines = (f"  {number}. {step.text}\n     {step.command}" for number, step in enumerate(steps, start=1))
    return "\n".join(["What to do first:", *lines])


def _steps(found: list[_Found], scope: Scope) -> Iterator[_Step]:
    """Yield what there is to do, in the order of its value; no finding is in two steps."""
    left = found

    def take(codes: frozenset[str]) -> list[_Found]:
        nonlocal left
        chosen = [one for one in left if one.item.code in codes]
        left = [one for one in left if one.item.code not in codes]
        return sorted(chosen, key=lambda one: one.weight)

    for why, codes in _URGENT:
        if chosen := take(codes):
            yield _first_of(chosen, scope, why)
    if chosen := take(_RUN):
        yield _run(chosen, scope)
    if safe := [one for one in left if is_fixable(one.item)]:
        left = [one for one in left if not is_fixable(one.item)]
        yield _fix(safe, scope)
    why, codes = _ELSEWHERE
    if chosen := take(codes):
        yield _first_of(chosen, scope, why)
    counted = Counter(one.item.code for one in left)
    for code in sorted(counted, key=lambda code: _value(code, counted[code], left)):
        yield _first_of(take(frozenset({code})), scope)


def _value(code: str, count: int, found: list[_Found]) -> tuple[int, bool, int]:
    """Return what puts a rule before others: how bad it is, that a command mends it, and how often it was found."""
    alike = [one for one in found if one.item.code == code]
    return (min(one.weight for one in alike), all(one.item.proposal is None for one in alike), -count)


def _first_of(found: list[_Found], scope: Scope, why: str = "") -> _Step:
    """Name the first of findings that are alike: where it stands, and what it says."""
    one = next((one for one in found if one.item.proposal is not None and not why), found[0])
    lead = f"{why}. " if why else ""
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    return _Step(f"{lead}{_place(one, scope)}: {one.item.message}{more}", one.command)


def _run(found: list[_Found], scope: Scope) -> _Step:
    old = [one for one in found if one.item.code in _OLD]
    if not old:
        step = _first_of(found, scope)
        return _Step(step.text, scope.command("run", [found[0].path]))
    number = len({one.path for one in old})
    if number > _FEW:
        text = f"See which notebooks run from top to bottom: the outputs of {number} are of no such run"
        return _Step(text, scope.command("run", [one.path for one in old]))
    whose = "its outputs" if not scope.several else f"the outputs of {_many(number, 'notebook')}"
    text = f"Run it from top to bottom, and save what it shows: {whose} are of no such run"
    return _Step(text, scope.command("run --write", [one.path for one in old]))


def _fix(found: list[_Found], scope: Scope) -> _Step:
    names = dict.fromkeys(one.item.name for one in found)
    text = f"Let offbook mend {_many(len(found), 'finding')} ({', '.join(names)}), which keeps what the code computes"
    return _Step(text, scope.command("check --fix", [one.path for one in found]))


def _place(one: _Found, scope: Scope) -> str:
    """Return the cell, or the line of a module, and its file where there are several."""
    place = spoken_place(one.path, one.cells.index(one.item.cell), one.item.span.start.line)
    place = place if is_module(one.path) else place.partition(",")[0]
    return f"{one.path}, {place}" if scope.several else place.capitalize()


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number > 1)}"
