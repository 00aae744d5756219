from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from msgspec.structs import replace

from offbook.lsp.documents import Document
from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.positions import PositionCodec, wire_range, wire_span
from offbook.lsp.stored import as_file, match_stored, snapshot
from offbook.lsp.uris import name_of, path_of, uri_of
from offbook.notebook import Cell, CellId, DeleteCell, Notebook, Output, ReplaceSource, read_notebook
from offbook.text import Lines, Span

TEXTS = st.text(st.sampled_from("ab é漢😀\n\r\t\x0c\u2028\ud800"), max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])
UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def client_position(text: str, offset: int, encoding: str) -> types.Position:
    """Count as a client does, straight from the specification."""
    before = text[:offset]
    lines = re.split(r"\r\n|\r|\n", before)
    codec, size = UNITS[encoding]
    return types.Position(len(lines) - 1, len(lines[-1].encode(codec, "surrogatepass")) // size)


def splits_line_end(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n" if offset else False


@given(TEXTS, TEXTS, st.data(), ENCODINGS)
def test_a_change_lands_where_the_client_means_it(text: str, new: str, data: st.DataObject, encoding: str) -> None:
    offsets = st.integers(0, len(text)).filter(lambda offset: not splits_line_end(text, offset))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    place = types.Range(client_position(text, start, encoding), client_position(text, end, encoding))
    change = types.TextDocumentContentChangePartial(place, new)
    after = Document("u", 1, "python", text).changed(2, [change], PositionCodec(encoding))
    assert (after.text, after.version) == (text[:start] + new + text[end:], 2)


@given(TEXTS, st.data(), ENCODINGS)
def test_positions_come_back(text: str, data: st.DataObject, encoding: str) -> None:
    offset = data.draw(st.integers(0, len(text)).filter(lambda offset: not splits_line_end(text, offset)))
    lines, codec = Lines(text), PositionCodec(encoding)
    place = lines.position(offset)
    sent = codec.range(lines, Span(place, place)).start
    assert sent == client_position(text, offset, encoding)
    assert codec.position(lines, sent) == place


@given(TEXTS, st.integers(0, 40), st.integers(0, 90), ENCODINGS)
def test_positions_past_an_end_are_moved_back(text: str, line: int, column: int, encoding: str) -> None:
    lines = Lines(text)
    found = PositionCodec(encoding).position(lines, types.Position(line, column))
    assert lines.position(lines.offset(found)) == found


@given(TEXTS, st.data())
def test_ranges_of_our_own_messages_come_back(text: str, data: st.DataObject) -> None:
    lines = Lines(text)
    offsets = st.integers(0, len(text)).filter(lambda offset: not splits_line_end(text, offset))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    span = Span(lines.position(start), lines.position(end))
    assert wire_span(lines, wire_range(lines, span)) == span


def test_a_reversed_range_is_turned() -> None:
    place = types.Range(types.Position(0, 3), types.Position(0, 1))
    assert PositionCodec().span(Lines("abcd"), place) == Span.on_line(0, 1, 3)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.ipynb", "/a/b c.ipynb"),
        ("file:///a/%E6%BC%A2.ipynb", "/a/漢.ipynb"),
        ("file:///c%3A/x/y.py", "c:/x/y.py"),
        ("untitled:Untitled-1.ipynb", None),
        ("vscode-notebook-cell:/a/b.ipynb#W1", None),
        ("file:///a%00b", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_paths_of_uris(uri: str, path: str | None) -> None:
    assert path_of(uri) == (None if path is None else Path(path))


def test_uris_of_paths_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a b#漢%20.py"
    assert path_of(uri_of(path)) == path


@pytest.mark.parametrize(
    ("uri", "name"),
    [("untitled:Untitled-1.ipynb?x", "Untitled-1.ipynb"), ("file:///a/b%20c.ipynb", "b c.ipynb"), ("", "untitled")],
)
def test_names_of_uris(uri: str, name: str) -> None:
    assert name_of(uri) == name


def opened(*cells: tuple[str, str], **extra: object) -> OpenNotebook:
    """Return an open notebook: cells as (language, source)."""
    metadata = extra.get("cell_metadata", [None] * len(cells))
    made = [
        types.NotebookCell(
            types.NotebookCellKind.Markup if language == "markdown" else types.NotebookCellKind.Code,
            f"cell:{number}",
            metadata=metadata[number],  # type: ignore[index]
        )
        for number, (language, _) in enumerate(cells)
    ]
    texts = [types.TextDocumentItem(f"cell:{number}", *item[:1], 1, item[1]) for number, item in enumerate(cells)]
    document = types.NotebookDocument("file:///a.ipynb", "jupyter-notebook", 1, made, extra.get("metadata"))  # type: ignore[arg-type]
    return OpenNotebook.opened(types.DidOpenNotebookDocumentParams(document, texts))


@pytest.mark.parametrize(
    "depth", [lambda found: found, lambda found: {"metadata": found}, lambda found: {"custom": found}]
)
def test_metadata_is_found_where_editors_keep_it(depth) -> None:
    notebook = opened(
        ("python", "x"),
        metadata=depth({"kernelspec": {"name": "conda-ml", "language": "python"}}),
        cell_metadata=[depth({"id": "aa", "tags": ["parameters", 3]})],
    )
    assert (notebook.kernel, notebook.language) == ("conda-ml", "python")
    assert (notebook.cells[0].file_id, notebook.cells[0].tags) == ("aa", ("parameters",))


def test_the_language_is_that_of_most_cells_where_nothing_tells_it() -> None:
    assert opened(("r", "x"), ("r", "y"), ("python", "z"), ("markdown", "t")).language == "r"
    assert opened(("markdown", "t")).language == "python"


def test_kinds_of_cells() -> None:
    notebook = opened(("python", "x"), ("markdown", "t"), ("raw", "r"))
    assert [cell.kind for cell in notebook.cells] == ["code", "markdown", "raw"]


def saved(*cells: tuple[str, str]) -> Notebook:
    out = Output("stream", "stdout", (), 1, 1, 0, 1)
    made = (
        Cell(CellId(name), "code", source, number, outputs=(out,)) for number, (name, source) in enumerate(cells, 1)
    )
    return Notebook(Path("a.ipynb"), tuple(made))


def test_saved_cells_are_found_by_id_and_then_by_source() -> None:
    notebook = opened(("python", "a"), ("python", "b"), ("python", "same"), ("python", "same"), ("python", "new"))
    cells = [types.NotebookCell(types.NotebookCellKind.Code, "cell:0", {"id": "x"})]
    params = types.DidChangeNotebookDocumentParams(
        types.VersionedNotebookDocumentIdentifier(2, notebook.uri),
        types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(data=cells)),
    )
    notebook = notebook.changed(params, PositionCodec())
    found = match_stored(notebook, saved(("s1", "same"), ("x", "edited since"), ("y", "b"), ("s2", "same")))
    names = {uri: cell.id for uri, cell in found.items()}
    assert names == {"cell:0": "x", "cell:1": "y", "cell:2": "s1", "cell:3": "s2"}


def test_a_snapshot_joins_client_and_file() -> None:
    notebook = opened(("python", "a"), ("python", "b"))
    stored = match_stored(notebook, saved(("1", "a"), ("2", "b")))
    told = Output("error", "ValueError")
    made = snapshot(notebook, Path("a.ipynb"), stored, {"cell:1": (told,)})
    assert [cell.execution_count for cell in made.cells] == [1, 2]
    assert made.cells[0].outputs[0].kind == "stream"
    assert made.cells[1].outputs == (told,)
    session = NotebookSession(notebook, Path("a.ipynb"), saved=True)
    session.take_stored(replace(saved(("1", "a"), ("2", "b")), kernel="from-file"))
    assert session.snapshot().kernel == "from-file"
    later = snapshot(notebook.counted({"cell:0": 9}), Path("a.ipynb"), stored, {})
    assert later.cells[0].execution_count == 9
    assert later.cells[0].outputs == ()


@given(st.lists(st.tuples(st.sampled_from(["python", "markdown", "raw"]), TEXTS), min_size=1, max_size=4))
def test_an_open_notebook_as_a_file_takes_changes(cells: list[tuple[str, str]]) -> None:
    notebook = snapshot(opened(*cells), Path("a.ipynb"), {}, {})
    file = as_file(notebook)
    first = notebook.cells[0].id
    read = read_notebook(file.render([ReplaceSource(first, "new\ntext")]), Path("a.ipynb"))
    assert [cell.kind for cell in read.cells] == [cell.kind for cell in notebook.cells]
    assert [cell.source for cell in read.cells] == ["new\ntext", *(source for _, source in cells[1:])]
    assert len(read_notebook(file.render([DeleteCell(first)]), Path("a.ipynb")).cells) == len(cells) - 1
