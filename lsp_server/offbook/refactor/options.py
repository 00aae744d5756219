"""The options of refactorings, described once in their dataclass: for command line, editors and documentation.

Each field's help is its line in the docstring's *Attributes*; its form follows from its type; :func:`about` tells the
rest.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from offbook.notebook import CellId

TargetPath = NewType("TargetPath", str)
"""A file that a refactoring writes: relative to the workspace's root, or absolute."""


@dataclass(frozen=True, slots=True)
class CellLines:
    """Lines inside one cell: ``first`` to ``last``, both included, counted from 0."""

    cell: CellId
    first: int
    last: int


OptionKind = Literal["flag", "text", "whole-number", "number", "words", "cell", "cells", "lines", "path", "choice"]

_KINDS: dict[object, OptionKind] = {
    bool: "flag",
    str: "text",
    int: "whole-number",
    float: "number",
    CellId: "cell",
    CellLines: "lines",
    TargetPath: "path",
    tuple[str, ...]: "words",
    tuple[CellId, ...]: "cells",
}
_METAVARS: dict[OptionKind, str] = {
    "text": "TEXT",
    "whole-number": "N",
    "number": "X",
    "words": "A,B",
    "cell": "3",
    "cells": "3-5",
    "lines": "CELL:FROM-TO",
    "path": "FILE",
}
_ATTRIBUTE = re.compile(r"^ {4}(\w+): ((?:.|\n {5,})+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """What the faces need to know of one option.

    Attributes:
        name: the field's name.
        kind: the form of its value.
        help: one sentence.
        required: whether it has no default.
        default: the default, as plain data; ``None`` where there is none.
        flag: its name on the command line, ``--name``.
        metavar: what stands for its value on the command line; empty for flags.
        group: what it tells; of the options of one group exactly one is given.
        ask: what an editor asks the user for; empty where it does not ask.
        choices: the values of a ``choice``.
    """

    name: str
    kind: OptionKind
    help: str
    required: bool
    default: object
    flag: str
    metavar: str
    group: str
    ask: str
    choices: tuple[str, ...]


def about(*, metavar: str = "", flag: str = "", group: str = "", ask: str = "") -> Mapping[str, str]:
    """Return the ``metadata`` of an option's field; see :class:`OptionInfo` for their meaning."""
    return {"metavar": metavar, "flag": flag, "group": group, "ask": ask}


def describe_options(options: type[Any]) -> tuple[OptionInfo, ...]:
    """Return the options of a dataclass, in its order; ``TypeError`` where one has no form or no help."""
    found = _ATTRIBUTE.findall(inspect.cleandoc(options.__doc__ or ""))
    helps = {name: _sentence(text) for name, text in found}
    hints = get_type_hints(options)
    missing = [field.name for field in dataclasses.fields(options) if field.name not in helps]
    if missing:
        raise TypeError(f"{options.__name__}: the docstring says nothing of {missing}")
    return tuple(_describe(field, hints[field.name], helps[field.name]) for field in dataclasses.fields(options))


def _describe(field: dataclasses.Field[Any], hint: object, help: str) -> OptionInfo:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    choices = tuple(map(str, get_args(hint))) if get_origin(hint) is Literal else ()
    kind: OptionKind = "choice" if choices else _kind(field, hint)
    given = field.metadata
    required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    return OptionInfo(
        name=field.name,
        kind=kind,
        help=help,
        required=required,
        default=None if field.default is dataclasses.MISSING else field.default,
        flag=given.get("flag") or "--" + field.name.replace("_", "-"),
        metavar=given.get("metavar") or _METAVARS.get(kind, ""),
        group=given.get("group", ""),
        ask=given.get("ask", ""),
        choices=choices,
    )


def _kind(field: dataclasses.Field[Any], hint: object) -> OptionKind:
    try:
        return _KINDS[hint]
    except KeyError:
        raise TypeError(f"no form is known for the option `{field.name}: {hint}`") from None


def _sentence(text: str) -> str:
    """Return a line of the docstring as a sentence."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]
