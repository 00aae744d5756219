import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offbook.notebook import (
    Cell,
    CellChange,
    CellId,
    DeleteCell,
    DropOutputs,
    InsertCell,
    NotebookError,
    NotebookFile,
    ReplaceSource,
    SetOutputs,
    TrimOutputs,
    apply_changes,
)
from offbook.notebook.layout import scan_cells

PATH = Path("a.ipynb")
SOURCE = st.text(alphabet='ab\n\r"\\😀é\u2028\t', max_size=15)


@st.composite
def files(draw: st.DrawFn) -> NotebookFile:
    minor = draw(st.integers(0, 5))
    cells = []
    for number, source in enumerate(draw(st.lists(SOURCE, max_size=5))):
        kind = draw(st.sampled_from(["code", "markdown"]))
        as_list = draw(st.booleans())
        cell: dict[str, Any] = {
            "cell_type": kind,
            "metadata": {},
            "source": source.splitlines(True) if as_list else source,
        }
        if kind == "code":
            cell |= {"outputs": [], "execution_count": draw(st.none() | st.integers(1, 9))}
        if minor >= 5:
            cell["id"] = f"cell-{number}"
        cells.append(cell)
    document = {"cells": cells, "metadata": {"é": "😀"}, "nbformat": 4, "nbformat_minor": minor}
    indent = draw(st.sampled_from([1, 2, "\t", None]))
    text = json.dumps(document, indent=indent, ensure_ascii=draw(st.booleans())) + draw(st.sampled_from(["", "\n"]))
    if draw(st.booleans()) and indent is not None:
        text = text.replace("\n", "\r\n")
    return NotebookFile.parse(text.encode(), PATH)


@st.composite
def changes(draw: st.DrawFn, file: NotebookFile) -> list[CellChange]:
    found: list[CellChange] = []
    for cell in file.notebook.cells:
        action = draw(st.sampled_from(["keep", "keep", "replace", "delete", "insert", "outputs"]))
        if action == "replace":
            found.append(ReplaceSource(cell.id, draw(SOURCE)))
        elif action == "delete":
            found.append(DeleteCell(cell.id))
        elif action == "insert":
            found.append(InsertCell(cell.id, Cell(CellId(f"new-{len(found)}"), "code", draw(SOURCE))))
        elif action == "outputs" and cell.kind == "code":
            output = {"output_type": "stream", "name": "stdout", "text": ["a\n"]}
            found.append(SetOutputs(cell.id, (output,), draw(st.none() | st.integers(1, 9))))
    if draw(st.booleans()):
        found.append(InsertCell(None, Cell(CellId("top"), "markdown", draw(SOURCE))))
    return found


@given(files())
def test_without_changes_every_byte_stays(file: NotebookFile) -> None:
    assert file.render([]) == file.text


@given(st.data())
def test_the_file_after_changes_is_read_as_the_notebook_after_changes(data: st.DataObject) -> None:
    file = data.draw(files())
    wanted = data.draw(changes(file))
    after = NotebookFile.parse(file.encode(wanted), PATH).notebook
    expected = apply_changes(file.notebook, wanted)
    assert [(c.kind, c.source, c.execution_count, c.outputs) for c in after.cells] == [
        (c.kind, c.source, c.execution_count, c.outputs) for c in expected.cells
    ]
    if file.notebook.format[1] >= 5:
        assert [c.id for c in after.cells] == [c.id for c in expected.cells]


@given(st.data())
def test_what_is_not_named_keeps_its_bytes(data: st.DataObject) -> None:
    file = data.draw(files())
    if not file.notebook.cells:
        return
    chosen = data.draw(st.sampled_from(file.notebook.cells))
    after = file.render([ReplaceSource(chosen.id, "x\ny")])
    assert _without(after, file.notebook.index(chosen.id)) == _without(file.text, file.notebook.index(chosen.id))


def _without(text: str, number: int) -> list[str]:
    """Return all of a notebook's text but the source of one cell."""
    source = scan_cells(text)[1][number].values["source"]
    return [text[: source.start], text[source.end :]]


@settings(deadline=None)
@given(files())
def test_a_change_keeps_a_valid_notebook_valid(file: NotebookFile) -> None:
    new = Cell(CellId("new"), "code", "x = 1\ny = 2")
    after = file.render([InsertCell(None, new)])
    if file.notebook.format[1] < 5 or all(cell.id.startswith("cell-") for cell in file.notebook.cells):
        nbformat.validate(nbformat.reads(after, as_version=4))


def test_style_of_the_file_is_kept() -> None:
    cell = '{\n      "cell_type": "code",\n      "source": [\n        "a"\n      ]\n    }'
    text = f'{{\n  "cells": [\n    {cell}\n  ],\n  "nbformat": 4\n}}'
    file = NotebookFile.parse(text.encode(), PATH)
    first = file.notebook.cells[0].id
    assert file.render([ReplaceSource(first, "a\nb")]) == text.replace('"a"', '"a\\n",\n        "b"')


def test_a_cell_without_outputs_key_gets_one() -> None:
    file = NotebookFile.parse(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a"}]}', PATH)
    after = file.render([SetOutputs(file.notebook.cells[0].id, (), 3)])
    assert json.loads(after)["cells"][0] == {"cell_type": "code", "source": "a", "outputs": [], "execution_count": 3}


def test_trimmed_outputs_keep_their_start_and_say_what_was_cut() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": [f"{n}\n" for n in range(150)]}
    cell = {"cell_type": "code", "source": "a", "metadata": {}, "outputs": [output], "execution_count": 1}
    file = NotebookFile.parse(json.dumps({"nbformat": 4, "cells": [cell]}).encode(), PATH)
    trimmed = json.loads(file.render([TrimOutputs(file.notebook.cells[0].id, 20)]))["cells"][0]["outputs"][0]["text"]
    assert trimmed[:20] == output["text"][:20]
    assert trimmed[20:] == ["... 130 more lines cut by offbook\n"]


def test_dropped_outputs_are_gone_unless_they_are_others_by_now() -> None:
    outputs = [{"output_type": "stream", "name": "stdout", "text": [f"{n}\n"]} for n in range(3)]
    cell = {"cell_type": "code", "source": "a", "metadata": {}, "outputs": outputs, "execution_count": 1}
    file = NotebookFile.parse(json.dumps({"nbformat": 4, "cells": [cell]}).encode(), PATH)
    identity = file.notebook.cells[0].id

    def left(change: DropOutputs) -> object:
        return json.loads(file.render([change]))["cells"][0]["outputs"]

    assert left(DropOutputs(identity, (0, 2), 3)) == outputs[1:2]
    assert left(DropOutputs(identity, (0, 2), 4)) == outputs
    assert len(apply_changes(file.notebook, [DropOutputs(identity, (0, 2), 3)]).cells[0].outputs) == 1


def test_an_old_notebook_is_not_written() -> None:
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": []}]}
    file = NotebookFile.parse(json.dumps(old).encode(), PATH)
    with pytest.raises(NotebookError, match="nbconvert"):
        file.render([InsertCell(None, Cell(CellId("a"), "code", ""))])


def test_a_change_of_a_cell_that_is_not_there_is_a_key_error() -> None:
    file = NotebookFile.parse(b'{"nbformat": 4, "cells": []}', PATH)
    for change in (
        DeleteCell(CellId("x")),
        ReplaceSource(CellId("x"), ""),
        InsertCell(CellId("x"), Cell(CellId("y"), "code", "")),
    ):
        with pytest.raises(KeyError):
            file.render([change])
        with pytest.raises(KeyError):
            apply_changes(file.notebook, [change])
