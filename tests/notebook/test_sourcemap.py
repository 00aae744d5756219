import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.notebook import Cell, CellId, python_view
from offbook.text import Lines, Position, split_lines

SOURCES = st.lists(st.text(alphabet="ab%!? =\n\r😀漢é'\"\\(", max_size=20), max_size=6)


def cells_of(sources: list[str]) -> list[Cell]:
    kinds = ("code", "code", "markdown")
    return [Cell(CellId(f"c{number}"), kinds[number % 3], source) for number, source in enumerate(sources)]


@given(SOURCES)
def test_every_place_in_a_cell_leads_into_the_text_and_back(sources: list[str]) -> None:
    cells = cells_of(sources)
    text, source_map = python_view(cells)
    lines = split_lines(text)
    for cell in cells:
        if cell.kind != "code":
            continue
        for line, content in enumerate(split_lines(cell.source)):
            for column in (0, len(content)):
                there = source_map.to_text(cell.id, Position(line, column))
                assert len(lines[there.line]) == len(content)
                assert source_map.to_cell(there) == (cell.id, Position(line, column))


@given(SOURCES)
def test_every_line_of_the_text_comes_from_a_cell(sources: list[str]) -> None:
    cells = cells_of(sources)
    text, source_map = python_view(cells)
    if not source_map.cells:
        assert text == ""
        return
    seen = [source_map.to_cell(Position(line, 0)) for line in range(len(Lines(text)))]
    assert seen == sorted(set(seen), key=seen.index)
    assert [cell for cell, _ in seen] == sorted((cell for cell, _ in seen), key=[c.id for c in cells].index)


def test_a_place_outside_is_an_index_error() -> None:
    _, source_map = python_view(cells_of(["a", "b"]))
    with pytest.raises(IndexError):
        source_map.to_cell(Position(2, 0))
    with pytest.raises(IndexError):
        source_map.to_text(CellId("c0"), Position(1, 0))
