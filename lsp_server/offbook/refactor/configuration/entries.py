"""The entries of the file: each with a name of its own, and the places that read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offbook.refactor.configuration.candidates import Candidate
from offbook.refactor.configuration.values import Form, same


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its name, its value, and the literals that it stands for."""

    name: str
    value: object
    places: tuple[Candidate, ...]

    @property
    def shared(self) -> bool:
        """Whether its value is read more than once in a run."""
        return len(self.places) > 1 or any(place.repeated for place in self.places)

    def expression(self, read: str, form: Form) -> str:
        """Return the code that gives the value, where ``read`` is what the file gives.

        A tuple is made of the list that YAML and JSON hold; a list that several places read is a new one for each.
        """
        if isinstance(self.value, tuple) and form != "py":
            return f"tuple({read})"
        return f"list({read})" if isinstance(self.value, list) and self.shared else read


def make_entries(variables: Sequence[Candidate], settings: Sequence[Candidate], taken: Iterable[str]) -> list[Entry]:
    """Return the entries: variables under their own names, settings under the name of their parameter.

    The same value of the same parameter is one entry. Where a parameter has several values, the called function's name
    comes before it; where that has several, too, they are numbered. No entry is called as one in ``taken``.
    """
    entries = [Entry(item.names[0], item.value, (item,)) for item in variables]
    used = {*taken, *(entry.name for entry in entries)}
    for group in _grouped(settings, 0):
        values = _by_value(group)
        if len(values) == 1 and group[0].names[0] not in used:
            entries.append(_entry(group[0].names[0], values[0], used))
            continue
        for part in _grouped(group, -1):
            entries += (_entry(part[0].names[-1], places, used) for places in _by_value(part))
    return sorted(entries, key=lambda entry: _first_place(entry.places))


def _entry(name: str, places: Sequence[Candidate], used: set[str]) -> Entry:
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}_{number}"
    used.add(free)
    return Entry(free, places[0].value, tuple(places))


def _grouped(settings: Iterable[Candidate], which: int) -> list[list[Candidate]]:
    groups: dict[str, list[Candidate]] = {}
    for item in settings:
        groups.setdefault(item.names[which], []).append(item)
    return list(groups.values())


def _by_value(settings: Iterable[Candidate]) -> list[list[Candidate]]:
    groups: list[list[Candidate]] = []
    for item in settings:
        known = next((group for group in groups if same(group[0].value, item.value)), None)
        if known is None:
            groups.append([item])
        else:
            known.append(item)
    return groups


def _first_place(places: Sequence[Candidate]) -> tuple[int, int, int]:
    return min(place.order for place in places)
