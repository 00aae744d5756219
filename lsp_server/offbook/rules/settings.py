"""Which rules run, and how."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct, field

from offbook.rules.surroundings import Surroundings


class RuleSettings(Struct, frozen=True):
    """Which rules run, and how.

    Attributes:
        enabled: the codes of the rules that run; ``None`` for all.
        options: a rule's options by its name; a rule that is not in it gets its defaults.
        known_names: names that the platform provides (``spark``, ``dbutils``).
        surroundings: what is around the notebook; ``None`` where nobody knows, as it is not saved.
    """

    enabled: Collection[str] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    known_names: frozenset[str] = frozenset()
    surroundings: Surroundings | None = None
