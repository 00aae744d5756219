"""Differences between outputs as HTML; nothing of an output becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import zip_longest

from offbook.running import Difference, Shown
from offbook.running.tables import Rows

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/svg+xml"})
_AROUND = 3
_LONGEST_DIFF = 4000
_LONGEST_LINE = 500
_NAMES = {"stdout": "text", "stderr": "text on stderr", "error": "error"}

Block = tuple[str, int, int, int, int]
"""A step of a diff: what happens to which items of the first and of the second sequence."""


def render_difference(found: Difference) -> str:
    """Return both sides of a difference: as one diff where they belong together, else side by side."""
    if len(found.old) == len(found.new) == 1 and found.old[0].kind == found.new[0].kind:
        before, after = found.old[0], found.new[0]
        if before.kind == "table":
            return _table_diff(before.rows, after.rows)
        if before.kind == "text":
            return _text_diff(before.text, after.text)
    return _sides(found.old, found.new)


def _sides(before: Sequence[Shown], after: Sequence[Shown]) -> str:
    columns = (("stored", "In the file", before), ("fresh", "Now", after))
    return '<div class="sides">' + "".join(_side(*column) for column in columns) + "</div>"


def _side(kind: str, title: str, items: Sequence[Shown]) -> str:
    shown = "".join(_item(item, f"{_name(item)}, {title.lower()}") for item in items) or '<p class="none">nothing</p>'
    return f'<div class="side {kind}"><h4>{title}</h4>{shown}</div>'


def _name(item: Shown) -> str:
    return "picture" if item.kind == "picture" else _NAMES.get(item.mime, "result")


def _item(item: Shown, label: str) -> str:
    if item.kind == "table":
        return _table("".join(f"<tr>{_cells(row)}</tr>" for row in item.rows))
    if item.kind == "picture" and item.mime in PICTURES:
        return f'<img alt="{escape(label)}" src="data:{item.mime};base64,{escape(item.picture)}">'
    return f"<pre>{escape(item.text or f'({item.mime})')}</pre>"


def _text_diff(before: str, after: str) -> str:
    """Return a diff by lines, in which lines that were replaced one by one show which words differ."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[str] = []
    for tag, a, b, c, d in _blocks(old, new):
        if tag == "equal":
            lines += [_line("same", " ", escape(text)) for text in new[c:d]]
        elif tag == "left out":
            lines.append(f'<div class="gap">{b - a} equal lines</div>')
        elif b - a == d - c:
            pairs = [_words(x, y) for x, y in zip(old[a:b], new[c:d], strict=True)]
            lines += [_line("removed", "-", pair[0]) for pair in pairs] + [
                _line("added", "+", pair[1]) for pair in pairs
            ]
        else:
            lines += [_line("removed", "-", escape(text)) for text in old[a:b]]
            lines += [_line("added", "+", escape(text)) for text in new[c:d]]
    return f'<div class="diff" role="group" aria-label="diff">{"".join(lines)}</div>'


def _line(kind: str, sign: str, content: str) -> str:
    return f'<div class="{kind}"><span class="sign">{sign}</span>{content}</div>'


def _words(before: str, after: str) -> tuple[str, str]:
    """Return two lines with what differs marked."""
    if max(len(before), len(after)) > _LONGEST_LINE:
        return escape(before), escape(after)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    sides = ((before, [(tag, a, b) for tag, a, b, _, _ in steps]), (after, [(tag, c, d) for tag, _, _, c, d in steps]))
    one, other = ("".join(_mark(text[a:b], tag) for tag, a, b in parts) for text, parts in sides)
    return one, other


def _mark(text: str, tag: str) -> str:
    return escape(text) if tag == "equal" or not text else f"<mark>{escape(text)}</mark>"


def _table_diff(before: Rows, after: Rows) -> str:
    """Return one table in which changed cells hold both values, and rows that are equal far and wide are left out."""
    rows: list[str] = []
    width = max(map(len, (*before, *after)), default=1)
    if before and after and len(before[0]) != len(after[0]):
        return _sides((Shown("table", "text/html", rows=before),), (Shown("table", "text/html", rows=after),))
    for tag, a, b, c, d in _blocks(before, after):
        if tag == "equal":
            rows += [f"<tr>{_cells(row)}</tr>" for row in after[c:d]]
        elif tag == "left out":
            rows.append(f'<tr class="gap"><td colspan="{width}">{b - a} equal rows</td></tr>')
        elif b - a == d - c:
            rows += [f"<tr>{_both(x, y)}</tr>" for x, y in zip(before[a:b], after[c:d], strict=True)]
        else:
            rows += [f'<tr class="removed">{_cells(row)}</tr>' for row in before[a:b]]
            rows += [f'<tr class="added">{_cells(row)}</tr>' for row in after[c:d]]
    return _table("".join(rows))


def _table(rows: str) -> str:
    return f'<div class="wide"><table>{rows}</table></div>'


def _cells(row: Iterable[str]) -> str:
    return "".join(f"<td>{escape(text)}</td>" for text in row)


def _both(before: Sequence[str], after: Sequence[str]) -> str:
    pairs = zip_longest(before, after, fillvalue="")
    return "".join(
        f"<td>{escape(y)}</td>" if x == y else f"<td><del>{escape(x)}</del> <ins>{escape(y)}</ins></td>"
        for x, y in pairs
    )


def _blocks(before: Sequence[object], after: Sequence[object]) -> Iterator[Block]:
    """Yield the steps of a diff; of equal items far from a change, only how many are left out (``left out``)."""
    if len(before) + len(after) > _LONGEST_DIFF:
        steps: Sequence[Block] = [("replace", 0, len(before), 0, len(after))]
    else:
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (tag, a, b, c, d) in enumerate(steps):
        head = 0 if number == 0 else _AROUND
        tail = 0 if number == len(steps) - 1 else _AROUND
        if tag != "equal" or b - a <= head + tail + 1:
            yield tag, a, b, c, d
            continue
        yield "equal", a, a + head, c, c + head
        yield "left out", a + head, b - tail, c + head, d - tail
        yield "equal", b - tail, b, d - tail, d
