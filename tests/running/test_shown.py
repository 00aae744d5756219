"""What differs, as a page or an editor shows it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from offbook.notebook import CellId
from offbook.running import CellRun, Difference, RunReport, Trial, compare_trials
from offbook.running.tables import read_table


def display(**data: str) -> dict[str, Any]:
    formats = {key.replace("_", "/"): value for key, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": formats}


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def differ(folder: Path, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Difference]:
    """Compare two runs of one cell."""
    first, second = (
        Trial(RunReport("passed", cells=(CellRun(CellId("a"), 0, 0.1, 1, tuple(outputs)),)), folder, {})
        for outputs in (before, after)
    )
    return list(compare_trials(first, second).differences)


def test_a_table_that_differs_is_told_once_and_by_its_rows(tmp_path: Path) -> None:
    table = "<table><tr><th></th><th>n</th></tr><tr><th>0</th><td>{}</td></tr></table>"
    old = display(text_html=table.format(1), text_plain="   n\n0  1")
    (found,) = differ(tmp_path, [old], [display(text_html=table.format(2), text_plain="   n\n0  2")])
    assert found.what == "cell 1 shows another table or HTML"
    assert [side.rows for side in (*found.old, *found.new)] == [(("", "n"), ("0", "1")), (("", "n"), ("0", "2"))]


def test_rows_that_differ_are_told_in_few_words(tmp_path: Path) -> None:
    rows = [f"<tr><td>row {at}</td><td>{at}</td></tr>" for at in range(20)]
    old = display(text_html=f"<table>{''.join(rows)}</table>")
    other = f"<table>{''.join([*rows[:9], '<tr><td>row 9</td><td>x</td></tr>', *rows[10:]])}</table>"
    (found,) = differ(tmp_path, [old], [display(text_html=other)])
    assert (found.before, found.after) == ("row 9  9", "row 9  x")
    (found,) = differ(tmp_path, [old], [display(text_html=f"<table>{''.join(rows[:18])}</table>")])
    assert (found.before, found.after) == ("row 18  18\nrow 19  19", "")


def test_text_beside_equal_tables_is_shown_as_text(tmp_path: Path) -> None:
    table = "<table><tr><td>1</td></tr></table><p>{} rows</p>"
    (found,) = differ(tmp_path, [display(text_html=table.format(5))], [display(text_html=table.format(6))])
    assert [(side.kind, side.text) for side in (*found.old, *found.new)] == [
        ("text", "1\n5 rows"),
        ("text", "1\n6 rows"),
    ]


def test_what_agrees_within_the_tolerance_is_given_alike(tmp_path: Path) -> None:
    (found,) = differ(tmp_path, [stream("a 0.1\nb 1\n")], [stream("a 0.1000000001\nb 2\n")])
    assert [side.text for side in (*found.old, *found.new)] == ["a 0.1000000001\nb 1\n", "a 0.1000000001\nb 2\n"]
    table = "<table><tr><td>0.1</td><td>1</td></tr></table>"
    other = table.replace("0.1", "0.1000000001").replace(">1<", ">2<")
    (found,) = differ(tmp_path, [display(text_html=table)], [display(text_html=other)])
    assert [side.rows for side in (*found.old, *found.new)] == [(("0.1000000001", "1"),), (("0.1000000001", "2"),)]


def test_pictures_are_given_as_they_are(tmp_path: Path) -> None:
    (found,) = differ(tmp_path, [display(image_png="aW1h\nZ2U=\n")], [display(image_png="b3RoZXI=")])
    assert [(side.kind, side.mime, side.picture) for side in (*found.old, *found.new)] == [
        ("picture", "image/png", "aW1hZ2U="),
        ("picture", "image/png", "b3RoZXI="),
    ]


def test_a_drawing_is_a_picture_of_its_own_text(tmp_path: Path) -> None:
    one, other = "<svg><text>0x7f1234567890 é</text></svg>", "<svg><script>alert(1)</script></svg>"
    formats = [[{"output_type": "display_data", "data": {"image/svg+xml": text}}] for text in (one, other)]
    (found,) = differ(tmp_path, *formats)
    assert [base64.b64decode(side.picture).decode() for side in (*found.old, *found.new)] == [one, other]


def test_outputs_that_do_not_correspond_are_given_without_those_that_agree(tmp_path: Path) -> None:
    warned = [stream("same\n"), stream("careful\n", "stderr"), display(text_plain="1", text_html="<b>1</b>")]
    (found,) = differ(tmp_path, [warned[0], warned[2]], warned)
    assert found.what == "cell 1 shows other kinds of output"
    assert (found.old, [(side.mime, side.text) for side in found.new]) == ((), [("stderr", "careful\n")])
    (found,) = differ(tmp_path, [warned[2]], [])
    assert [(side.mime, side.text) for side in found.old] == [("text/html", "1")]


def test_outputs_that_are_repeated_do_not_overlap_at_the_ends(tmp_path: Path) -> None:
    one = [display(text_plain="x"), display(text_plain="x")]
    (found,) = differ(tmp_path, one, [*one, display(text_plain="x")])
    assert (found.old, [side.text for side in found.new]) == ((), ["x"])


def test_what_is_very_large_is_cut(tmp_path: Path) -> None:
    big = "A" * 9 * 2**20
    (found,) = differ(tmp_path, [display(image_png=big)], [stream("x" * 200_000)])
    assert [(side.kind, side.text) for side in found.old] == [("text", "(image/png, too large to be shown)")]
    assert len(found.new[0].text) == 100_001
    rows = "<table>{}</table>".format("<tr><td>1</td></tr>" * 5000)
    (found,) = differ(tmp_path, [display(text_html=rows)], [display(text_html="<table><tr><td>2</table>")])
    assert [len(side.rows) for side in (*found.old, *found.new)] == [1000, 1]


@pytest.mark.parametrize(
    ("html", "rows"),
    [
        ("no table", ()),
        ("<table></table>", ()),
        ("<table><tr><td>a<td>b<tr><td>c", (("a", "b"), ("c", ""))),
        ("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>", (("a", "b"), ("", "c"))),
        ("<table><tr><th colspan='2'>a</th></tr><tr><td>b</td><td>c</td></tr></table>", (("a", ""), ("b", "c"))),
        ("<table><tr><td>a <b>bold</b> &lt;x&gt;</td></tr></table>", (("a bold <x>",),)),
        ("<table><style>td {}</style><tr><td><script>x()</script>a</td></tr></table>", (("a",),)),
        ("<table><tr><td>a<table><tr><td>in</td></tr></table></td><td>b</td></tr></table>", (("a in", "b"),)),
        ("<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>", (("a",),)),
        ("<table><tr><td rowspan=-3 colspan=x>a</td><td rowspan=99999>b</td></tr></table>", (("a", "b"),)),
    ],
)
def test_tables_are_read_as_rows(html: str, rows: tuple[tuple[str, ...], ...]) -> None:
    assert read_table(html) == rows
