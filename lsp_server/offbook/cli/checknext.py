"""What to do first about the findings of a check."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from offbook.app.results import CheckReport
from offbook.cli.checktext import is_fixable
from offbook.diagnostics import Diagnostic, Severity

_STEPS = 3
_SECRET = frozenset({"OB602", "OB603"})
_FAILS = frozenset({"OB100", "OB101", "OB102", "OB109", "OB606"})
_LEAKS = frozenset({"OB501", "OB502", "OB503", "OB506"})
_OLD = frozenset({"OB103", "OB104", "OB105", "OB108"})


class _Found(NamedTuple):
    """A finding, its notebook, and the number of its cell, from 1."""

    item: Diagnostic
    path: Path
    cell: int


def next_steps(report: CheckReport) -> str:
    """Return up to three steps, the most valuable first; empty where there is nothing to do."""
    found = [
        _Found(item, checked.path, checked.cells.index(item.cell) + 1)
        for checked in report.notebooks
        if checked.cells is not None
        for item in checked.diagnostics
    ]
    steps = list(dict.fromkeys(_steps(found)))[:_STEPS]
    if not steps:
        return ""
    return "\n".join(["What to do first:", *(f"  {number}. {step}" for number, step in enumerate(steps, start=1))])


def _steps(found: list[_Found]) -> Iterator[str]:
    """Yield what there is to do, in the order of its value."""
    for codes, step in _ORDER:
        chosen = [one for one in found if one.item.code in codes]
        if chosen:
            yield step(chosen)
    safe = [one for one in found if is_fixable(one.item)]
    if safe:
        yield f"`{_command('check --fix', safe)}` mends {_many(safe, 'finding')} and keeps what the code computes."
    rest = [one for one in found if not is_fixable(one.item) and one.item.code not in _HANDLED]
    weights = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFORMATION: 2, Severity.HINT: 3}
    counted = Counter(one.item.code for one in rest)
    for one in sorted(rest, key=lambda one: (weights[one.item.severity], -counted[one.item.code])):
        alike = [other for other in rest if other.item.code == one.item.code]
        where = f"{_many(alike, 'finding')}, {_first(alike)}"
        yield f"`offbook rule {one.item.code}` says what to do about {one.item.name} ({where})."


def _hide(found: list[_Found]) -> str:
    return f"Withdraw {_many(found, 'secret')} that {_verb(found, 'stands', 'stand')} in the code ({_first(found)})."


def _repair(found: list[_Found]) -> str:
    return f"Repair what stops a fresh run: {_many(found, 'finding')}, {_first(found)}."


def _separate(found: list[_Found]) -> str:
    return f"Keep test data out of training: {_many(found, 'leak')}, {_first(found)}; scores are too good until then."


def _rerun(found: list[_Found]) -> str:
    number = len({one.path for one in found})
    saved = "its outputs come" if number == 1 else f"the outputs of {number} notebooks come"
    return f"`{_command('run', found)}`: {saved} from no run from top to bottom."


_ORDER: tuple[tuple[frozenset[str], Callable[[list[_Found]], str]], ...] = (
    (_SECRET, _hide),
    (_FAILS, _repair),
    (_LEAKS, _separate),
    (_OLD, _rerun),
)
_HANDLED = frozenset(code for codes, _ in _ORDER for code in codes)


def _first(found: Iterable[_Found]) -> str:
    """Return where the first finding stands, as editors and terminals understand it, and its cell."""
    one = next(iter(found))
    return f"first in {one.path}, cell {one.cell}"


def _many(found: list[_Found], noun: str) -> str:
    return f"{len(found)} {noun}" + "s" * (len(found) != 1 and not noun.endswith("s"))


def _verb(found: list[_Found], one: str, many: str) -> str:
    return one if len(found) == 1 else many


def _command(words: str, found: list[_Found]) -> str:
    """Return a command on the notebooks of some findings: all by name where they are few, else their folder."""
    paths = list(dict.fromkeys(one.path for one in found))
    if len(paths) > 2:
        parents = [path.parent for path in paths]
        common = next(folder for folder in (parents[0], *parents[0].parents) if all(map(_within(folder), parents)))
        paths = [common]
    return " ".join(["offbook", words, *(shlex.quote(str(path)) for path in paths)])


def _within(folder: Path) -> Callable[[Path], bool]:
    return lambda path: path.is_relative_to(folder)
