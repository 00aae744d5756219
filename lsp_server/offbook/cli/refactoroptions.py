"""Command-line options of a refactoring, made from the declaration of its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from offbook.errors import UserError
from offbook.notebook import CellId, Notebook
from offbook.refactor import OptionInfo
from offbook.text import split_lines

_VALUES = {"whole-number": click.INT, "number": click.FLOAT}


def click_options(infos: Sequence[OptionInfo]) -> list[click.Parameter]:
    """Return the options; each carries its field's name."""
    return [_click_option(info) for info in infos]


def _click_option(info: OptionInfo) -> click.Option:
    names = [info.flag, info.name]
    if info.kind == "flag":
        names[0] += f"/--no-{names[0].removeprefix('--')}" if info.default is None else ""
        return click.Option(names, is_flag=True, default=info.default, help=info.help)
    several = info.kind in ("words", "cells")
    kind: Any = click.Choice(info.choices) if info.kind == "choice" else _VALUES.get(info.kind)
    default: dict[str, Any] = {"default": info.default, "show_default": True} if info.default and not several else {}
    return click.Option(
        names,
        type=kind,
        multiple=several,
        required=info.required,
        metavar=info.metavar or None,
        help=info.help + (" Cells count from 1." if info.kind in ("cell", "cells", "lines") else ""),
        **default,
    )


def plain_options(infos: Sequence[OptionInfo], values: Mapping[str, object], notebook: Notebook) -> dict[str, object]:
    """Return what was given on the command line as the refactoring's options; what was not given is left out.

    Raises:
        UserError: where a cell is not there, or a value has not its form.
        click.UsageError: where one of several options should have been given.
    """
    given = {info.name: values[info.name] for info in infos if _is_given(info, values[info.name])}
    for group in dict.fromkeys(info.group for info in infos if info.group):
        members = [info for info in infos if info.group == group]
        if sum(info.name in given for info in members) != 1:
            flags = [info.flag for info in members]
            raise click.UsageError(f"say {group}, by one of {', '.join(flags[:-1])} and {flags[-1]}")
    return {info.name: _plain(info, given[info.name], notebook) for info in infos if info.name in given}


def _is_given(info: OptionInfo, value: object) -> bool:
    return value not in (None, ()) and value != (info.default if info.kind == "flag" else None)


def _plain(info: OptionInfo, value: object, notebook: Notebook) -> object:
    if info.kind == "path":
        return str(Path(str(value)).absolute())
    if info.kind == "lines":
        return _lines(info.flag, str(value), notebook)
    if info.kind == "cell":
        return _cells(info.flag, [str(value)], notebook)[0]
    if info.kind in ("words", "cells") and isinstance(value, tuple):
        words = [word.strip() for text in value for word in str(text).split(",") if word.strip()]
        return words if info.kind == "words" else _cells(info.flag, words, notebook)
    return value


def _cells(flag: str, words: Sequence[str], notebook: Notebook) -> list[CellId]:
    """Return the ids of cells given by their numbers: ``3``, ``5-7``."""
    found: list[CellId] = []
    for word in words:
        numbers = _numbers(f"{flag} {word}: give numbers of cells, such as 3 or 5-7", word)
        if not numbers or numbers[0] < 1 or numbers[-1] > len(notebook.cells):
            raise UserError(f"{flag} {word}: the notebook has the cells 1 to {len(notebook.cells)}")
        found += [notebook.cells[number - 1].id for number in numbers]
    return found


def _lines(flag: str, word: str, notebook: Notebook) -> dict[str, object]:
    """Return lines given as ``CELL:FROM-TO``."""
    form = f"{flag} {word}: give a cell and lines in it, such as 3:2-5"
    cell, _, lines = word.partition(":")
    found = _cells(flag, [cell], notebook)
    numbers = _numbers(form, lines)
    count = len(split_lines(notebook.cell(found[0]).source))
    if len(found) != 1:
        raise UserError(form)
    if not numbers or numbers[0] < 1 or numbers[-1] > count:
        raise UserError(f"{flag} {word}: cell {cell} has the lines 1 to {count}")
    return {"cell": found[0], "first": numbers[0] - 1, "last": numbers[-1] - 1}


def _numbers(form: str, word: str) -> range:
    first, _, last = word.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        raise UserError(form)
    return range(int(first), int(last or first) + 1)
