import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.text import Edit, EditConflictError, Lines, Position, Span, apply_edits, replacement, split_lines

TEXTS = st.text(alphabet="ab\n\r\t é😀漢\x0c\u2028", max_size=40)


@given(TEXTS)
def test_lines_joined_with_their_ends_are_the_text(text: str) -> None:
    lines = Lines(text)
    assert len(lines) == len(split_lines(text))
    assert [lines.line(number) for number in range(len(lines))] == split_lines(text)


@given(TEXTS, st.integers(0, 40))
def test_a_position_leads_back_to_its_offset(text: str, offset: int) -> None:
    lines = Lines(text)
    offset = min(offset, len(text))
    if text[offset - 1 : offset + 1] == "\r\n":
        return  # no position is inside a line's end
    assert lines.offset(lines.position(offset)) == offset


@given(TEXTS, st.integers(0, 40))
def test_utf16_columns_lead_back(text: str, offset: int) -> None:
    lines = Lines(text)
    position = lines.position(min(offset, len(text)))
    position = Position(position.line, min(position.column, len(lines.line(position.line))))
    assert lines.from_utf16(*lines.to_utf16(position)) == position


@given(TEXTS, st.integers(0, 40))
def test_utf8_columns_lead_back(text: str, offset: int) -> None:
    lines = Lines(text)
    position = lines.position(min(offset, len(text)))
    prefix = lines.line(position.line)[: position.column]
    assert lines.from_utf8(position.line, len(prefix.encode())) == Position(position.line, len(prefix))


def test_an_emoji_counts_two_in_utf16() -> None:
    lines = Lines("a😀b")
    assert lines.to_utf16(Position(0, 2)) == Position(0, 3)
    assert lines.from_utf16(0, 3) == Position(0, 2)


@given(TEXTS, TEXTS)
def test_the_replacement_of_one_text_by_another_does_it(before: str, after: str) -> None:
    edit = replacement(before, after)
    assert (edit is None) == (before == after)
    assert edit is None or apply_edits(before, [edit]) == after


@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), TEXTS), max_size=4))
def test_edits_that_do_not_overlap_are_made_together(text: str, raw: list[tuple[int, int, str]]) -> None:
    lines = Lines(text)
    places = sorted({min(offset, len(text)) for start, end, _ in raw for offset in (start, end)})
    places = [place for place in places if text[place - 1 : place + 1] != "\r\n"]
    pairs = list(zip(places[::2], places[1::2], strict=False))
    edits = [
        Edit(Span(lines.position(start), lines.position(end)), new)
        for (start, end), (_, _, new) in zip(pairs, raw, strict=False)
    ]
    expected, shift = text, 0
    for (start, end), edit in zip(pairs, edits, strict=False):
        expected = expected[: start + shift] + edit.text + expected[end + shift :]
        shift += len(edit.text) - (end - start)
    assert apply_edits(text, reversed(edits)) == expected


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(EditConflictError):
        apply_edits("abcdef", [Edit(Span.on_line(0, 0, 3), "x"), Edit(Span.on_line(0, 2, 4), "y")])
