import json
from pathlib import Path
from typing import Any

import pytest

from offbook.notebook import NotebookError, NotebookFile, read_notebook

PATH = Path("a.ipynb")


def document(*cells: dict[str, Any], **keys: Any) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **keys})


def code(source: Any = "", **keys: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **keys}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("{", r"not valid JSON \(line 1"),
        ('{"cells": [', "not valid JSON"),
        ("[1]", "no JSON object"),
        ("<<<<<<< HEAD\n{}", "merge conflict"),
        ("{}", "does not say its nbformat"),
        ('{"nbformat": 2, "cells": []}', "too old"),
        ('{"nbformat": 5, "cells": []}', "newer than offbook knows"),
        ('{"nbformat": 4}', "no list of cells"),
        (document({"cell_type": "code", "source": {"a": 1}}), "cell 1: its source is not text"),
        (document({"cell_type": "sql", "source": ""}), "unknown type 'sql'"),
        ('{"nbformat": 4, "cells": [3]}', "cell 1 is no JSON object"),
    ],
)
def test_what_is_no_notebook_says_why(text: str, message: str) -> None:
    with pytest.raises(NotebookError, match=message):
        read_notebook(text, PATH)


def test_a_missing_file_and_bytes_that_are_no_text_say_why(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="no such file"):
        NotebookFile.read(tmp_path / "a.ipynb")
    with pytest.raises(NotebookError, match="not UTF-8"):
        NotebookFile.parse(b"\xff\xfe", PATH)


def test_source_may_be_text_or_a_list_and_a_bom_is_passed_over() -> None:
    notebook = read_notebook("\ufeff" + document(code(["a\n", "b"]), code("c")), PATH)
    assert [cell.source for cell in notebook.cells] == ["a\nb", "c"]


def test_missing_and_doubled_ids_get_others_in_memory() -> None:
    notebook = read_notebook(document(code("a"), code("a"), code("b", id="x"), code("c", id="x")), PATH)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == 4
    assert ids[2] == "x"
    again = read_notebook(document(code("new"), code("a"), code("a"), code("b", id="x")), PATH)
    assert [cell.id for cell in again.cells][1:4] == ids[:3], "ids do not depend on the place"


def test_nan_lone_surrogates_and_nul_are_read() -> None:
    text = '{"nbformat": 4, "metadata": {"x": NaN}, "cells": [{"cell_type": "code", "source": "\\ud83d \\u0000"}]}'
    assert read_notebook(text, PATH).cells[0].source == "\ud83d \x00"


def test_an_old_notebook_is_upgraded_for_reading_and_not_written() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Data"},
        {"cell_type": "code", "input": ["x = 1"], "language": "python", "outputs": [], "prompt_number": 3},
    ]
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]})
    file = NotebookFile.parse(text.encode(), PATH)
    assert [(cell.kind, cell.source) for cell in file.notebook.cells] == [("markdown", "## Data"), ("code", "x = 1")]
    assert file.notebook.cells[1].execution_count == 3
    assert file.render([]) == text


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"kernelspec": {"name": "ir", "display_name": "R"}}, "r"),
        ({"kernelspec": {"name": "julia-1.9"}}, "julia"),
        ({"language_info": {"name": "R"}}, "r"),
        ({"kernelspec": {"name": "python3", "language": "python"}}, "python"),
        ({"kernelspec": 3}, "python"),
    ],
)
def test_the_language(metadata: Any, language: str) -> None:
    assert read_notebook(document(metadata=metadata), PATH).language == language


def test_the_shape_of_outputs() -> None:
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": ["a\n", "bcd\n"]},
        {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": ["1", "2"]},
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {},
            "data": {"text/plain": "a\nb", "text/html": "<table><tr><td>1</td></tr><tr>2</tr></table>"},
        },
        {"output_type": "display_data", "data": {"image/png": "x" * 1000}},
        "nonsense",
    ]
    stream, error, table, image, odd = read_notebook(document(code("", outputs=outputs)), PATH).cells[0].outputs
    assert (stream.kind, stream.name, stream.lines, stream.widest) == ("stream", "stderr", 2, 3)
    assert (error.kind, error.name, error.lines) == ("error", "ValueError", 2)
    assert (table.kind, table.lines, table.rows, table.mime_types) == ("result", 2, 2, ("text/plain", "text/html"))
    assert (image.kind, image.size) == ("display", 1000)
    assert odd.size == 0
