"""The settings that an editor sends, in the form of the settings' file."""

from __future__ import annotations

from typing import Any

_LISTS = ("select", "ignore", "exclude", "known-names")


def editor_settings(sent: object) -> dict[str, Any]:
    """Return what concerns the rules; an empty list is no setting, and what is of another shape is left out.

    Clients send their section as it is (``{"select": [...]}``) or by its name (``{"offbook": {...}}``), and may leave
    tables as :mod:`lsprotocol` reads them: named tuples.
    """
    table = _plain(sent)
    table = _plain(table.get("offbook", table))
    found: dict[str, Any] = {}
    for key in _LISTS:
        value = table.get(key)
        if isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value):
            found[key] = list(value)
    rules = {name: _plain(options) for name, options in _plain(table.get("rules")).items()}
    rules = {name: options for name, options in rules.items() if options}
    return {**found, "rules": rules} if rules else found


def _plain(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return value._asdict() if hasattr(value, "_asdict") else {}
