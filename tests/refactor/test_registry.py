from __future__ import annotations

import subprocess
import sys

import pytest

from offbook.errors import UserError
from offbook.refactor import find_refactoring, refactorings


def test_every_refactoring_is_found_and_complete() -> None:
    found = refactorings()
    assert "extract.module" in found
    for id, refactoring in found.items():
        assert refactoring.id == id
        assert refactoring.kind.startswith(("refactor.extract.", "refactor.move.", "refactor.rewrite."))
        assert refactoring.kind.endswith(f".{id.rpartition('.')[2]}")
        assert refactoring.title and refactoring.run.__doc__
        assert all(info.help.endswith(".") for info in refactoring.infos)


def test_an_unknown_refactoring_names_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"there is no refactoring `extract.modul`; there are .*`extract.module`"):
        find_refactoring("extract.modul")


def test_options_come_from_plain_data() -> None:
    options = find_refactoring("extract.module").convert({"to": "a.py", "names": ["f"], "cells": ["x1"]})
    assert (options.to, options.names, options.cells, options.everything) == ("a.py", ("f",), ("x1",), False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"to": "a.py", "name": "f"},
            "`extract.module` has no option `name`; it has `autoreload`, `cells`, .*, `parameters`, `tidy`, `to`",
        ),
        ({"names": ["f"]}, "the options of `extract.module` are not valid: .*`to`"),
        ({"to": 3}, "the options of `extract.module` are not valid: Expected `str`"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        find_refactoring("extract.module").convert(options)


def test_the_list_of_refactorings_loads_no_libcst() -> None:
    code = "import sys; from offbook.refactor import refactorings; refactorings(); print('libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
