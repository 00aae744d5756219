"""Runs real notebooks with ``jupyter nbconvert --execute`` and with ``offbook run``, and compares what both say.

``python -m offbook.devtools.agreement LOG FOLDER...`` prints the tables of ``docs/run-results.md``. Both run in this
interpreter's environment, which needs nbconvert and what the notebooks import. Folders are copied, not touched, and a
copy is put back after each run. A notebook that nbconvert passes is then compared with the outputs that it stored.
``LOG`` gets one line of JSON a notebook; those in it already are not run again, so that it can be done in parts.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import nbclient  # noqa: F401  (loaded once, before the forks)
import nbconvert.exporters.notebook  # noqa: F401
from nbconvert.nbconvertapp import NbConvertApp

import offbook.cli.run
import offbook.cli.runbatch  # noqa: F401  (loaded once, before the forks)
from offbook.cli.main import run as run_offbook
from offbook.errors import UserError
from offbook.notebook import NotebookFile
from offbook.running import copy_workspace, runnable, snapshot, written
from offbook.running.outputs import plain

Outcome = dict[str, Any]
"""``status``, ``cells`` (the places of those that may have failed, from 0), ``error`` and ``seconds``."""

_RULE = "-" * 18
_CELL = re.compile(rf"following cell:\n{_RULE}\n(.*?)\n{_RULE}\n", re.DOTALL)
_ERROR = re.compile(r"^([A-Za-z_][\w.]*)(?:: .*)?$", re.MULTILINE)
_ENDS = {"CellTimeoutError": "timeout", "DeadKernelError": "dead-kernel", "CellExecutionError": "failed"}


class Agreement:
    """The trial of one workspace, in a copy of it."""

    def __init__(self, folder: Path, copy: Path, seconds: int) -> None:
        self.folder = folder
        self.copy = copy
        self.seconds = seconds
        copy_workspace(folder, copy)

    def attempt(self, path: Path) -> dict[str, Any] | None:
        """Run one notebook with both; ``None`` where it takes no part."""
        try:
            file = NotebookFile.read(self.folder / path)
        except UserError:
            return None
        if file.notebook.language != "python" or not runnable(file.notebook):
            return None
        sources = [cell.source.strip() if cell.kind == "code" else "" for cell in file.notebook.cells]
        theirs, stored = self._nbconvert(path, sources)
        ours = self._offbook(path, stored)
        return {"folder": self.folder.name, "path": path.as_posix(), "nbconvert": theirs, "offbook": ours}

    def _nbconvert(self, path: Path, sources: list[str]) -> tuple[Outcome, bytes | None]:
        with tempfile.TemporaryDirectory() as scratch:
            limits = [f"--ExecutePreprocessor.timeout={self.seconds}", "--ExecutePreprocessor.kernel_name=python3"]
            made = ["--to", "notebook", "--execute", "--output-dir", scratch, "--output", "made.ipynb"]
            code, _, errors, took = self._run(NbConvertApp.launch_instance, [*made, *limits, path.name], path)
            output = Path(scratch, "made.ipynb")
            stored = output.read_bytes() if code == 0 and output.exists() else None
        if code is None:
            return {"status": "too slow", "cells": [], "error": "", "seconds": took}, None
        if code == 0:
            return {"status": "passed", "cells": [], "error": "", "seconds": took}, stored
        status = next((name for end, name in _ENDS.items() if f".{end}: " in errors), "error")
        found = _CELL.search(errors)
        cells = [at for at, source in enumerate(sources) if found and source == found[1].strip()]
        last = _ERROR.findall(errors[found.end() :] if found else errors)
        return {"status": status, "cells": cells, "error": last[-1] if last else "", "seconds": took}, None

    def _offbook(self, path: Path, stored: bytes | None) -> Outcome:
        if stored is not None:
            (self.copy / path).write_bytes(stored)
        call = ["run", path.name, "--cell-timeout", str(self.seconds), "--format", "json"]
        call.append("--compare" if stored is not None else "--force")
        code, output, errors, took = self._run(run_offbook, call, path)
        (self.copy / path).write_bytes((self.folder / path).read_bytes())
        if code is None:
            return {"status": "too slow", "cells": [], "error": "", "seconds": took}
        try:
            (found,) = json.loads(output)["notebooks"]
        except ValueError:
            return {"status": "error", "cells": [], "error": errors[-2000:], "seconds": took}
        failure = found["failure"] or {}
        cells = [failure["cell"]["index"]] if failure.get("cell") else []
        differing = [_told(difference) for difference in found["differences"]]
        outcome = {"status": found["status"], "cells": cells, "error": failure.get("ename", ""), "seconds": took}
        return {**outcome, "differences": differing, "message": found["message"], "notes": found["notes"]}

    def _run(
        self, main: Callable[[list[str]], object], arguments: list[str], path: Path
    ) -> tuple[int | None, str, str, float]:
        """Call a command in a notebook's folder, then put the workspace back; its status is ``None`` if it was killed.

        It is called in a fork of this process, which saves it the time to load.
        """
        before = snapshot(self.copy)
        started = time.monotonic()
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            child = os.fork()
            if child == 0:
                _become(main, arguments, (self.copy / path).parent, output.fileno(), errors.fileno())
            code = _wait(child, 4 * self.seconds)
            took = round(time.monotonic() - started, 2)
            texts = [_text(output), plain(_text(errors))]
        for name, there in written(self.copy, before).items():
            self._put_back(name, there)
        return code, texts[0], texts[1], took

    def _put_back(self, name: str, there: bool) -> None:
        original, target = self.folder / name, self.copy / name
        if there:
            target.unlink()
        if original.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(original, target)


def _become(main: Callable[[list[str]], object], arguments: list[str], folder: Path, output: int, errors: int) -> None:
    """Turn this process into a command; it never returns."""
    code = 1
    try:
        os.setsid()
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(errors, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        os.environ.update(PYTHONHASHSEED="0", OMP_NUM_THREADS="1")
        result = main(arguments)
        code = result if isinstance(result, int) else 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(child: int, seconds: float) -> int | None:
    """Wait for a process, and kill it and its group when it takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _told(difference: dict[str, Any]) -> str:
    before, after = (difference[side][:80] for side in ("before", "after"))
    return f"{difference['what']}: {before!r}, {after!r}"


def agrees(found: dict[str, Any]) -> bool:
    """Tell whether both ended in the same way, and at the same cell where one failed."""
    theirs, ours = found["nbconvert"], found["offbook"]
    status = "passed" if ours["status"] == "differs" else ours["status"]
    if theirs["status"] != status:
        return False
    return status != "failed" or (ours["cells"][0] in theirs["cells"] if ours["cells"] else not theirs["cells"])


def table(results: list[dict[str, Any]]) -> str:
    """Return the results in Markdown: how both ended, what disagrees, and what differs in the outputs."""
    pairs = collections.Counter((found["nbconvert"]["status"], found["offbook"]["status"]) for found in results)
    same = sum(map(agrees, results))
    lines = [
        f"{len(results)} notebooks of {len({found['folder'] for found in results})} repositories; {same} agree.",
        "",
        "| nbconvert | offbook | notebooks | agree, the failing cell too |",
        "|---|---|---|---|",
    ]
    for pair, count in pairs.most_common():
        agreeing = sum(agrees(found) for found in results if _pair(found) == pair)
        lines.append(f"| {pair[0]} | {pair[1]} | {count} | {agreeing} |")
    lines.append("")
    lines += [f"- disagrees: {_line(found)}" for found in results if not agrees(found)]
    lines += [
        f"- outputs: {found['folder']}/{found['path']}: {'; '.join(found['offbook']['differences'][:5])}"
        for found in results
        if found["offbook"].get("differences")
    ]
    return "\n".join(lines)


def _pair(found: dict[str, Any]) -> tuple[str, str]:
    return found["nbconvert"]["status"], found["offbook"]["status"]


def _line(found: dict[str, Any]) -> str:
    sides = (f"{name} {side['status']} {side['cells']} {side['error']}" for name, side in list(found.items())[2:])
    return f"{found['folder']}/{found['path']}: {', '.join(sides)}"


def main(arguments: list[str]) -> int:
    """Run what is not in the log yet, and print the tables; return 1 where something disagrees."""
    parser = argparse.ArgumentParser(prog="agreement", description=__doc__)
    parser.add_argument("log", type=Path, help="a file for one line of JSON a notebook")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--limit", type=int, default=10_000, help="notebooks of each folder, evenly chosen")
    parser.add_argument("--timeout", type=int, default=30, help="seconds that a cell may take")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="after which no other notebook is begun")
    given = parser.parse_args(arguments)
    done = [json.loads(line) for line in given.log.read_text("utf-8").splitlines()] if given.log.exists() else []
    known = {(found["folder"], found["path"]) for found in done}
    end = time.monotonic() + 60 * given.minutes
    for folder in given.folders:
        paths = sorted(
            path.relative_to(folder) for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
        )
        chosen = [
            path for path in paths[:: max(1, len(paths) // given.limit)] if (folder.name, path.as_posix()) not in known
        ]
        if not chosen or time.monotonic() > end:
            continue
        with tempfile.TemporaryDirectory(prefix="offbook-agreement-", ignore_cleanup_errors=True) as scratch:
            trial = Agreement(folder, Path(scratch).resolve() / folder.name, given.timeout)
            for path in chosen:
                found = trial.attempt(path) if time.monotonic() < end else None
                if found is not None:
                    done.append(found)
                    with given.log.open("a", encoding="utf-8") as log:
                        log.write(json.dumps(found) + "\n")
                    print("agree" if agrees(found) else "DISAGREE", _line(found), file=sys.stderr, flush=True)
    counted = [found for found in done if found["nbconvert"]["status"] != "too slow"]
    print(table(counted))
    return int(not all(map(agrees, counted)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
