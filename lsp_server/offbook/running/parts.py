"""What the cells of a run show, in the pieces that are compared one by one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from offbook.notebook import CellId
from offbook.running.display import join_streams
from offbook.running.normalize import RELATIVE, html_text, normalize, same_json, same_text
from offbook.running.pixels import same_encoded_picture
from offbook.running.report import RunReport

_SHOWN = 2000
_LEAD = 100
"""Characters of a line that are shown before what differs in it."""

_KINDS = {"stdout": "text", "stderr": "text on stderr", "text/html": "table or HTML", "error": "error"}


class Part(NamedTuple):
    """One thing that a cell shows: a stream, one format of a display, an error.

    Attributes:
        label: ``stdout``, ``stderr``, ``error`` or the mime type.
        value: its normalised text, or what the format holds.
        output: the number of the output that it belongs to, among those of its cell.
        raw: what the format holds, where ``value`` is made of it.
    """

    label: str
    value: Any
    output: int = 0
    raw: Any = None

    @property
    def picture(self) -> bool:
        """Whether it is a picture made of pixels."""
        return self.label.startswith("image/") and self.label != "image/svg+xml"

    @property
    def kind(self) -> str:
        """What it is, in the user's words."""
        return "picture" if self.label.startswith("image/") else _KINDS.get(self.label, "result")

    def shown(self) -> str:
        """Return it for a message, cut where it is long."""
        return _cut(self.text)

    @property
    def text(self) -> str:
        """Its text; what it is, where it is none."""
        return self.value if isinstance(self.value, str) and not self.picture else f"({self.label})"

    def agrees(self, other: Part, tolerance: float = RELATIVE) -> bool:
        """Tell whether both show the same, decimal numbers within a relative tolerance."""
        if self.label != other.label:
            return False
        if self.picture:
            return same_encoded_picture(str(self.value), str(other.value))
        if isinstance(self.value, str) and isinstance(other.value, str):
            return same_text(self.value, other.value, tolerance)
        return same_json(self.value, other.value, tolerance)


def gather_parts(report: RunReport, folder: Path, moved: Mapping[CellId, CellId]) -> dict[CellId, list[Part]]:
    """Return what each cell shows, under the id that it has now; texts are joined by :func:`join_streams`."""
    outputs: dict[CellId, list[Mapping[str, Any]]] = {}
    for run in report.cells:
        outputs.setdefault(moved.get(run.cell, run.cell), []).extend(run.outputs)
    found = {}
    for cell, shown in outputs.items():
        numbered = enumerate(join_streams(map(dict, shown)))
        parts = [part._replace(output=number) for number, output in numbered for part in _parts(output, folder)]
        found[cell] = [part for part in parts if part.value != ""]
    return found


def _parts(output: Mapping[str, Any], folder: Path) -> list[Part]:
    """Split one output into what is compared on its own."""
    kind = output.get("output_type")
    if kind == "stream":
        return [Part(str(output.get("name")), normalize(str(output.get("text")), [folder]))]
    if kind == "error":
        return [Part("error", normalize(f"{output.get('ename')}: {output.get('evalue')}", [folder]))]
    data = output.get("data") or {}
    return [Part(mime, _comparable(mime, data[mime], folder), raw=data[mime]) for mime in sorted(data)]


def _comparable(mime: str, value: Any, folder: Path) -> Any:
    if mime == "application/vnd.jupyter.widget-view+json":
        return "(widget)"
    if mime == "text/html":
        return normalize(html_text(str(value)), [folder])
    if isinstance(value, str) and (mime.startswith("text/") or mime in ("image/svg+xml", "application/javascript")):
        return normalize(value, [folder])
    return value


def excerpts(before: Part, after: Part, tolerance: float = RELATIVE) -> tuple[str, str]:
    """Return the first lines that differ, or what kind of thing both are."""
    one, other = before.text.split("\n"), after.text.split("\n")
    lines = enumerate(zip(one, other, strict=False))
    at = next((i for i, (x, y) in lines if not same_text(x, y, tolerance)), min(len(one), len(other)))
    at = min(at, len(one) - 1, len(other) - 1)
    pairs = enumerate(zip(one[at], other[at], strict=False))
    start = next((i for i, (x, y) in pairs if x != y), 0) - _LEAD
    if start > _LEAD:
        one[at], other[at] = f"…{one[at][start:]}", f"…{other[at][start:]}"
    return _cut("\n".join(one[at : at + 5])), _cut("\n".join(other[at : at + 5]))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
