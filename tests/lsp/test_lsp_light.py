"""What the keystroke path loads, told by the interpreter's own import log of a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from lsp_editor import Editor, capabilities, span

HEAVY = {"libcst", "jedi", "nbclient", "nbformat", "jupyter_client", "jupytext", "parso", "rich"}


@pytest.mark.asyncio
async def test_a_keystroke_in_a_long_notebook_loads_nothing_heavy(
    connect: Callable[..., Any], tmp_path, save_notebook
) -> None:
    log = tmp_path / "imports.log"
    command = [sys.executable, "-c", _LOGGED.format(log=str(log))]
    editor: Editor = await connect(command)
    await editor.initialize(capabilities(), {"offbook": {"applyChanges": True}})
    sources = [f"x{number} = {number}\nprint(x{number})" for number in range(200)]
    save_notebook("long.ipynb", [(f"c{number}", source, None, []) for number, source in enumerate(sources)])
    uri = editor.open("long.ipynb", sources)
    cell = editor.cells[uri][150]
    editor.write(cell, "z", span(1, 6, 1, 7))
    [finding] = await editor.codes(cell, "OB102")
    await editor.actions(cell, [finding])
    loaded = {line.partition(".")[0] for line in log.read_text().split()}
    assert "offbook" in loaded
    assert not loaded & HEAVY


_LOGGED = """
import sys
class Log:
    def find_spec(self, name, path=None, target=None):
        with open({log!r}, "a") as log:
            print(name, file=log)
sys.meta_path.insert(0, Log())
from offbook.cli import main
sys.argv = ["offbook", "lsp"]
main()
"""


def test_starting_the_server_loads_nothing_heavy() -> None:
    code = "import sys, offbook.lsp.serve as serve; serve.make_server(); print(*sys.modules)"
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not {name.partition(".")[0] for name in done.stdout.split()} & HEAVY
