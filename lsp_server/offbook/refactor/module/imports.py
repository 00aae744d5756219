"""Import statements as text: sorted, grouped, wrapped where they are long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

from offbook.refactor.module.names import ImportedName

_WIDTH = 88


def from_import(module: str, names: Iterable[str]) -> str:
    """Return ``from module import a, b``, in brackets over several lines where it is long."""
    listed = list(names)
    line = f"from {module} import {', '.join(listed)}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in listed), ")"])


def import_groups(items: Iterable[ImportedName], is_local: Callable[[str], bool]) -> list[list[str]]:
    """Return import statements in groups: the standard library's, other packages', the workspace's own."""
    groups: dict[int, list[ImportedName]] = {0: [], 1: [], 2: []}
    for item in items:
        top = item.module.partition(".")[0]
        groups[2 if is_local(top) else 0 if top in sys.stdlib_module_names else 1].append(item)
    return [import_statements(group) for group in groups.values() if group]


def _whole_module(item: ImportedName) -> str:
    plain = item.bound == item.module.partition(".")[0]
    return f"import {item.module}" if plain else f"import {item.module} as {item.bound}"


def import_statements(items: Sequence[ImportedName]) -> list[str]:
    """Return the statements for some names: whole modules first, then names by their module."""
    plain = sorted((item for item in items if not item.name), key=lambda item: item.module.lower())
    named: dict[str, list[ImportedName]] = {}
    for item in items:
        if item.name:
            named.setdefault(item.module, []).append(item)
    return [
        *map(_whole_module, plain),
        *(from_import(module, map(_alias, sorted(named[module]))) for module in sorted(named, key=str.lower)),
    ]


def _alias(item: ImportedName) -> str:
    return item.name if item.name == item.bound else f"{item.name} as {item.bound}"
