"""``offbook graph``."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import click

from offbook.analysis import analyze
from offbook.analysis.links import Link
from offbook.app.graph import CellGraph, draw_graph, make_graph
from offbook.app.graph.groups import find_groups
from offbook.app.plan import read_notebook_file
from offbook.cli.echo import echo, printable
from offbook.errors import UserError
from offbook.notebook import CellId
from offbook.project import find_root
from offbook.project.project import Project
from offbook.refactor import Context
from offbook.text import write_atomically


@click.command(name="graph", short_help="Show what flows between the cells of a notebook.")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "svg", "html"]), default="text", show_default=True)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def command(notebook: Path, form: str, output: Path | None) -> None:
    """Show the cells of NOTEBOOK, what flows from one to the other, and what could become a function or a module.

    Nothing is run. In text and pictures cells count from 1, in JSON from 0. `late` marks a value that a cell needs
    before the cell that makes it has run.
    """
    read = read_notebook_file(notebook).notebook
    if read.language != "python":
        raise UserError(f"{notebook} is written in {read.language}: offbook reads Python notebooks only")
    analysis = analyze(read)
    graph = make_graph(analysis, find_groups(Context(analysis, Project(find_root(read.path)))))
    text = _WRITERS[form](graph, notebook)
    if output is not None:
        write_atomically(output, printable(text).encode())
    else:
        echo(text)


def _text(graph: CellGraph, notebook: Path) -> str:
    lines = [f"{notebook}: {len(graph.nodes)} cells, {len(graph.links)} links"]
    number = {node.cell: node.number + 1 for node in graph.nodes}
    headings = list(graph.headings)
    taken: dict[CellId, list[Link]] = {}
    for link in graph.links:
        taken.setdefault(link.target, []).append(link)
    for node in graph.nodes:
        while headings and headings[0].number < node.number:
            heading = headings.pop(0)
            lines.append(f"{'#' * heading.level} {heading.text}")
        lines.append(f"{node.number + 1:4}  {node.title}")
        for link in taken.get(node.cell, ()):
            below = ", which a run from the top reaches too late" if link.late else ""
            lines.append(f"        {', '.join(link.names)} from cell {number[link.source]}{below}")
    for group in graph.groups:
        cells = ", ".join(str(number[cell]) for cell in group.cells)
        what = "function" if group.refactoring == "extract.function" else "module"
        lines.append(f"{what}: cell{'s' if len(group.cells) > 1 else ''} {cells} -> {group.name}")
    return "\n".join(lines) + "\n"


def _json(graph: CellGraph, _notebook: Path) -> str:
    number = {node.cell: node.number for node in graph.nodes}
    data = {
        "cells": [
            {"cell": node.number, "id": node.cell, "title": node.title, "gives": node.gives, "state": node.state}
            for node in graph.nodes
        ],
        "links": [
            {"from": number[link.source], "to": number[link.target], "names": link.names, "late": link.late}
            for link in graph.links
        ],
        "groups": [
            {"refactoring": group.refactoring, "name": group.name, "cells": [number[cell] for cell in group.cells]}
            for group in graph.groups
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _svg(graph: CellGraph, notebook: Path) -> str:
    return draw_graph(graph, f"Cells of {notebook.name}")


def _html(graph: CellGraph, notebook: Path) -> str:
    title = f"Cells of {notebook.name}"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f'<body style="margin: 0">\n{draw_graph(graph, title)}</body>\n</html>\n'
    )


_WRITERS = {"text": _text, "json": _json, "svg": _svg, "html": _html}
