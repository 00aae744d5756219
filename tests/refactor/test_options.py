from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import click
import pytest

from offbook.cli.refactoroptions import click_options, plain_options
from offbook.errors import UserError
from offbook.notebook import CellId
from offbook.notebook.percent import parse_percent
from offbook.refactor import CellLines, TargetPath, about
from offbook.refactor.options import describe_options


@dataclass(frozen=True)
class Options:
    """What is asked.

    Attributes:
        to: the file that is written,
            which may be there already.
        names: names to move.
        cells: cells to move.
        lines: lines to move.
        place: the cell behind which they go.
        form: how it looks.
        limit: how many.
        share: how much.
        everything: all of them.
    """

    to: TargetPath
    names: tuple[str, ...] = field(default=(), metadata=about(group="what"))
    cells: tuple[CellId, ...] = field(default=(), metadata=about(group="what"))
    lines: CellLines | None = field(default=None, metadata=about(group="what"))
    place: CellId | None = None
    form: Literal["yaml", "json"] = "yaml"
    limit: int = 3
    share: float = 0.5
    everything: bool = field(default=False, metadata=about(flag="--all", group="what", ask="All?"))


NOTEBOOK = parse_percent("# %% id=a\nx = 1\ny = 2\n# %% id=b\nz = 3\n# %% id=c\nw = 4")
INFOS = describe_options(Options)


def parse(*words: str) -> dict[str, object]:
    command = click.Command("test", params=click_options(INFOS))
    with command.make_context("test", list(words)) as context:
        return plain_options(INFOS, context.params, NOTEBOOK)


def test_options_are_described_by_their_dataclass() -> None:
    by_name = {info.name: info for info in INFOS}
    assert [info.kind for info in INFOS] == [
        "path", "words", "cells", "lines", "cell", "choice", "whole-number", "number", "flag",
    ]  # fmt: skip
    assert by_name["to"].help == "The file that is written, which may be there already."
    assert [info.name for info in INFOS if info.required] == ["to"]
    assert by_name["form"].choices == ("yaml", "json")
    assert (by_name["everything"].flag, by_name["everything"].ask, by_name["limit"].default) == ("--all", "All?", 3)


def test_an_option_without_a_form_or_a_word_of_help_is_a_mistake() -> None:
    @dataclass
    class Silent:
        """Nothing."""

        to: str

    with pytest.raises(TypeError, match="says nothing of"):
        describe_options(Silent)
    Silent.__doc__ = "Something.\n\nAttributes:\n    to: where to.\n"
    Silent.__annotations__["to"] = "dict[str, str]"
    with pytest.raises(TypeError, match="no form is known"):
        describe_options(Silent)


def test_the_command_line_gives_plain_data() -> None:
    assert parse("--to", "a.yaml", "--cells", "1,2-3") == {
        "to": str(Path("a.yaml").absolute()), "cells": ["a", "b", "c"], "form": "yaml", "limit": 3, "share": 0.5,
    }  # fmt: skip
    found = parse("--to", "a", "--lines", "1:1-2", "--place", "2", "--form", "json", "--limit", "5")
    assert found["lines"] == {"cell": "a", "first": 0, "last": 1}
    assert (found["place"], found["form"], found["limit"]) == ("b", "json", 5)
    assert parse("--to", "a", "--lines", "1:2")["lines"] == {"cell": "a", "first": 1, "last": 1}
    assert parse("--to", "a", "--names", "f,g", "--names", "h")["names"] == ["f", "g", "h"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cells", "two"], "--cells two: give numbers of cells"),
        (["--cells", "2-4"], "the notebook has the cells 1 to 3"),
        (["--cells", "0"], "the notebook has the cells 1 to 3"),
        (["--lines", "1"], "give a cell and lines in it, such as 3:2-5"),
        (["--lines", "1-2:1"], "give a cell and lines in it, such as 3:2-5"),
        (["--lines", "1:1-3"], "cell 1 has the lines 1 to 2"),
        (["--lines", "1:2-1"], "cell 1 has the lines 1 to 2"),
    ],
)
def test_wrong_values_are_explained(words: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        parse("--to", "a", *words)


@pytest.mark.parametrize("words", [[], ["--all", "--names", "f"]])
def test_of_a_group_exactly_one_is_given(words: list[str]) -> None:
    with pytest.raises(click.UsageError, match=r"say what, by one of --names, --cells, --lines and --all"):
        parse("--to", "a", *words)
