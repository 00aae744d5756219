"""How messages name several things."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 4


def listed(names: Sequence[str], shown: int = _SHOWN) -> str:
    """Return names in backticks, as a sentence has them; those behind the first few are counted."""
    parts = [f"`{name}`" for name in names[:shown]]
    if len(names) > shown:
        parts.append(f"{len(names) - shown} more")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
