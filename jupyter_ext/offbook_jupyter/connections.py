"""How many language servers there are, for each user and in all."""

from __future__ import annotations

from collections import Counter


class Connections:
    """Counts open connections against two limits.

    Jupyter Server gives each client that has a token and no cookie a new anonymous name, so that a limit for each
    user alone would bound nothing.
    """

    def __init__(self, limit: int, total_limit: int) -> None:
        self._limit = limit
        self._total_limit = total_limit
        self._open: Counter[str] = Counter()

    def enter(self, user: str) -> bool:
        """Count one more connection of ``user``; ``False`` where a limit is reached."""
        if self._open.get(user, 0) >= self._limit or sum(self._open.values()) >= self._total_limit:
            return False
        self._open[user] += 1
        return True

    def leave(self, user: str) -> None:
        """Count one connection of ``user`` less."""
        self._open[user] -= 1
        if self._open[user] <= 0:
            del self._open[user]
