"""The expected failures, each with a message written for the user."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can mend: a bad path, a bad setting, a refused refactoring.

    The message says what is wrong and, where there is one, what to do. Faces print it as it is (exit status 2).
    """
