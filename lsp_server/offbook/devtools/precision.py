"""Samples findings of real notebooks for somebody to judge, and makes the table of docs/precision.md of the judgements.

    python -m offbook.devtools.precision sample FOLDER --per-rule 12 --seed 1 > sample.csv
    python -m offbook.devtools.precision show FOLDER sample.csv
    python -m offbook.devtools.precision table judged.csv

A folder holds one folder for each repository. A judged sample has a verdict, ``right`` or ``wrong``, and a reason
in its last two columns.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from offbook.app.check import check_paths
from offbook.app.results import FoundCells
from offbook.diagnostics import Diagnostic
from offbook.notebook import Notebook, NotebookFile
from offbook.rules import all_rules
from offbook.text import split_lines

COLUMNS = ("code", "notebook", "cell", "line", "message", "verdict", "reason")
_CONTEXT = 14
"""So many lines of a cell are shown."""


@click.group()
def main() -> None:
    """Sample findings, show them, and count what was judged."""


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--per-rule", default=12, help="How many findings of each rule.")
@click.option("--seed", default=1, help="The seed of the random choice.")
@click.option("--rules", default="", help="Only these rules, by code: OB101,OB102.")
def sample(folder: Path, per_rule: int, seed: int, rules: str) -> None:
    """Print findings of the notebooks below FOLDER, chosen at random, as CSV: as many of each rule."""
    report = check_paths([folder], texts=False)
    found: dict[str, list[tuple[Path, FoundCells, Diagnostic]]] = {}
    for checked in report.notebooks:
        cells = checked.cells
        for item in checked.diagnostics:
            if cells is not None and (not rules or item.code in rules.split(",")):
                found.setdefault(item.code, []).append((checked.path, cells, item))
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    for code in sorted(found):
        for path, cells, item in choose(found[code], per_rule, random.Random(f"{seed} {code}")):
            place = (cells.index(item.cell) + 1, item.span.start.line + 1)
            writer.writerow((code, path.relative_to(folder).as_posix(), *place, item.message, "", ""))
    click.echo(f"{len(report.notebooks)} notebooks, {sum(map(len, found.values()))} findings", err=True)


def choose(
    found: Iterable[tuple[Path, FoundCells, Diagnostic]], number: int, chance: random.Random
) -> list[tuple[Path, FoundCells, Diagnostic]]:
    """Choose findings at random; no notebook gives a second one before every notebook has given one."""
    order = sorted(found, key=lambda entry: (str(entry[0]), entry[1].index(entry[2].cell), entry[2].span))
    chance.shuffle(order)
    seen: Counter[Path] = Counter()
    rounds = []
    for entry in order:
        rounds.append((seen[entry[0]], entry))
        seen[entry[0]] += 1
    return [entry for _, entry in sorted(rounds, key=lambda ranked: ranked[0])][:number]


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("sampled", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--code", default="", help="Only this rule.")
def show(folder: Path, sampled: Path, code: str) -> None:
    """Print each finding of a sample with the cells around it."""
    for number, row in enumerate(_rows(sampled), 1):
        if code in ("", row["code"]):
            click.echo(f"\n===== {number} {row['code']} {row['notebook']}, cell {row['cell']}, line {row['line']}")
            click.echo(f"      {row['message']}")
            file = NotebookFile.read(folder / row["notebook"])
            click.echo("\n".join(_surroundings(file.notebook, int(row["cell"]) - 1, int(row["line"]) - 1)))


def _surroundings(notebook: Notebook, index: int, line: int) -> Iterator[str]:
    for place in range(max(0, index - 1), min(len(notebook.cells), index + 2)):
        cell = notebook.cells[place]
        lines = split_lines(cell.source)
        start = max(0, line - _CONTEXT // 2) if place == index and len(lines) > _CONTEXT else 0
        mark = " <<<" if place == index else ""
        yield f"--- [{place + 1}] {cell.kind}, count {cell.execution_count}{mark}"
        yield from (text[:160] for text in lines[start : start + _CONTEXT])


@main.command()
@click.argument("judged", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def table(judged: tuple[Path, ...]) -> None:
    """Print the table of judged samples in Markdown: per rule, how many were judged, right and wrong, and why wrong."""
    rows = [row for file in judged for row in _rows(file)]
    for row in rows:
        if row["verdict"] not in ("right", "wrong"):
            raise click.ClickException(f"{row['code']} {row['notebook']}, cell {row['cell']}: no verdict")
    click.echo("| rule | | judged | right | wrong | why wrong |\n| --- | --- | ---: | ---: | ---: | --- |")
    for rule in all_rules():
        of_rule = [row for row in rows if row["code"] == rule.code]
        reasons = Counter(row["reason"] for row in of_rule if row["verdict"] == "wrong")
        if of_rule:
            wrong = sum(reasons.values())
            why = "; ".join(reason if count == 1 else f"{reason} ({count})" for reason, count in reasons.most_common())
            click.echo(f"| {rule.code} | {rule.name} | {len(of_rule)} | {len(of_rule) - wrong} | {wrong} | {why} |")
    right = sum(row["verdict"] == "right" for row in rows)
    click.echo(f"| all | | {len(rows)} | {right} | {len(rows) - right} | |")


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


if __name__ == "__main__":
    main()
