"""Asks jedi, in a process of its own, for definitions and documentation of what comes from installed libraries.

``python -m offbook.project.libraries`` answers one JSON object a line, until its input ends. jedi reads the user's
code and never runs it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Literal

import msgspec

from offbook.analysis import Analysis
from offbook.notebook import CellId, SourceMap, python_view
from offbook.refactor import Place
from offbook.text import Lines, Position, Span
from offbook.text.patterns import pattern

_WORD = pattern(r"\b[^\W\d]\w*")
_LONGEST = 6_000
"""So many characters of documentation are shown."""


class LibraryQuestion(msgspec.Struct, frozen=True):
    """What stands at a place of a Python text?

    Attributes:
        what: where it is defined, or what its documentation says.
        root: the workspace.
        path: the file that the text is of.
        text: the whole text.
        line: the place's line, from 0.
        column: its column, in code points.
    """

    what: Literal["definition", "documentation"]
    root: str
    path: str
    text: str
    line: int
    column: int


class LibraryPlace(msgspec.Struct, frozen=True):
    """Where something is defined; an empty path stands for the text itself."""

    path: str
    line: int
    column: int
    name: str


class LibraryAnswer(msgspec.Struct, frozen=True):
    """What jedi knows; nothing where it knows nothing."""

    places: list[LibraryPlace] = []
    documentation: str = ""


def question_at(
    what: Literal["definition", "documentation"], root: Path, place: Place, analysis: Analysis | None, text: str
) -> tuple[LibraryQuestion, SourceMap | None] | None:
    """Put a question on a place: of a notebook, whose cells are joined, or of a module with this text.

    ``None`` where no name stands.
    """
    position, source_map = place.span.start, None
    if analysis is not None and place.cell is not None:
        text, source_map = python_view(analysis.notebook.cells)
        if place.cell not in source_map.cells:
            return None
        position = source_map.to_text(place.cell, position)
    words = _WORD.finditer(Lines(text).line(position.line))
    if not any(word.start() <= position.column <= word.end() for word in words):
        return None
    path = str(place.path.with_suffix(".py"))
    return LibraryQuestion(what, str(root), path, text, position.line, position.column), source_map


def places_of(answer: LibraryAnswer, asked: Place, source_map: SourceMap | None) -> list[Place]:
    """Return the places of an answer to a question on ``asked``."""
    found: list[Place] = []
    for item in answer.places:
        start = Position(item.line, item.column)
        path: Path = Path(item.path) if item.path else asked.path
        cell: CellId | None = None
        if not item.path and source_map is not None:
            cell, start = source_map.to_cell(start)
        found.append(Place(path, cell, Span(start, Position(start.line, start.column + len(item.name)))))
    return list(dict.fromkeys(found))


def answer(question: LibraryQuestion) -> LibraryAnswer:
    """Ask jedi; what it cannot answer, and what it stumbles over, is not known."""
    import jedi  # noqa: PLC0415  (0.2 s, needed in the process that asks alone)

    place = (question.line + 1, question.column)
    try:
        project, environment = jedi.Project(question.root), jedi.InterpreterEnvironment()
        script = jedi.Script(question.text, path=question.path, project=project, environment=environment)
        if question.what == "documentation":
            documents = (name.docstring() for name in script.help(*place))
            return LibraryAnswer(documentation=_markdown(next(filter(None, documents), "")[:_LONGEST]))
        names = script.goto(*place, follow_imports=True, follow_builtin_imports=True)
        places = [_place(name, question) for name in names if name.line is not None]
    except Exception:  # whatever jedi makes of code that is being written: nothing is known, then
        return LibraryAnswer()
    return LibraryAnswer(places)


def _place(name: Any, question: LibraryQuestion) -> LibraryPlace:
    own = name.module_path is None or str(name.module_path) == question.path
    return LibraryPlace("" if own else str(name.module_path), name.line - 1, name.column, name.name)


def _markdown(text: str) -> str:
    """Return a docstring as Markdown; its first paragraph is a signature where it looks like one."""
    first, _, rest = text.partition("\n\n")
    if "(" in first and not first.startswith(" "):
        body = f"\n\n```text\n{rest.strip()}\n```" if rest.strip() else ""
        return f"```python\n{first}\n```{body}"
    return f"```text\n{text.strip()}\n```" if text.strip() else ""


def main() -> None:
    """Answer the questions on standard input."""
    for line in sys.stdin.buffer:
        reply = answer(msgspec.json.decode(line, type=LibraryQuestion))
        sys.__stdout__.write(json.dumps(msgspec.to_builtins(reply)) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
