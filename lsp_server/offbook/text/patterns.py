"""Regular expressions that cost nothing until they are used: most of what is loaded serves few notebooks."""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    """Compiles an expression when it is first asked for anything, and keeps the methods that it is asked for."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__[name] = getattr(re.compile(*self._given), name)
        return found


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what ``re.compile`` does, compiled when it is first used."""
    return cast("re.Pattern[str]", _Pattern(text, flags))
