"""The diagnoser alone, in this process: what a real client cannot bring about on purpose."""

from __future__ import annotations

import asyncio
import threading

import pytest
from lsprotocol import types

from offbook.lsp import diagnosing
from offbook.lsp.diagnosing import Diagnoser
from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.session import Session

pytestmark = pytest.mark.asyncio


class Harness:
    """A session with one notebook, and what is published of it."""

    def __init__(self, *sources: str) -> None:
        self.session = Session()
        self.published: list[types.PublishDiagnosticsParams] = []
        self.diagnoser = Diagnoser(self.session, self.published.append, lambda message: None)
        cells = [types.NotebookCell(types.NotebookCellKind.Code, f"cell:{n}") for n in range(len(sources))]
        texts = [types.TextDocumentItem(f"cell:{n}", "python", 1, text) for n, text in enumerate(sources)]
        document = types.NotebookDocument("untitled:a.ipynb", "jupyter-notebook", 1, cells)
        self.session.open_notebook(OpenNotebook.opened(types.DidOpenNotebookDocumentParams(document, texts)))
        self.notebook = self.session.notebook("untitled:a.ipynb")

    def write(self, cell: str, text: str) -> None:
        version = self.notebook.document.cell(cell).document.version + 1
        content = types.NotebookDocumentCellContentChanges(
            types.VersionedTextDocumentIdentifier(version, cell), [types.TextDocumentContentChangeWholeDocument(text)]
        )
        change = types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(text_content=[content]))
        identifier = types.VersionedNotebookDocumentIdentifier(version, self.notebook.uri)
        params = types.DidChangeNotebookDocumentParams(identifier, change)
        self.notebook.change(params, self.session.codec)
        self.diagnoser.touch(self.notebook.uri)

    async def settled(self) -> None:
        while tasks := list(self.diagnoser._tasks.values()):
            await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 20)

    @property
    def told(self) -> list[tuple[str, int | None, list[object]]]:
        return [(item.uri, item.version, [found.code for found in item.diagnostics]) for item in self.published]


async def test_a_result_that_is_outdated_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = Harness("print(first)")
    going, go_on = threading.Event(), threading.Event()
    runs = []
    original = diagnosing._run

    def slow(*arguments):
        runs.append(arguments[1].cells[0].source)
        going.set()
        go_on.wait(10)
        return original(*arguments)

    monkeypatch.setattr(diagnosing, "_run", slow)
    harness.diagnoser.touch(harness.notebook.uri)
    await asyncio.to_thread(going.wait, 10)
    for number in range(5):
        harness.write("cell:0", f"print(later_{number})")
    go_on.set()
    await harness.settled()
    assert runs == ["print(first)", "print(later_4)"]
    assert harness.told == [("cell:0", 6, ["OB102"])]
    assert "later_4" in harness.published[0].diagnostics[0].message


async def test_what_is_learned_of_other_files_during_a_check_calls_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = Harness("print(first)")
    going, go_on = threading.Event(), threading.Event()
    runs = []
    original = diagnosing._run

    def slow(*arguments):
        runs.append(arguments[1].cells[0].source)
        going.set()
        go_on.wait(10)
        return original(*arguments)

    monkeypatch.setattr(diagnosing, "_run", slow)
    harness.diagnoser.touch(harness.notebook.uri)
    await asyncio.to_thread(going.wait, 10)
    harness.diagnoser.touch(harness.notebook.uri)
    go_on.set()
    await harness.settled()
    assert runs == ["print(first)", "print(first)"]
    assert harness.told == [("cell:0", 1, ["OB102"])]


async def test_a_notebook_closed_during_a_check_is_told_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = Harness("print(first)")
    going, go_on = threading.Event(), threading.Event()
    original = diagnosing._run

    def slow(*arguments):
        going.set()
        go_on.wait(10)
        return original(*arguments)

    monkeypatch.setattr(diagnosing, "_run", slow)
    harness.diagnoser.touch(harness.notebook.uri)
    await asyncio.to_thread(going.wait, 10)
    harness.diagnoser.forget(harness.session.notebooks.pop(harness.notebook.uri))
    go_on.set()
    await asyncio.sleep(0.2)
    assert harness.told == []


async def test_a_crash_of_the_analysis_is_one_visible_finding(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    harness = Harness("print(first)", "print(second)")
    original = diagnosing._run

    def crash(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(diagnosing, "_run", crash)
    harness.diagnoser.touch(harness.notebook.uri)
    await harness.settled()
    assert harness.told == [("cell:0", 1, ["OB900"])]
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setattr(diagnosing, "_run", original)
    harness.write("cell:0", "first = 1")
    await harness.settled()
    assert harness.told[1:] == [("cell:0", 2, []), ("cell:1", 1, ["OB102"])]


async def test_unchanged_findings_are_not_made_again() -> None:
    harness = Harness("print(a)", "print(b)", "x = 1")
    harness.diagnoser.touch(harness.notebook.uri)
    await harness.settled()
    before = dict(harness.notebook.published)
    harness.write("cell:2", "x = 2")
    await harness.settled()
    assert all(harness.notebook.published[cell][1] is before[cell][1] for cell in ("cell:0", "cell:1"))
    assert len(harness.published) == 2
