"""Runs notebooks with nbclient and compares their outputs, independently of ``offbook.running``."""

from __future__ import annotations

import asyncio
import atexit
import base64
import io
import json
import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from offbook.notebook import read_notebook

_NOISE = (
    (re.compile(r"0x[0-9a-f]{6,}"), "0x"),
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"(?:/tmp/|<)?ipykernel_\d+/\d+\.py"), "cell"),
    (re.compile(r"<ipython-input-\d+-\w+>"), "cell"),
    (re.compile(r"(CPU times|Wall time): .*"), r"\1"),
    (re.compile(r".* per loop .*"), "loop"),
    (re.compile(r"\b\d\d:\d\d(?::\d\d)?\b"), "time"),
    (re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "id"),
)
_KERNELS = str(Path(__file__).with_name("trial_kernels.py"))
_HTML_IDS = re.compile(r'(id|for|aria-\w+)="[^"]*"|T_[0-9a-f]{5}\w*')

Shown = dict[str, list[tuple[str, str]]]
"""What each cell shows, by its id: pairs of a kind (``stdout``, a mime type) and a text."""


_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONPATH": "",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


class TrialRunner:
    """Runs notebooks in kernels of one interpreter.

    Args:
        python: the interpreter.
        folder: a new folder for what the runner needs.
        timeout: seconds that a notebook may take.
        warm: modules that are imported once for all kernels.
    """

    def __init__(self, python: str, folder: Path, timeout: int, warm: Sequence[str] = ()) -> None:
        spec = folder / "kernels" / "trial"
        spec.mkdir(parents=True)
        argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        if warm:
            address = str(folder / "server")
            environment = {**os.environ, **_ENVIRONMENT}
            server = subprocess.Popen(
                [python, _KERNELS, "serve", address, *warm], env=environment, cwd=folder, stdout=subprocess.DEVNULL
            )
            atexit.register(server.kill)
            while not Path(address).exists() and server.poll() is None:
                time.sleep(0.1)
            argv = [python, "-S", "-E", _KERNELS, "start", address, "{connection_file}"]
        words = {"argv": argv, "display_name": "trial", "language": "python"}
        (spec / "kernel.json").write_text(json.dumps(words), encoding="utf-8")
        self.specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")])
        self.timeout = timeout

    def run(self, path: Path) -> Shown | str:
        """Run a notebook's file in its folder; return what its cells show, or why it does not run."""
        text = path.read_text(encoding="utf-8")
        try:
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        except Exception as error:
            return f"unreadable: {type(error).__name__}"
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []  # an empty cell is not run, and would keep what the file holds
        manager = AsyncKernelManager(kernel_name="trial", kernel_spec_manager=self.specs)
        client = NotebookClient(
            notebook, timeout=self.timeout, km=manager, resources={"metadata": {"path": str(path.parent)}}
        )
        environment = {**os.environ, **_ENVIRONMENT}
        try:
            asyncio.run(_execute(client, manager, environment, self.timeout))
        except (CellTimeoutError, asyncio.TimeoutError):
            return "timeout"
        except CellExecutionError as error:
            return f"fails: {error.ename}"
        except DeadKernelError:
            return "dead kernel"
        except Exception as error:
            return f"cannot be run: {type(error).__name__}"
        ids = [str(cell.id) for cell in read_notebook(text, path).cells]
        shown: Shown = {}
        for identity, cell in zip(ids, notebook.cells, strict=True):
            if cell.cell_type == "code":
                shown[identity] = [part for output in cell.outputs for part in _parts(output, path.parent)]
        return shown


async def _execute(
    client: NotebookClient, manager: AsyncKernelManager, environment: Mapping[str, str], timeout: int
) -> None:
    """Execute a notebook; its kernel is gone at the end, however that comes."""
    try:
        await asyncio.wait_for(client.async_execute(env=environment), timeout)
    finally:
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)


def _parts(output: Mapping[str, Any], folder: Path) -> list[tuple[str, str]]:
    if output["output_type"] == "stream":
        return [(output["name"], _plain(output["text"], folder))]
    if output["output_type"] == "error":
        return [("error", output["ename"])]
    data = output["data"]
    return [(mime, _data(mime, data[mime], folder)) for mime in sorted(data)]


def _data(mime: str, value: Any, folder: Path) -> str:
    if mime.startswith("image/") and mime != "image/svg+xml":
        return str(value)
    if "widget" in mime:
        return "widget"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return _plain(_HTML_IDS.sub("", text) if mime == "text/html" else text, folder)


def _plain(text: str, folder: Path) -> str:
    for pattern, instead in _NOISE:
        text = pattern.sub(instead, text)
    return text.replace(str(folder), "folder")


@dataclass
class Differences:
    """What two runs show differently.

    Attributes:
        words: one line for each cell.
        warnings: whether something on stderr differs.
        compared: how many cells show something that is the same in both runs of the original.
    """

    words: list[str] = field(default_factory=list)
    warnings: bool = False
    compared: int = 0


def differences(before: Shown, again: Shown, after: Shown | str, moved: Mapping[str, str]) -> Differences:
    """Compare runs; cells that differ between two runs of the original are left out.

    Args:
        before: the original's run.
        again: a second run of it.
        after: the changed notebook's run, or why it does not run.
        moved: the cell that shows the outputs of another cell now; empty where the cell was removed.
    """
    if isinstance(after, str):
        return Differences([f"no longer runs: {after}"])
    first, second, third = _joined(before, moved), _joined(again, moved), _joined(after, {})
    result = Differences()
    for cell in [*first, *(cell for cell in third if cell not in first)]:
        ours, other, theirs = (shown.get(cell, []) for shown in (first, second, third))
        if not cell or not _same(_without(ours), _without(other)):
            continue
        result.compared += bool(ours)
        if not _same(_without(ours), _without(theirs)):
            result.words.append(_first_difference(cell, _without(ours), _without(theirs)))
        elif [part for part in ours if part[0] == "stderr"] != [part for part in theirs if part[0] == "stderr"]:
            result.warnings = True
    return result


def _joined(shown: Shown, moved: Mapping[str, str]) -> Shown:
    """Return what cells show after the move; streams of one name that follow one another are one."""
    found: Shown = {}
    for cell, parts in shown.items():
        mine = found.setdefault(moved.get(cell, cell), [])
        for kind, text in parts:
            if kind in ("stdout", "stderr") and mine and mine[-1][0] == kind:
                text = mine.pop()[1] + text
            mine.append((kind, text))
    return found


def _without(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out stderr; stdout on both sides of it is one."""
    found: list[tuple[str, str]] = []
    for kind, text in parts:
        if kind == "stderr" or not text:
            continue
        if kind == "stdout" and found and found[-1][0] == kind:
            text = found.pop()[1] + text
        found.append((kind, text))
    return found


def _same(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> bool:
    if [kind for kind, _ in ours] != [kind for kind, _ in theirs]:
        return False
    return all(
        one == other or (kind.startswith("image/") and _same_picture(one, other))
        for (kind, one), (_, other) in zip(ours, theirs, strict=True)
    )


def _same_picture(one: str, other: str) -> bool:
    """Compare pixels."""
    from PIL import Image  # noqa: PLC0415  (only where bytes differ)

    first, second = (Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA") for text in (one, other))
    return first.size == second.size and first.tobytes() == second.tobytes()


def _first_difference(cell: str, ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> str:
    kinds = [kind for kind, _ in ours], [kind for kind, _ in theirs]
    if kinds[0] != kinds[1]:
        return f"{cell}: showed {kinds[0]}, shows {kinds[1]}"
    for (kind, one), (_, other) in zip(ours, theirs, strict=True):
        if one != other:
            return f"{cell}: {kind} was {one[:200]!r}, is {other[:200]!r}"
    return cell
