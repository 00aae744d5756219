"""``python -m offbook.devtools.bench navigation FOLDER``: how soon a workspace is indexed, and how fast it answers.

The server is started twice, without and with what the first one has written to the cache. Then names are chosen at
random in open notebooks and asked for, as by F12: those that the notebooks themselves bind, which may lead to other
cells and on into modules of the workspace. What comes from installed libraries is answered by jedi, and not asked for.
"""

from __future__ import annotations

import ast
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import click

from offbook.analysis import analyze
from offbook.devtools.bench.keystrokes import OFFBOOK
from offbook.devtools.bench.lspclient import Client
from offbook.devtools.bench.notebooks import Json, OpenNotebook, files_in
from offbook.notebook import NotebookError, NotebookFile
from offbook.project.files import find_files

_WORD = "a name that nothing has"


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--opened", type=click.IntRange(min=1), default=30, help="How many notebooks are open.")
@click.option("--asked", type=click.IntRange(min=1), default=300, help="How many names are asked for.")
def navigation(folder: Path, opened: int, asked: int) -> None:
    """Index the notebooks and modules below FOLDER, and ask for definitions and references."""
    folder = folder.resolve()
    open_notebooks, places = _notebooks(files_in(folder, opened))
    if not places:
        raise click.UsageError(f"no notebook below `{folder}` reads a name that it binds")
    files = find_files(folder)
    click.echo(f"{len(files.notebooks)} notebooks and {len(files.modules)} modules")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["OFFBOOK_CACHE_DIR"] = cache
        for name in ("anew", "again"):
            client = Client(OFFBOOK, str(folder))
            client.start(str(folder))
            took, _ = _timed(client, "workspace/symbol", {"query": _WORD})
            click.echo(f"indexed {name}: {took / 1e3:.1f} s")
            if name == "anew":
                client.stop()
        for notebook in open_notebooks:
            client.notify("notebookDocument/didOpen", notebook.opened())
        client.settle(8)
        for method, chosen in (("definition", asked), ("references", max(1, asked // 3))):
            chance = random.Random(1)
            answers = [_asked(client, method, chance.choice(places)) for _ in range(chosen)]
            times = sorted(took for took, _ in answers)
            middle, late = statistics.median(times), times[min(chosen - 1, int(chosen * 0.99))]
            found = sum(answered for _, answered in answers)
            click.echo(
                f"{method:10} median {middle:6.1f} ms, 99th percentile {late:6.1f} ms, {found} of {chosen} found"
            )
        client.stop()


def _timed(client: Client, method: str, params: Json) -> tuple[float, bool]:
    """Return the milliseconds until a question is answered, and whether anything was found.

    Raises:
        click.ClickException: where the answer is an error: such an answer took no time worth telling.
    """
    start = time.perf_counter()
    answer = client.request(method, params)
    took = (time.perf_counter() - start) * 1e3
    if "error" in answer:
        raise click.ClickException(f"`{method}` fails: {answer['error']['message']}")
    return took, bool(answer["result"])


def _asked(client: Client, method: str, place: Json) -> tuple[float, bool]:
    time.sleep(0.02)  # as nobody asks without a pause
    return _timed(client, f"textDocument/{method}", place | {"context": {"includeDeclaration": True}})


def _notebooks(paths: list[Path]) -> tuple[list[OpenNotebook], list[Json]]:
    """Return notebooks to open, and the places in them that read a name which they bind themselves."""
    opened: list[OpenNotebook] = []
    places: list[Json] = []
    for path in paths:
        try:
            notebook = NotebookFile.read(path).notebook
        except NotebookError:
            continue
        if notebook.language != "python":
            continue
        analysis = analyze(notebook)
        opened.append(OpenNotebook(path, [cell.source for cell, _ in analysis.cells]))
        for number, (_, facts) in enumerate(analysis.cells):
            document = {"uri": opened[-1].cell(number)}
            for read in facts.reads:
                bound = [binding for _, binding in analysis.flow.bindings(read.name) if binding.kind != "import"]
                if bound and facts.source.isascii() and isinstance(read.place, ast.Name):
                    position = {"line": read.span.start.line, "character": read.span.start.column}
                    places.append({"textDocument": document, "position": position})
    return opened, places
