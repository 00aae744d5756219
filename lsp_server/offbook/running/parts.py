"""What the cells of a run show, in the pieces that are compared one by one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from offbook.notebook import CellId
from offbook.running.normalize import RELATIVE, html_text, normalize, same_json, same_text
from offbook.running.pixels import same_encoded_picture
from offbook.running.report import RunReport

_SHOWN = 2000
_KINDS = {"stdout": "text", "stderr": "text on stderr", "text/html": "table or HTML", "error": "error"}


class Part(NamedTuple):
    """One thing that a cell shows: a stream, one format of a display, an error.

    Attributes:
        label: ``stdout``, ``stderr``, ``error`` or the mime type.
        value: its normalised text, or what the format holds.
    """

    label: str
    value: Any

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
        text = self.value if isinstance(self.value, str) and not self.picture else f"({self.label})"
        return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

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
    """Return what each cell shows, under the id that it has now; adjoining streams of one name are joined."""
    found: dict[CellId, list[Part]] = {}
    for run in report.cells:
        parts = found.setdefault(moved.get(run.cell, run.cell), [])
        for output in run.outputs:
            for part in _parts(output, folder):
                if part.label in ("stdout", "stderr") and parts and parts[-1].label == part.label:
                    part = Part(part.label, parts.pop().value + part.value)
                parts.append(part)
    return {cell: [part for part in parts if part.value != ""] for cell, parts in found.items()}


def _parts(output: Mapping[str, Any], folder: Path) -> list[Part]:
    """Split one output into what is compared on its own."""
    kind = output.get("output_type")
    if kind == "stream":
        return [Part(str(output.get("name")), normalize(str(output.get("text")), [folder]))]
    if kind == "error":
        return [Part("error", normalize(f"{output.get('ename')}: {output.get('evalue')}", [folder]))]
    data = output.get("data") or {}
    return [Part(mime, _comparable(mime, data[mime], folder)) for mime in sorted(data)]


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
    if before.shown() == after.shown():
        return before.shown(), after.shown()
    one, other = before.shown().split("\n"), after.shown().split("\n")
    lines = enumerate(zip(one, other, strict=False))
    at = next((i for i, (x, y) in lines if not same_text(x, y, tolerance)), min(len(one), len(other)))
    at = min(at, len(one) - 1, len(other) - 1)
    return "\n".join(one[at : at + 5]), "\n".join(other[at : at + 5])
