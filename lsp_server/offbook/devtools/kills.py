"""``python -m offbook.devtools.kills``: kills runs of notebooks at random moments, and counts what comes of it.

Each trial runs three small notebooks with ``--write`` and kills one process by SIGKILL: the command itself, the process
that forks kernels, or a kernel. Then nothing may be left running, no file may be torn or lost, and every outcome must
have its name; a command that was killed must pass when it is run again.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import psutil  # type: ignore[import-untyped]

from offbook.devtools.made_notebooks import write_notebook

VICTIMS = ("runner", "server", "kernel")
_MARK = "KILL_TRIAL"
_RUN = (sys.executable, "-m", "offbook", "run", "--write", "--jobs", "2", "--format", "json", ".")
_CELLS = ("import os, subprocess, sys, time", "print(os.getcwd())\ntime.sleep({pause})", "child = {child}\n6 * 7")
_CHILD = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)"
_NAMED = {"passed", "dead-kernel", "failed"}
_END = 10.0
"""Seconds that what was killed, and all that it started, may take to end."""


@click.command()
@click.option("--runs", default=200, show_default=True, help="How many runs are made and killed.")
@click.option("--seed", default=1, show_default=True, help="Which victims and moments are drawn.")
def main(runs: int, seed: int) -> None:
    """Kill runs at random moments, and print what was wrong afterwards."""
    draw = random.Random(seed)
    outcomes: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    for number in range(runs):
        victim, moment = draw.choice(VICTIMS), draw.uniform(0.0, 5.0)
        with tempfile.TemporaryDirectory(prefix="kills-") as scratch:
            outcome, wrong = kill_a_run(Path(scratch), victim, moment)
        outcomes[victim, outcome] += 1
        faults += [f"{number}: {victim} killed after {moment:.2f} s: {what}" for what in wrong]
    for (victim, outcome), count in sorted(outcomes.items()):
        click.echo(f"{victim:8} {outcome:40} {count:5}")
    click.echo("\n".join([*faults, f"{runs} runs, {len(faults)} faults"]))
    sys.exit(bool(faults))


def kill_a_run(folder: Path, victim: str, moment: float, pause: float = 0.2) -> tuple[str, list[str]]:
    """Run notebooks in an empty folder and kill a process; return the outcomes' names and what was wrong.

    Args:
        folder: where the notebooks are written.
        victim: one of :data:`VICTIMS`.
        moment: how many seconds after the start; where there is no such process yet, as soon as there is.
        pause: how many seconds a cell of each of the three notebooks, two at a time, waits.
    """
    mark = uuid.uuid4().hex
    work, temporary = folder / "work", folder / "tmp"
    temporary.mkdir()
    before = _write(work, pause)
    environment = {
        **os.environ,
        _MARK: mark,
        "TMPDIR": str(temporary),
        "OFFBOOK_CACHE_DIR": str(folder / "cache"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    options = {"cwd": work, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(_RUN, **options) as runner:  # type: ignore[call-overload]
        time.sleep(moment)
        killed = _kill(runner, victim)
        try:
            out, error = runner.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            runner.kill()
            return "hangs", ["the command hangs"]
    outcome, wrong = _judge(victim if killed else "", runner.returncode, out, error)
    wrong += [f"{process} is left" for process in _left(mark)]
    wrong += _torn(work, before)
    if victim != "runner":
        new = {*temporary.iterdir(), *work.iterdir()} - before.keys()
        return outcome, wrong + [f"the file {path.name} is left" for path in new]
    again = subprocess.run(_RUN, **options, check=False)  # type: ignore[call-overload]
    if again.returncode:
        wrong.append(f"it does not pass again: {again.stdout[-300:]} {again.stderr[-300:]}")
    return outcome, wrong + [f"the folder {path.name} is left" for path in temporary.iterdir() if path.is_dir()]


def _write(folder: Path, pause: float) -> dict[Path, bytes]:
    """Write the notebooks; return their bytes."""
    folder.mkdir()
    written = {}
    for number in range(3):
        sources = (source.format(child=_CHILD, pause=pause) for source in _CELLS)
        path = write_notebook(folder / f"n{number}.ipynb", sources)
        written[path] = path.read_bytes()
    return written


def _kill(runner: subprocess.Popen[str], victim: str) -> bool:
    """Kill the victim, as soon as it is there; false where the run has ended before."""
    while runner.poll() is None:
        process = runner if victim == "runner" else _find(runner.pid, victim)
        if process is not None:
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            return True
        time.sleep(0.005)
    return False


def _find(runner: int, victim: str) -> psutil.Process | None:
    """Return a process that the command started: the server, or a kernel that the server forked."""
    try:
        servers = [child for child in psutil.Process(runner).children() if "forking.py" in " ".join(child.cmdline())]
        kernels = [
            kernel for server in servers for kernel in server.children() if "forking.py" in str(kernel.cmdline())
        ]
    except psutil.Error:
        return None
    found = servers if victim == "server" else kernels
    return found[-1] if found else None


def _judge(victim: str, status: int, out: str, error: str) -> tuple[str, list[str]]:
    """Return the names of the notebooks' outcomes, and what is wrong with them."""
    wrong = ["a traceback of offbook's own"] if "Traceback" in error else []
    if victim == "runner":
        return f"status {status}", wrong if status == -signal.SIGKILL else [*wrong, f"it ends with status {status}"]
    try:
        notebooks = json.loads(out)["notebooks"]
    except (ValueError, KeyError):
        return "no report", [*wrong, f"there is no report: {out[-300:]} {error[-300:]}"]
    statuses = [notebook["status"] for notebook in notebooks]
    for notebook in notebooks:
        failure = notebook["failure"]
        if notebook["status"] not in _NAMED or (failure and not failure["explanation"]):
            wrong.append(f"this outcome is not named: {notebook}")
    if len(statuses) != 3 or status != int(set(statuses) != {"passed"}):
        wrong.append(f"three notebooks give {statuses} and the status {status}")
    return ", ".join(f"{count} {name}" for name, count in sorted(Counter(statuses).items())), wrong


def _left(mark: str) -> list[str]:
    """Return what still runs of all that the command started, when it has had time to end."""
    deadline = time.monotonic() + _END
    while found := list(_marked(mark)):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return found


def _marked(mark: str) -> Iterator[str]:
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(_MARK) == mark:
                yield f"process {process.pid} ({' '.join(process.cmdline())[:80]})"
        except psutil.Error:
            continue


def _torn(work: Path, before: dict[Path, bytes]) -> list[str]:
    """Return which notebooks are neither as they were nor whole with their outputs."""
    wrong = []
    for path, data in before.items():
        try:
            now = path.read_bytes()
            if now != data and json.loads(now)["cells"][2]["outputs"][0]["data"]["text/plain"] != ["42"]:
                wrong.append(f"{path.name} holds something else")
        except (OSError, ValueError, LookupError) as error:
            wrong.append(f"{path.name} is lost: {error}")
    return wrong


if __name__ == "__main__":
    main()
