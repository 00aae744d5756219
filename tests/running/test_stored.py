"""What a run shows, held against what a file stores: pictures, tables, errors."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest

from offbook.notebook import NotebookFile
from offbook.running import CellRun, Comparison, RunReport, compare_stored, stored_outputs

TABLE = """<style scoped>td {{ color: {colour}; }}</style>
<table border="{border}" class="dataframe">
<thead><tr><th></th><th>price</th></tr></thead>
<tbody><tr><th>{name}</th><td>{price}</td></tr></tbody>
</table>"""


def compare(tmp_path: Path, stored: list[Any], fresh: list[Any], *tags: str, usual: float = 1e-6) -> Comparison:
    """Hold one cell's fresh outputs against its stored ones."""
    cell = {"cell_type": "code", "id": "a", "source": "show()", "metadata": {"tags": tags}, "execution_count": 1}
    document = {"cells": [cell | {"outputs": stored}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    file = NotebookFile.read(path)
    runs = (CellRun(file.notebook.cells[0].id, 0, 0.1, 1, tuple(fresh)),)
    return compare_stored(file.notebook, stored_outputs(file), RunReport("passed", cells=runs), tmp_path, usual)


def differing(tmp_path: Path, stored: Any, fresh: Any, *tags: str) -> list[str]:
    return [found.what for found in compare(tmp_path, [stored], [fresh], *tags).differences]


def result(**data: Any) -> dict[str, Any]:
    formats = {key.replace("_", "/"): value for key, value in data.items()}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": formats}


def table(price: str, name: str = "coffee", border: int = 1, colour: str = "red") -> str:
    return TABLE.format(price=price, name=name, border=border, colour=colour)


def error(name: str, value: str, *traceback: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": list(traceback)}


def picture(shade: int, size: int = 4, level: int = 6) -> str:
    buffer = io.BytesIO()
    pytest.importorskip("PIL.Image").new("RGB", (size, size), (shade, 0, 0)).save(buffer, "PNG", compress_level=level)
    return base64.b64encode(buffer.getvalue()).decode()


def test_pictures_are_compared_by_pixels_whatever_their_encoding(tmp_path: Path) -> None:
    stored = result(image_png=picture(100, level=0) + "\n", text_plain=["<Figure>"])
    assert picture(100, level=0) != picture(100)
    assert differing(tmp_path, stored, result(image_png=picture(100), text_plain="<Figure>")) == []
    for other in (picture(160), picture(100, size=5)):
        found = compare(tmp_path, [stored], [result(image_png=other, text_plain="<Figure>")])
        assert [(part.what, part.index) for part in found.differences] == [("cell 1 shows another picture", 0)]
        assert found.differences[0].before == "(image/png)"


def test_a_picture_that_is_gone_differs(tmp_path: Path) -> None:
    stored = result(image_png=picture(100), text_plain=["<Figure>"])
    assert differing(tmp_path, stored, result(text_plain="<Figure>")) == ["cell 1 shows other kinds of output"]


def test_drawings_are_compared_as_text(tmp_path: Path) -> None:
    stored = {"image/svg+xml": ["<svg>\n", "<path d='M 1.0000000001'/>\n", "</svg>"]}
    shown = {"image/svg+xml": "<svg>\n<path d='M 1.0'/>\n</svg>"}
    other = {"image/svg+xml": "<svg>\n<path d='M 1.5'/>\n</svg>"}
    assert differing(tmp_path, result() | {"data": stored}, result() | {"data": shown}) == []
    assert differing(tmp_path, result() | {"data": stored}, result() | {"data": other}) == [
        "cell 1 shows another picture"
    ]


def test_tables_are_compared_by_what_they_say(tmp_path: Path) -> None:
    stored = result(text_html=table("2.50").splitlines(keepends=True))
    assert differing(tmp_path, stored, result(text_html=table("2.5000000001", border=0, colour="blue"))) == []
    assert differing(tmp_path, stored, result(text_html=table("2.5", name="tea"))) == [
        "cell 1 shows another table or HTML"
    ]
    found = compare(tmp_path, [stored], [result(text_html=table("2.51"))])
    assert [(part.before, part.after) for part in found.differences] == [("coffee  2.50", "coffee  2.51")]
    assert differing(tmp_path, stored, result(text_html=table("2.51")), "offbook:tolerance=1e-2") == []


def test_the_usual_tolerance_holds_where_no_tag_says_another(tmp_path: Path) -> None:
    stored, fresh = [result(text_html=table("2.50"))], [result(text_html=table("2.51"))]
    assert not compare(tmp_path, stored, fresh, usual=1e-2).differences
    assert compare(tmp_path, stored, fresh, "offbook:tolerance=0", usual=1e-2).differences
    assert not compare(tmp_path, stored, stored, "offbook:tolerance=0").differences


@pytest.mark.parametrize("tag", ["offbook:tolerance", "offbook:tolerance=-1", "offbook:tolerance=nan"])
def test_a_tag_without_a_tolerance_has_no_effect_and_is_named(tmp_path: Path, tag: str) -> None:
    found = compare(tmp_path, [result(text_plain="2.50")], [result(text_plain="2.51")], tag)
    assert found.differences
    assert found.unstable == (f"The tag `{tag}` of cell 1 names no number from 0 to 1, so it has no effect.",)


def test_data_is_compared_with_tolerance(tmp_path: Path) -> None:
    stored = result() | {"data": {"application/json": {"price": 2.5, "names": ["a", "b"]}}}
    near = result() | {"data": {"application/json": {"price": 2.5000000001, "names": ["a", "b"]}}}
    other = result() | {"data": {"application/json": {"price": 2.5, "names": ["b", "a"]}}}
    far = result() | {"data": {"application/json": {"price": 2.51, "names": ["a", "b"]}}}
    assert differing(tmp_path, stored, near) == []
    assert differing(tmp_path, stored, other) == ["cell 1 shows another result"]
    assert differing(tmp_path, stored, far) == ["cell 1 shows another result"]
    assert differing(tmp_path, stored, far, "offbook:tolerance=1e-2") == []


def test_errors_are_compared_by_name_and_message(tmp_path: Path) -> None:
    stored = error("ZeroDivisionError", "division by zero", "old traceback of line 7")
    assert differing(tmp_path, stored, error("ZeroDivisionError", "division by zero", "new", "traceback")) == []
    assert differing(tmp_path, stored, error("ValueError", "division by zero")) == ["cell 1 shows another error"]
    found = compare(tmp_path, [stored], [error("ZeroDivisionError", "float division by zero")])
    assert [(part.before, part.after) for part in found.differences] == [
        ("ZeroDivisionError: division by zero", "ZeroDivisionError: float division by zero")
    ]


def test_a_stored_error_that_is_mended_differs(tmp_path: Path) -> None:
    found = compare(tmp_path, [error("NameError", "name 'x' is not defined")], [])
    assert [part.what for part in found.differences] == ["cell 1 shows nothing any more"]
    assert found.differences[0].before == "NameError: name 'x' is not defined"


def test_streams_may_be_stored_in_pieces(tmp_path: Path) -> None:
    pieces = [{"output_type": "stream", "name": "stdout", "text": text} for text in (["a\n", "b"], ["\n"], "c\n")]
    whole = [{"output_type": "stream", "name": "stdout", "text": "a\nb\nc\n"}]
    assert not compare(tmp_path, pieces, whole).differences
    assert compare(tmp_path, pieces, [whole[0] | {"name": "stderr"}]).differences


def test_old_formats_are_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    cell = {"cell_type": "code", "input": "1", "outputs": [], "language": "python", "prompt_number": 1, "metadata": {}}
    document = {"worksheets": [{"cells": [cell]}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    path.write_text(json.dumps(document), encoding="utf-8")
    file = NotebookFile.read(path)
    found = compare_stored(file.notebook, stored_outputs(file), RunReport("passed"), tmp_path)
    assert found.unstable == (
        "Its stored outputs have an old format, so they were not compared: save it with a current Jupyter.",
    )
