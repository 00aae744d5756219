"""Draws the cell graph as SVG: one row for each cell, lines on the left, colours by state.

The drawing holds no script. Every cell is a ``<g class="cell" data-cell="...">``, every line a
``<g class="bus" data-from="..." data-to="... ...">`` of row numbers, so that a page can light up what belongs together.
Colours are CSS variables (``--offbook-graph-*``) with defaults for light and dark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from offbook.analysis.links import Link
from offbook.app.graph.cells import CellGraph, CellNode, Group
from offbook.app.graph.lanes import Bus, lay_buses
from offbook.notebook import CellId

_ROW, _LANE, _MARGIN, _DOT, _TEXT, _WIDTH = 26, 9, 12, 5, 22, 560
_LONGEST = 56
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_STATES = {"ran": "ran", "changed": "changed since it ran", "not-run": "not run yet"}

STYLE = """
.offbook-graph { --text: var(--offbook-graph-text, #24292f); --muted: var(--offbook-graph-muted, #6e7781);
  --line: var(--offbook-graph-line, #8c959f); --late: var(--offbook-graph-late, #cf222e);
  --ran: var(--offbook-graph-ran, #1a7f37); --changed: var(--offbook-graph-changed, #bf8700);
  --back: var(--offbook-graph-back, #ffffff); --lit: var(--offbook-graph-lit, #0969da);
  --group: var(--offbook-graph-group, #8250df); font: 12px system-ui, sans-serif; background: var(--back); }
@media (prefers-color-scheme: dark) { .offbook-graph { --text: var(--offbook-graph-text, #e6edf3);
  --muted: var(--offbook-graph-muted, #8d96a0); --line: var(--offbook-graph-line, #6e7681);
  --late: var(--offbook-graph-late, #f85149); --ran: var(--offbook-graph-ran, #3fb950);
  --changed: var(--offbook-graph-changed, #d29922); --back: var(--offbook-graph-back, #0d1117);
  --lit: var(--offbook-graph-lit, #58a6ff); --group: var(--offbook-graph-group, #bc8cff); } }
.offbook-graph text { fill: var(--text); }
.offbook-graph .heading { font-weight: 600; }
.offbook-graph .number, .offbook-graph .gives { fill: var(--muted); }
.offbook-graph .cell { cursor: pointer; outline: none; }
.offbook-graph .cell rect { fill: transparent; }
.offbook-graph .cell:hover rect, .offbook-graph .cell:focus rect { fill: var(--lit); fill-opacity: 0.15; }
.offbook-graph .cell circle { fill: var(--back); stroke: var(--muted); stroke-width: 2; }
.offbook-graph .cell.ran circle { fill: var(--ran); stroke: var(--ran); }
.offbook-graph .cell.changed circle { fill: var(--changed); stroke: var(--changed); }
.offbook-graph .bus path { fill: none; stroke: var(--line); stroke-width: 1.5; }
.offbook-graph .bus .tip { fill: var(--line); stroke: none; }
.offbook-graph .bus.late path { stroke: var(--late); stroke-dasharray: 4 2; }
.offbook-graph .bus.late .tip { fill: var(--late); }
.offbook-graph .bus.lit path, .offbook-graph .bus:hover path { stroke: var(--lit); stroke-width: 2.5; }
.offbook-graph .bus.lit .tip, .offbook-graph .bus:hover .tip { fill: var(--lit); }
.offbook-graph .group { cursor: pointer; outline: none; }
.offbook-graph .group path { stroke: var(--group); stroke-width: 3; fill: none; }
.offbook-graph .group:hover path, .offbook-graph .group:focus path { stroke-width: 7; }
"""


def draw_graph(graph: CellGraph, title: str) -> str:
    """Return the graph as an SVG document; ``title`` names it for screen readers."""
    return "\n".join(_Drawing(graph).lines(title)) + "\n"


class _Drawing:
    def __init__(self, graph: CellGraph) -> None:
        self._graph = graph
        numbers = sorted([*(node.number for node in graph.nodes), *(heading.number for heading in graph.headings)])
        self._rows = {number: row for row, number in enumerate(numbers)}
        self._row_of: dict[CellId, int] = {node.cell: self._rows[node.number] for node in graph.nodes}
        self._numbers = {node.cell: node.number for node in graph.nodes}
        self._taken: dict[CellId, list[Link]] = {}
        for link in graph.links:
            self._taken.setdefault(link.target, []).append(link)
        self._buses = lay_buses(graph.links, self._row_of)
        self._x = _MARGIN + _LANE * max((bus.lane + 1 for bus in self._buses), default=0)

    def lines(self, title: str) -> Iterator[str]:
        width, height = self._x + _TEXT + _WIDTH, _ROW * max(len(self._rows), 1) + 8
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="offbook-graph" role="group" aria-label="{_clean(title)}" '
            f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        )
        yield f"<style>{STYLE}</style>"
        for bus in self._buses:
            yield from self._bus(bus)
        for heading in self._graph.headings:
            y = self._y(self._rows[heading.number])
            indent = 10 * (min(heading.level, 4) - 1)
            yield f'<text class="heading" x="{self._x + indent}" y="{y + 4}">{escape(_short(heading.text))}</text>'
        for node in self._graph.nodes:
            yield from self._cell(node)
        for group in self._graph.groups:
            yield from self._group(group)
        yield "</svg>"

    def _y(self, row: int) -> int:
        return 4 + _ROW * row + _ROW // 2

    def _cell(self, node: CellNode) -> Iterator[str]:
        row = self._row_of[node.cell]
        y = self._y(row)
        title, gives = _short(node.title), _short(", ".join(node.gives), 30)
        arrow = f" → {gives}" if gives else ""
        said = [f"cell {node.number + 1} {title}{arrow}", _STATES[node.state]]
        for link in self._taken.get(node.cell, ()):
            below = " below" if link.late else ""
            said.append(f"takes {', '.join(link.names)} from cell {self._numbers[link.source] + 1}{below}")
        words = _clean("; ".join(said))
        yield (
            f'<g class="cell {node.state}" tabindex="-1" role="button" data-cell="{_clean(node.cell)}" '
            f'data-row="{row}" aria-label="{words}"><title>{words}</title>'
        )
        yield f'<rect x="{self._x - 8}" y="{y - _ROW // 2}" width="{_TEXT + _WIDTH + 8}" height="{_ROW}" rx="4"/>'
        yield f'<circle cx="{self._x}" cy="{y}" r="{_DOT}"/>'
        yield (
            f'<text x="{self._x + _TEXT}" y="{y + 4}"><tspan class="number">{node.number + 1}</tspan> '
            f'<tspan dx="3">{escape(title)}</tspan><tspan class="gives" dx="5">{escape(arrow)}</tspan></text></g>'
        )

    def _bus(self, bus: Bus) -> Iterator[str]:
        rows = [self._row_of[target] for target in bus.targets]
        start, lane = self._row_of[bus.source], self._x - _DOT - _LANE * (bus.lane + 1)
        far = max(rows) if max(rows) > start else min(rows)
        down = 1 if far > start else -1
        words = _clean(f"{', '.join(bus.names)}{': used above the cell that makes it' if bus.late else ''}")
        to = " ".join(map(str, rows))
        yield f'<g class="bus{" late" if bus.late else ""}" data-from="{start}" data-to="{to}"><title>{words}</title>'
        near, end = self._x - _DOT - 1, self._y(far)
        from_y = self._y(start) + 3 * down
        parts = [f"M{near} {from_y}H{lane + 4}Q{lane} {from_y} {lane} {from_y + 4 * down}V{end - 3 * down - 4 * down}"]
        for row in rows:
            y = self._y(row) - 3 * down
            parts.append(f"M{lane} {y - 4 * down}Q{lane} {y} {lane + 4} {y}H{near - 3}")
        yield f'<path d="{"".join(parts)}"/>'
        tips = (self._y(row) - 3 * down for row in rows)
        yield "".join(f'<path class="tip" d="M{near + 1} {y}l-5 -3v6z"/>' for y in tips) + "</g>"

    def _group(self, group: Group) -> Iterator[str]:
        rows = [self._row_of[cell] for cell in group.cells if cell in self._row_of]
        if not rows:
            return
        top, bottom = self._y(min(rows)) - 9, self._y(max(rows)) + 9
        what = "function" if group.refactoring == "extract.function" else "module"
        words = _clean(f"could become a {what}: {group.name}")
        yield (
            f'<g class="group" tabindex="-1" role="button" data-refactoring="{group.refactoring}" '
            f'data-rows="{" ".join(map(str, rows))}" data-name="{_clean(group.name)}" aria-label="{words}">'
            f"<title>{words}</title>"
        )
        x = self._x + 13
        yield f'<path d="M{x} {top}V{bottom}"/></g>'


def _clean(text: str) -> str:
    return escape(_UNSEEN.sub("", text))


def _short(text: str, longest: int = _LONGEST) -> str:
    text = _UNSEEN.sub("", text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
