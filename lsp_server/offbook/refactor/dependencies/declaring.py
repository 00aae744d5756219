"""Edits of requirements files, `pyproject.toml` and `environment.yml`: all else in them keeps its bytes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import PurePath

from offbook.text import line_ending

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TABLE = re.compile(r"^\[project\]\s*?(?:#.*)?$(?P<body>.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
_LIST = re.compile(r"^dependencies\s*=\s*\[", re.MULTILINE)
_ITEM = re.compile(r"""(?P<item>"[^"\n]*"|'[^'\n]*')|#[^\n]*|(?P<close>\])|(?P<comma>,)""")
_CONDA_LIST = re.compile(r"^dependencies:[ \t\r]*(?:#.*)?\n(?P<items>(?:[ \t]*(?:-.*|#.*)?\n?)*)", re.MULTILINE)


class DeclareError(Exception):
    """A file to which nothing can be added; the message says why."""


def declare(path: PurePath, text: str, requirements: Sequence[str]) -> str:
    """Return a file's text with more requirements.

    Args:
        path: the file; its name tells its form.
        text: what it holds.
        requirements: names, each with the installed version (``pandas==2.2.3``) or without one. The version is written
            with ``>=`` where the file uses that more often.

    Raises:
        DeclareError: where the file has another form than those known.
    """
    for requirement in requirements:
        if not re.fullmatch(rf"{_NAME.pattern}(?:==[\w.!+-]+)?", requirement):
            raise DeclareError(f"`{requirement}` is not of the form `name` or `name==version`")
    loose = text.count(">=") > len(re.findall(r"==|(?<=[\w.-])=(?=\d)", text))
    words = [word.replace("==", ">=") if loose else word for word in requirements]
    return _writer(path)(text, words)


def _writer(path: PurePath) -> Callable[[str, Sequence[str]], str]:
    if path.name == "pyproject.toml":
        return _pyproject
    if path.suffix in (".txt", ".in"):
        return _lines
    if path.suffix in (".yml", ".yaml"):
        return _conda
    raise DeclareError(f"`{path.name}` is of a form that cannot be added to")


def _lines(text: str, words: Sequence[str]) -> str:
    newline = line_ending(text)
    separator = newline if text and not text.endswith(("\n", "\r")) else ""
    return text + separator + "".join(f"{word}{newline}" for word in words)


def _pyproject(text: str, words: Sequence[str]) -> str:
    table = _TABLE.search(text)
    start = _LIST.search(text, table.start("body"), table.end("body")) if table else None
    if start is None:
        raise DeclareError("`pyproject.toml` has no `dependencies = [...]` in `[project]`")
    parts = list(_ITEM.finditer(text, start.end()))
    close = next((number for number, part in enumerate(parts) if part["close"]), len(parts))
    if close == len(parts):
        raise DeclareError("the list of dependencies in `pyproject.toml` is not closed")
    inside = [part for part in parts[:close] if part["item"] or part["comma"]]
    newline, end = line_ending(text), parts[close].start()
    if not inside:
        after = text[: start.end()] + ", ".join(f'"{word}"' for word in words) + text[end:]
    else:
        last = inside[-1]
        first = text.rfind("\n", 0, inside[0].start()) + 1
        indent = text[first : inside[0].start()]
        over_lines = "\n" in text[start.end() : end] and not indent.strip()
        glue = f"{newline}{indent}" if over_lines else " "
        added = ("" if last["comma"] else ",") + "".join(f'{glue}"{word}",' for word in words)
        keeps_comma = last["comma"] is not None or over_lines
        after = text[: last.end()] + (added if keeps_comma else added.removesuffix(",")) + text[last.end() :]
    return _checked(text, after, words)


def _checked(before: str, after: str, words: Sequence[str]) -> str:
    """Return the new text, where it says what was meant and nothing else."""
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError as error:
        raise DeclareError(f"`pyproject.toml` is not valid TOML: {error}") from None
    old["project"]["dependencies"] += words
    if old != new:
        raise DeclareError("the dependencies in `pyproject.toml` are written in a way that cannot be added to")
    return after


def _conda(text: str, words: Sequence[str]) -> str:
    found = _CONDA_LIST.search(text)
    lines = found["items"].splitlines(keepends=True) if found else []
    top = [(number, line) for number, line in enumerate(lines) if re.match(r"[ \t]*-\s*[^\s#]", line)]
    if found is None or not top:
        raise DeclareError("there is no list of `dependencies`")
    indent = re.match(r"[ \t]*", top[0][1])
    assert indent is not None, "matches always"
    item = re.compile(rf"{indent[0]}-.*(?<![:\s])\s*$")
    own = [number for number, line in top if item.match(line)]
    at = own[-1] + 1 if own else 0
    newline = line_ending(text)
    names = [word.replace("==", "=") for word in words]
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += newline
    lines[at:at] = [f"{indent[0]}- {name}{newline}" for name in names]
    return text[: found.start("items")] + "".join(lines) + text[found.end("items") :]
