"""What rules may ask that lies outside the notebook: one door, so that every answer can be noted and asked again."""

from __future__ import annotations

from typing import NamedTuple, Protocol, Union

Answer = Union[None, bool, int, str, "tuple[Answer, ...]"]
"""A small value that can be compared and stored; the same question has the same answer while nothing has changed."""

Question = tuple[str, str]
"""What was asked, and about what."""

OUTSIDE = frozenset({"file", "import", "twins", "clone", "module", "untested"})
"""The kinds of questions that surroundings answer.

- ``file``: is there a file or folder where the notebook's code would look for this relative path? A bool.
- ``import``: what does an import of this top-level module need that nobody declares? :class:`Undeclared`, or ``None``.
- ``twins``: which of these runs of statements may stand elsewhere in the workspace? Digests of runs, ``|``, digests
  of the notebook's cells. Of :class:`Twin`.
- ``clone``: where does this run stand? Its digests, a rough and an exact one, and the files that may hold it, each on
  a line. :class:`CloneElsewhere`, or ``None``.
- ``module``: is this dotted name a module of the workspace? A bool.
- ``untested``: in which file is this function, ``module:name``, of the workspace that no test calls? ``None`` where a
  test does, and for all else.
"""


class Undeclared(NamedTuple):
    """A distribution that an import needs, and that the workspace does not declare.

    Attributes:
        distribution: its name.
        version: the one that is installed; empty where none is.
        file: where it would be declared, relative to the workspace.
    """

    distribution: str
    version: str
    file: str


class Twin(NamedTuple):
    """A run of statements that others may hold.

    Attributes:
        digest: its rough digest.
        files: some of them, relative to the workspace.
        total: how many there are.
    """

    digest: str
    files: tuple[str, ...]
    total: int


class CloneElsewhere(NamedTuple):
    """Where a run of statements stands.

    Attributes:
        file: relative to the workspace.
        cell: the cell's number, from 0; 0 for a module.
        line: its first line there, from 0.
    """

    file: str
    cell: int
    line: int


class Surroundings(Protocol):
    """What is around one saved notebook: files, the project, the environment. It is asked again at every check."""

    def answer(self, kind: str, key: str) -> Answer:
        """Answer a question of one of the kinds in :data:`OUTSIDE`."""
        ...


class Outside:
    """The questions about the surroundings that one check has asked, with their answers.

    Attributes:
        known: the answers; each question is asked once in a check.
    """

    def __init__(self, surroundings: Surroundings | None) -> None:
        self._surroundings = surroundings
        self.known: dict[Question, Answer] = {}

    def to(self, question: Question) -> Answer:
        """Answer a question; ``None`` where nobody knows, as the notebook is not saved."""
        if self._surroundings is None:
            return None
        if question not in self.known:
            self.known[question] = self._surroundings.answer(*question)
        return self.known[question]
