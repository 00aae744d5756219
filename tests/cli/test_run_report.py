"""The page that ``offbook run --report`` writes: what it shows, and that nothing in it can run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.app.run import NotebookRun
from offbook.cli.main import run
from offbook.cli.runhtml import render
from offbook.notebook import Cell, CellId, Notebook, NotebookFile
from offbook.running import Difference, RunFailure, RunReport, Shown

TAGS = frozenset(
    "html head meta title style body header main h1 h2 h3 h4 p ul li details summary section div span pre img table "
    "tr td del ins mark code".split()
)
ATTRIBUTES = frozenset("lang charset http-equiv content name class open alt src colspan role aria-label".split())


class Page(HTMLParser):
    """The page as a browser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.style = ""
        self._in_style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.style += data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def harmless(text: str) -> Page:
    """Check that a page holds nothing but our own elements, and return it."""
    page = Page(text)
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
    assert all(re.match(r"data:image/[a-z+]+;base64,", image["src"] or "") for image in page.all("img"))
    (policy,) = [meta["content"] or "" for meta in page.all("meta") if "http-equiv" in meta]
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return page


def differing(old: Shown, new: Shown | None = None, name: str = "n.ipynb", source: str = "show()") -> NotebookRun:
    """Return a run of one cell that shows something else."""
    path = Path(name)
    notebook = Notebook(path, (Cell(CellId("a"), "code", source),))
    found = Difference("cell 1 shows another text", "", "", 0, (old,), (new or old,))
    return NotebookRun(path, NotebookFile("{}", notebook), RunReport("passed"), (found,))


def write(path: Path, *cells: tuple[str, list[dict[str, Any]]]) -> Path:
    document = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{at}",
                "metadata": {},
                "execution_count": 1,
                "source": source,
                "outputs": outs,
            }
            for at, (source, outs) in enumerate(cells)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_command_writes_what_differs_and_what_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = [{"output_type": "stream", "name": "stdout", "text": ["<b>same</b>\n", "loss 1\n"]}]
    write(tmp_path / "a.ipynb", ("print('<b>same</b>')\nprint('loss', 2)", stored))
    write(tmp_path / "b.ipynb", ("x = 1\nprint(missing)\n", []))
    page = tmp_path / "made" / "report.html"
    call = ["run", str(tmp_path / "a.ipynb"), str(tmp_path / "b.ipynb"), "--compare", "--report", str(page)]
    assert run(call) == 1
    assert "2 notebooks: 1 differs, 1 failed" in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    shown = harmless(text)
    assert "2 notebooks, restarted and run" in shown.text
    assert '<div class="same"><span class="sign"> </span>&lt;b&gt;same&lt;/b&gt;</div>' in text
    assert '<span class="sign">-</span>loss <mark>1</mark></div>' in text
    assert '<span class="sign">+</span>loss <mark>2</mark></div>' in text
    assert 'x = 1\n<span class="at">print(missing)</span>' in text
    assert "NameError: name 'missing' is not defined" in shown.text
    assert "Cell 1 reads <code>missing</code>" in text
    assert [("open" in details) for details in shown.all("details") if details["class"] == "notebook"] == [True, True]


def test_a_page_that_cannot_be_written_is_told_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a.ipynb", ("open('ran', 'w').close()", []))
    (tmp_path / "file").write_text("kept")
    assert run(["run", str(tmp_path / "a.ipynb"), "--report", str(tmp_path / "file" / "page.html")]) == 2
    assert "page.html cannot be written: " in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"a.ipynb", "file"}


def test_what_passed_is_folded(tmp_path: Path) -> None:
    text = render([NotebookRun(Path("a.ipynb"), None, RunReport("passed", 1.5, 3, 3))], 2.0)
    assert ["open" in details for details in harmless(text).all("details")] == [False]
    assert "3 cells in 1.5 s" in text


def test_a_table_shows_both_values_of_a_cell_that_changed() -> None:
    rows = tuple((str(at), "same") for at in range(40))
    changed = (*rows[:20], ("20", "other"), *rows[21:])
    text = render([differing(Shown("table", "text/html", rows=rows), Shown("table", "text/html", rows=changed))], 1.0)
    harmless(text)
    assert "<td>20</td><td><del>same</del> <ins>other</ins></td>" in text
    assert text.count("equal rows</td>") == 2
    assert "<td>17</td>" in text and "<td>16</td>" not in text


def test_rows_that_are_new_or_gone_are_marked() -> None:
    old = Shown("table", "text/html", rows=(("n",), ("1",), ("2",)))
    new = Shown("table", "text/html", rows=(("n",), ("2",), ("3",), ("4",)))
    text = render([differing(old, new)], 1.0)
    assert '<tr class="removed"><td>1</td></tr>' in text
    assert '<tr class="added"><td>3</td></tr><tr class="added"><td>4</td></tr>' in text
    wider = render([differing(old, Shown("table", "text/html", rows=(("n", "m"), ("1", "2"))))], 1.0)
    assert harmless(wider).text.count("In the file") == 1


def test_pictures_stand_side_by_side_and_unknown_ones_are_named() -> None:
    picture = Shown("picture", "image/png", picture=base64.b64encode(b"one").decode())
    page = harmless(render([differing(picture)], 1.0))
    assert [image["src"] for image in page.all("img")] == ["data:image/png;base64,b25l"] * 2
    assert [image["alt"] for image in page.all("img")] == ["picture, in the file", "picture, now"]
    odd = harmless(render([differing(Shown("picture", "image/x-odd", picture="AAAA"))], 1.0))
    assert not odd.all("img") and "(image/x-odd)" in odd.text


ATTACKS = [
    "<script>alert(1)</script>",
    "</pre></style><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "<!-- ",
    "]]><svg/onload=alert(1)>",
    "\x00<iframe srcdoc='&lt;script&gt;'>",
    "\ud83d half an emoji",
]
texts = st.one_of(st.text(), st.sampled_from(ATTACKS))
rows = st.lists(st.lists(texts, min_size=2, max_size=2).map(tuple), max_size=4).map(tuple)
sides = st.one_of(
    st.builds(Shown, st.just("text"), st.sampled_from(["stdout", "text/html", "error"]), texts),
    st.builds(Shown, st.just("table"), st.just("text/html"), rows=rows),
    st.builds(Shown, st.just("picture"), st.one_of(st.just("image/svg+xml"), texts), picture=texts),
)


@given(sides, sides, texts, texts)
def test_nothing_of_an_output_becomes_markup(old: Shown, new: Shown, name: str, source: str) -> None:
    broken = RunFailure(CellId("a"), 0, name, source, source, name)
    path = name.replace("\0", "") or "n"
    told = differing(old, new, path, source)
    failed = NotebookRun(told.path, told.file, RunReport("failed", failure=broken, notes=(source,)))
    harmless(render([told, failed], 1.0).encode("utf-8", "replace").decode())
