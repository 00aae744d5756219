"""Surroundings that exist in a test alone."""

import ast
from collections.abc import Collection, Mapping

from offbook.rules.scripts.outlines import exact_digest, runs_of
from offbook.rules.surroundings import OUTSIDE, Answer, CloneElsewhere, Question, Twin


class FakeSurroundings:
    """Answers from a table; it notes which files it was asked for.

    Args:
        files: those that are there.
        answers: what else is known.
        elsewhere: the code of one cell of each other file.
    """

    def __init__(
        self,
        files: Collection[str] = (),
        answers: Mapping[Question, Answer] | None = None,
        elsewhere: Mapping[str, str] | None = None,
    ) -> None:
        self.files = files
        self.answers = dict(answers or {})
        self.elsewhere = {name: list(runs_of(ast.parse(code), code)) for name, code in (elsewhere or {}).items()}
        self.looked: list[str] = []

    def answer(self, kind: str, key: str) -> Answer:
        assert kind in OUTSIDE
        if kind == "twins":
            return tuple(self._twins(key.partition("|")[0].split()))
        if kind == "clone":
            return self._clone(*key.split("\n"))
        if kind != "file":
            return self.answers.get((kind, key))
        self.looked.append(key)
        return key in self.files

    def _twins(self, digests: list[str]) -> list[Twin]:
        found = []
        for digest in digests:
            names = [name for name, runs in self.elsewhere.items() if digest in {run.digest for run in runs}]
            found += [Twin(digest, tuple(names), len(names))] if names else []
        return found

    def _clone(self, digest: str, exact: str, *files: str) -> Answer:
        for file in files:
            for run in self.elsewhere[file]:
                if (run.digest, exact_digest(run.nodes)) == (digest, exact):
                    return CloneElsewhere(file, 4, run.nodes[0].lineno - 1)
        return None
