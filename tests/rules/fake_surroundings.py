"""Surroundings that exist in a test alone."""

from collections.abc import Collection, Mapping

from offbook.rules.surroundings import OUTSIDE, Answer, Question


class FakeSurroundings:
    """Answers from a table; it notes which files it was asked for."""

    def __init__(self, files: Collection[str] = (), answers: Mapping[Question, Answer] | None = None) -> None:
        self.files = files
        self.answers = dict(answers or {})
        self.looked: list[str] = []

    def answer(self, kind: str, key: str) -> Answer:
        assert kind in OUTSIDE
        if kind != "file":
            return self.answers.get((kind, key))
        self.looked.append(key)
        return key in self.files
