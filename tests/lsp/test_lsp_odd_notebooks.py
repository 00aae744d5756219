"""Whatever notebooks an editor opens and types, the server goes on: no crash, no traceback, no lost finding."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsp_client import start_editor, stop_editor
from lsp_editor import Editor, apply, capabilities, span
from lsprotocol import types

WITH_LOG = "import os, sys; os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), 2); "
LONG = 90.0
"""Seconds that the largest notebooks may take on a busy computer."""
SERVE = "from offbook.lsp.serve import serve_stdio; serve_stdio()"


class Watched:
    """An editor, and what its server writes to its log."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.log = folder / "log"
        command = [sys.executable, "-c", WITH_LOG + SERVE, str(self.log)]
        self.editor = self.loop.run_until_complete(start_editor(folder, command))
        self.run(self.editor.initialize(capabilities(), {"offbook": {"applyChanges": True}}))
        self.numbers = iter(range(10**9))

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def opened(self, sources: list[Any], name: str = "", **extra: Any) -> str:
        """Open cells, and one more that tells when they are checked."""
        canary = f"canary{next(self.numbers)}"
        uri = self.editor.open(name or f"{canary}.ipynb", [*sources, canary], **extra)
        await self._found(uri, canary)
        return uri

    async def settled(self, uri: str) -> None:
        """Wait until what was sent is checked: a new name in the last cell is found."""
        canary = f"canary{next(self.numbers)}"
        self.editor.write(self.editor.cells[uri][-1], canary)
        await self._found(uri, canary)

    async def _found(self, uri: str, canary: str) -> None:
        cell, found = self.editor.cells[uri][-1], self.editor.client.diagnostics
        await self.editor.until(lambda: [item for item in found.get(cell, ()) if canary in item.message], canary, LONG)

    def findings(self, uri: str) -> list[list[tuple[str, types.Range, str]]]:
        """Return what is shown in each cell but the last."""
        found = self.editor.client.diagnostics
        return [
            [(str(item.code), item.range, item.message) for item in found.get(cell, ())]
            for cell in self.editor.cells[uri][:-1]
        ]

    def is_well(self) -> bool:
        """Tell whether the server has told no crash, by whatever way."""
        codes = {str(item.code) for params in self.editor.published for item in params.diagnostics}
        log = self.log.read_text()
        assert "OB900" not in codes
        assert not log, log
        return not self.editor.client.messages


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One server for all of these notebooks: none of them may harm the next."""
    made = Watched(tmp_path_factory.mktemp("odd"))
    yield made
    made.run(stop_editor(made.editor))
    made.loop.close()


def cell(source: object, **values: object) -> dict[str, object]:
    made = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": 3, "source": source}
    return {**made, **values}


def document(*cells: object, **values: object) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **values})


SOUND = document(cell("print(here)"))
FILES: dict[str, str | bytes] = {
    "empty": "",
    "truncated": SOUND[:80],
    "NUL bytes": b"\0" * 500,
    "UTF-16": SOUND.encode("utf-16"),
    "latin-1": document(cell("é")).encode("latin-1", "replace"),
    "byte order mark": b"\xef\xbb\xbf" + SOUND.encode(),
    "carriage returns": SOUND.replace(", ", ",\r\n").encode(),
    "deep JSON": "[" * 100_000,
    "a merge conflict": f"<<<<<<< HEAD\n{SOUND}",
    "nbformat 3": json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["y"]}]}]}),
    "source is an object": document(cell({"a": 1})),
    "half an emoji": document(cell("'\ud83d'", id="\ud83d")),
    "ids that repeat": document(cell("print(here)"), cell("print(here)"), cell("print(here)", id=7)),
    "outputs of another shape": document(cell("print(here)", outputs=[3, {"output_type": "stream", "text": {"a": 1}}])),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_odd_on_the_disk_leaves_its_cells_checked(name: str, watched: Watched) -> None:
    content = FILES[name]
    path = watched.editor.root / f"{name}.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    uri = watched.run(watched.opened(["print(here)"], path.name, metadata=[{"id": "a"}]))
    assert "OB102" in [code for code, _, _ in watched.findings(uri)[0]]
    watched.editor.client.notebook_document_did_save(
        types.DidSaveNotebookDocumentParams(types.NotebookDocumentIdentifier(uri))
    )
    watched.run(watched.settled(uri))
    assert watched.is_well()
    watched.editor.close(uri)
    path.unlink()


CELLS: dict[str, tuple[list[Any], list[list[str]]]] = {
    "Python 2": (["print 'a'\nexec 'b'", "print(here)"], [["OB100"], ["OB102"]]),
    "no cells": ([], []),
    "NUL": (["x = '\0'", "print(here)"], [["OB100"], ["OB102"]]),
    "half an emoji": (["x = '\ud83d'", "print(here, '\ude00')"], [[], ["OB102"]]),
    "byte order mark": (["\ufeffx = 1", "print(here)"], [["OB100"], ["OB102"]]),
    "carriage returns": (["x = 1\r\nprint(here)\r\n", "y = 1\rprint(gone)"], [["OB102"], ["OB102"]]),
    "line separators": (["x = '\u2028\x0b'\n\x0cprint(here)"], [["OB102"]]),
    "deep parentheses": (["x = " + "(" * 5000 + ")" * 5000, "print(here)"], [["OB100"], ["OB102"]]),
    "deep blocks": (
        ["\n".join(" " * depth + "if deep:" for depth in range(150)) + "\n" + " " * 150 + "x", "print(here)"],
        [["OB100"], ["OB102"]],
    ),
    "a long chain": (["x = 1\nx" + ".a()" * 20_000, "print(here)"], [["OB100"], ["OB102"]]),
    "20,000 lines": (["\n".join(f"x{n} = f({n})" for n in range(20_000)), "print(x19999)"], [["OB102"], []]),
    "one line of 1 MB": (["x = '" + "a" * 1_000_000 + "'\nprint(here)"], [["OB102"]]),
}
"""What a user may see in the cells, of the rules that read code: OB100 to OB102."""


@pytest.mark.parametrize("name", CELLS)
def test_odd_cells_are_checked_one_by_one(name: str, watched: Watched) -> None:
    sources, expected = CELLS[name]
    uri = watched.run(watched.opened(sources))
    wanted = ("OB100", "OB101", "OB102")
    assert [[code for code, _, _ in found if code in wanted][:1] for found in watched.findings(uri)] == expected
    assert watched.is_well()
    watched.editor.close(uri)


@pytest.mark.parametrize(("language", "source"), [("r", "x <- f(y)"), ("julia", "using Plots\nplot(x)")])
def test_another_kernel_is_left_alone(language: str, source: str, watched: Watched) -> None:
    uri = watched.editor.open(f"{language}.ipynb", [(language, source), (language, "print(x)")])
    first = watched.editor.cells[uri][0]
    watched.run(watched.editor.actions(first, only=[types.CodeActionKind.SourceFixAll]))  # answered once it is checked
    assert not any(watched.editor.client.diagnostics.get(cell) for cell in watched.editor.cells[uri])
    assert watched.is_well()
    watched.editor.close(uri)


def test_five_thousand_cells_and_an_edit_in_the_middle(watched: Watched) -> None:
    uri = watched.run(watched.opened([f"x{n + 1} = x{n} + 1" for n in range(5000)]))
    assert [n for n, found in enumerate(watched.findings(uri)) if "OB102" in [code for code, _, _ in found]] == [0]
    watched.editor.write(watched.editor.cells[uri][2500], "print(gone)")
    watched.run(watched.editor.codes(watched.editor.cells[uri][2500], "OB102"))
    assert watched.is_well()
    watched.editor.close(uri)


def test_large_outputs_are_not_kept_in_memory(watched: Watched) -> None:
    size = 60_000_000
    text = "a line of output\n" * (size // 17)
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    path = watched.editor.root / "large.ipynb"
    path.write_text(document(cell("print(here)", outputs=outputs)))
    assert watched.editor.client._server is not None
    process = psutil.Process(watched.editor.client._server.pid)
    before = process.memory_info().rss
    uri = watched.run(watched.opened(["print(here)"], path.name, metadata=[{"id": "a"}]))
    shown = watched.run(watched.editor.until(lambda: {code for code, _, _ in watched.findings(uri)[0]} & {"OB201"}))
    assert shown
    assert process.memory_info().rss - before < size / 4
    watched.editor.close(uri)


SOURCES: list[Any] = [
    "x = 1",
    "print(x)",
    "import pandas as pd\ndf = pd.read_csv('a.csv')",
    "df = df.dropna()",
    "df.head()",
    "del x",
    "def f(a):\n    return a + x\n",
    "print 'a'",
    "x = '\0'",
    "s = '\ud83d'; print(s, t)",
    "é😀 = 1\u2028y",
    "name = '😀'; print(name, gone)",
    "%%bash\necho $x",
    "!ls {x}",
    "x?",
    "(",
    "'''",
    "\ufeffx = 1\r\nprint(y)\r\n",
    "y = " + "(" * 300,
    "# offbook: ignore[OB102]\nprint(q)",
    "print(q)  # offbook: ignore[NOPE]",
    "",
    ("markdown", "# Title"),
    ("raw", "x"),
]
TEXTS = ["", "x", "\n", "x = 2\n", "(", "😀", "\r\n", "\0", "print(z)", "\u2028", "    "]
NUMBERS = st.integers(0, 60)
STEPS = st.one_of(
    st.tuples(st.just("insert"), NUMBERS, st.sampled_from(SOURCES)),
    st.tuples(st.just("write"), NUMBERS, st.sampled_from([text for text in SOURCES if isinstance(text, str)])),
    st.tuples(st.just("type"), NUMBERS, NUMBERS, NUMBERS, st.sampled_from(TEXTS)),
    st.tuples(st.just("delete"), NUMBERS),
    st.tuples(st.just("move"), NUMBERS),
    st.tuples(st.just("again")),
    st.tuples(st.just("wait")),
)


async def perform(watched: Watched, uri: str, step: tuple[Any, ...]) -> None:
    """Do what a user may do to any cell but the last."""
    editor = watched.editor
    cells = editor.cells[uri][:-1]
    if step[0] == "insert":
        editor.insert(uri, step[1] % (len(cells) + 1), step[2])
    elif step[0] == "again":
        kept = [sources_of(editor, cell) for cell in editor.cells[uri]]
        editor.close(uri)
        editor.open(uri.rpartition("/")[2], kept)
    elif step[0] == "wait":
        await watched.settled(uri)
    elif cells:
        index = step[1] % len(cells)
        if step[0] == "write":
            editor.write(cells[index], step[2])
        elif step[0] == "delete":
            editor.delete(uri, index)
        elif step[0] == "move":
            editor.move_to_top(uri, index)
        else:
            type_into(editor, cells[index], *step[2:])


def sources_of(editor: Editor, cell: str) -> tuple[str, str]:
    return editor.languages[cell], editor.sources[cell]


def type_into(editor: Editor, cell: str, line: int, column: int, text: str) -> None:
    """Insert text where a cursor can stand: in front of a character, or at a line's end."""
    lines = editor.sources[cell].split("\n")
    line %= len(lines)
    before = lines[line].rstrip("\r")[:column]
    units = len(before.encode("utf-16-le", "surrogatepass")) // 2
    place = span(line, units, line, units)
    editor.write(cell, text, place)
    editor.sources[cell] = apply(editor.sources[cell], [types.TextEdit(place, text)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SOURCES), max_size=5), st.lists(STEPS, max_size=12))
def test_whatever_is_done_leads_where_a_fresh_open_does(
    watched: Watched, sources: list[Any], steps: list[tuple[Any, ...]]
) -> None:
    async def story() -> tuple[str, str]:
        uri = await watched.opened(sources)
        for step in steps:
            await perform(watched, uri, step)
        await watched.settled(uri)
        editor = watched.editor
        fresh = await watched.opened([sources_of(editor, cell) for cell in editor.cells[uri][:-1]])
        return uri, fresh

    uri, fresh = watched.run(story())
    assert watched.findings(uri) == watched.findings(fresh)
    assert watched.is_well()
    watched.editor.close(uri)
    watched.editor.close(fresh)
