"""Takes out of an output what changes from run to run though the notebook computes the same."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable
from html.parser import HTMLParser
from itertools import repeat
from pathlib import Path

from offbook.running.outputs import plain

RELATIVE = 1e-6
"""How far two decimal numbers may lie apart, relative to them, and count as equal. Whole numbers must be equal."""
_NEAR_ZERO = 1e-6
"""What part of the relative tolerance is the absolute one."""

_TEMPORARY = "|".join(re.escape(folder) for folder in sorted({tempfile.gettempdir(), "/tmp", "/var/tmp"}))
_CHANGING = (
    (re.compile(r"(?:(?<!\S)\S*/ipykernel_\d+/\d+\.py|<ipython-input-\d+-[0-9a-f]+>)"), "<cell>"),
    (re.compile(rf"(?:{_TEMPORARY})/tmp\w{{8}}"), "<temporary>"),
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),
    (re.compile(r"^CPU times: .*$", re.MULTILINE), "CPU times: …"),
    (re.compile(r"^Wall time: .*$", re.MULTILINE), "Wall time: …"),
    (re.compile(r"^.* (?:per loop|loops? each|best of \d+).*$", re.MULTILINE), "… per loop"),
    (re.compile(r"(?<!\d)\d+%\|[^|\n]*\|\s*[\d.]+\w?/[\d.?]+\w? \[[^\]\n]*\]"), "<progress>"),
    (re.compile(r"^\S.*?:\d+: (?:Pending)?DeprecationWarning: .*\n(?:  .*(?:\n|\Z))?", re.MULTILINE), ""),
    (re.compile(r"^\S.*?:\d+: (?=\w*Warning\b)", re.MULTILINE), ""),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"(?<![0-9a-fA-F])(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{32}(?![0-9a-fA-F])"), "<id>"),
    (re.compile(r"<Figure size \d+x\d+ with "), "<Figure with "),
)
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")


def normalize(text: str, folders: Iterable[Path] = ()) -> str:
    """Return the text without memory addresses, timings, temporary paths and the like.

    Deprecation warnings go as well: Python shows them for code in a notebook, and hides them for the same code in a
    module.

    Args:
        text: an output's text.
        folders: the folders that stand for the workspace in one run.
    """
    text = plain(text)
    for folder in folders:
        text = text.replace(str(folder), "<workspace>")
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return text


def same_text(before: str, after: str, tolerance: float = RELATIVE) -> bool:
    """Tell whether two normalised texts agree, decimal numbers within a relative tolerance."""
    if before == after:
        return True
    if _NUMBER.sub("#", before) != _NUMBER.sub("#", after):
        return False
    pairs = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True)
    return all(one == other or _close(one, other, tolerance) for one, other in pairs)


def _close(one: str, other: str, tolerance: float) -> bool:
    if not any(mark in one + other for mark in ".eE"):
        return False
    return _near(float(one), float(other), tolerance)


def _near(one: float, other: float, tolerance: float) -> bool:
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance * _NEAR_ZERO)


def same_json(before: object, after: object, tolerance: float = RELATIVE) -> bool:
    """Tell whether two JSON values agree, decimal numbers within a relative tolerance."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(same_json(before[key], after[key], tolerance) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(same_json, before, after, repeat(tolerance)))
    if isinstance(before, float) and isinstance(after, float):
        return before == after or _near(before, after, tolerance)
    if isinstance(before, str) and isinstance(after, str):
        return same_text(normalize(before), normalize(after), tolerance)
    return type(before) is type(after) and before == after


def html_text(html: str) -> str:
    """Return the text of HTML, one piece a line, scripts included (they hold the data of plots)."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.pieces)


class _Text(HTMLParser):
    """Collects text outside ``<style>``."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self.style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self.style = False

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.style:
            self.pieces.append(" ".join(data.split()))
