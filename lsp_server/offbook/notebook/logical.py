"""Finds where logical lines of Python start, in text that need not be valid Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

from offbook.text.patterns import pattern

_TOKEN = pattern(
    r"""
    (?P<comment>\#.*)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<triple>(?:\b[rRbBuUfFtT]{1,2})?(?:\"{3}|'{3}))
  | (?P<string>(?:\b[rRbBuUfFtT]{1,2})?(?:"(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?))
    """,
    re.VERBOSE,
)


def logical_starts(lines: list[str]) -> Iterator[int]:
    """Yield the number of each line that starts a logical line.

    Lines inside a triple-quoted string or an open bracket, and lines behind a backslash, do not start one. The text of
    a line is looked at only after its number was yielded, so a caller may replace it first (a magic by a comment).
    """
    depth = 0
    quote = ""
    continued = False
    for number in range(len(lines)):
        if not (depth or quote or continued):
            yield number
        line = lines[number]
        at = 0
        while at < len(line):
            if quote:
                at = _string_end(line, at, quote)
                if at < 0:
                    break
                quote = ""
                continue
            token = _TOKEN.search(line, at)
            if token is None or token.lastgroup == "comment":
                break
            at = token.end()
            if token.lastgroup == "open":
                depth += 1
            elif token.lastgroup == "close":
                depth = max(0, depth - 1)
            elif token.lastgroup == "triple":
                quote = token.group()[-3:]
        continued = not quote and line.endswith("\\") and not line.lstrip().startswith("#")


def _string_end(line: str, at: int, quote: str) -> int:
    """Return where a triple-quoted string that is open at ``at`` ends; -1 where it goes on."""
    while True:
        end = line.find(quote, at)
        backslash = line.find("\\", at)
        if end < 0 or not 0 <= backslash < end:
            return -1 if end < 0 else end + 3
        at = backslash + 2
