from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from offbook.notebook import NotebookFile
from offbook.receipts.code import code_digest, file_digest

TAGS = st.lists(
    st.sampled_from(["raises-exception", "offbook:skip=why", "parameters", "offbook:tolerance=1"]), max_size=2
)
SOURCE = st.text(max_size=12) | st.sampled_from(["x = 1\n", "\r\n", "é = '😀'"])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    def cell(number: int) -> dict[str, Any]:
        kind = draw(st.sampled_from(["code", "code", "markdown", "raw"]))
        source: Any = draw(SOURCE)
        if draw(st.booleans()):
            source = source.splitlines(keepends=True)
        made = {"cell_type": kind, "id": f"c{number}", "metadata": {"tags": draw(TAGS)}, "source": source}
        return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})

    cells = [cell(number) for number in range(draw(st.integers(1, 5)))]
    kernel = draw(st.sampled_from([{}, {"kernelspec": {"name": "python3"}}, {"kernelspec": {"name": "own"}}]))
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def digest(document: dict[str, Any]) -> str | None:
    return file_digest(json.dumps(document).encode())


@given(documents())
def test_the_quick_reader_agrees_with_the_full_one(document: dict[str, Any]) -> None:
    notebook = NotebookFile.parse(json.dumps(document).encode(), Path("n.ipynb")).notebook
    cells = ((cell.source, cell.tags) for cell in notebook.cells if cell.kind == "code")
    assert digest(document) == code_digest(notebook.kernel, cells)


@given(documents(), st.data())
def test_any_change_of_what_runs_changes_the_digest(document: dict[str, Any], data: st.DataObject) -> None:
    before = digest(document)
    code = [number for number, cell in enumerate(document["cells"]) if cell["cell_type"] == "code"]
    change = data.draw(st.sampled_from(["kernel", "add", *(["edit", "tag", "remove", "swap"] if code else [])]))
    at = data.draw(st.sampled_from(code)) if code else 0
    cell = document["cells"][at]
    source = "".join(cell["source"])
    if change == "kernel":
        document["metadata"] = {"kernelspec": {"name": "another"}}
    elif change == "add":
        document["cells"].insert(at, {"cell_type": "code", "metadata": {}, "source": "added"})
    elif change == "edit":
        cell["source"] = source + "\nmore"
    elif not source.strip():
        return
    elif change == "tag":
        cell["metadata"]["tags"].append("offbook:skip=another reason")
    elif change == "remove":
        del document["cells"][at]
    else:
        other = document["cells"][data.draw(st.sampled_from(code))]
        ran = [
            ("".join(one["source"]), [tag for tag in one["metadata"]["tags"] if "para" not in tag])
            for one in (cell, other)
        ]
        if ran[0] == ran[1] or not ran[1][0].strip():
            return
        cell["source"], other["source"] = other["source"], cell["source"]
        if ran[0][0] == ran[1][0]:
            return
    assert digest(document) != before


@given(documents(), st.data())
def test_no_change_of_anything_else_changes_it(document: dict[str, Any], data: st.DataObject) -> None:
    before = digest(document)
    document["metadata"]["title"] = "new"
    document["nbformat_minor"] = 4
    for cell in document["cells"]:
        cell["metadata"]["collapsed"] = True
        cell["metadata"].setdefault("tags", []).append("offbook:ignore-output")
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": data.draw(SOURCE)}]
            cell["execution_count"] = data.draw(st.integers(1, 99))
        else:
            cell["source"] = data.draw(SOURCE)
    document["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "# more"})
    document["cells"].append({"cell_type": "code", "metadata": {}, "source": [" \n"], "outputs": []})
    assert digest(document) == before


def test_what_is_no_notebook_of_today_is_left_to_the_full_reader() -> None:
    for data in (b"", b"{", b"[]", b"\xff", b'{"nbformat": 3, "worksheets": []}', b'{"nbformat": 4, "cells": 3}'):
        assert file_digest(data) is None
