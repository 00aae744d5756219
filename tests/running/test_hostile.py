"""Notebooks that misbehave: each has a named outcome, and leaves no process behind."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from offbook.notebook import Cell, CellId, Notebook
from offbook.running import Limits, RunReport, run_notebook, run_sync

COMMAND = (sys.executable, "-c", "from offbook.cli import main; main()", "run")


def run(folder: Path, *sources: str, limits: Limits | None = None) -> RunReport:
    cells = tuple(Cell(CellId(f"c{index}"), "code", source) for index, source in enumerate(sources))
    return run_sync(run_notebook(Notebook(folder / "n.ipynb", cells), cwd=folder, limits=limits))


def write(path: Path, *sources: str) -> bytes:
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{at}", "metadata": {}, "outputs": [], "source": source}
        for at, source in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path.read_bytes()


def inside(folder: Path) -> list[psutil.Process]:
    """Return the live processes that work in a folder, when they have had time to end."""
    deadline = time.monotonic() + 5
    while found := [process for process in psutil.process_iter(["cwd", "status"]) if _is_in(process, folder)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return found


def _is_in(process: psutil.Process, folder: Path) -> bool:
    return process.info["cwd"] == str(folder) and process.info["status"] != psutil.STATUS_ZOMBIE


DAEMON = """
import os, time
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("daemon", "w").write(str(os.getpid()))
        os.close(writing)
        for number in range(3, 60):
            try:
                os.close(number)
            except OSError:
                pass
        time.sleep(300)
    os._exit(0)
os.close(writing)
os.read(reading, 1)
int(open("daemon").read()) > 1
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands a daemon to a subreaper")
def test_a_daemon_ends_with_the_run(tmp_path: Path) -> None:
    report = run(tmp_path, DAEMON)
    assert report.status == "passed", report.failure
    assert report.cells[0].outputs[0]["data"]["text/plain"] == "True"
    assert (tmp_path / "daemon").exists() and inside(tmp_path) == []


HOSTILE = {
    "forks, and both go on": ("import os\nchild = os.fork()", "1 + 1", "passed", ""),
    "forks, and the child ends": ("import os\nif os.fork() == 0: os._exit(1)", "os.wait()[1] != 0", "passed", ""),
    "closes its streams": ("import sys\nsys.stdout.close(); sys.stderr.close()", "1", "passed", ""),
    "closes its descriptors": ("import os\nos.close(0); os.close(1); os.close(2)", "print('shown'); 1", "passed", ""),
    "closes all descriptors": ("import os\nos.closerange(3, 190)", "1", "dead-kernel timeout", ""),
    "ends at once": ("import os\nos._exit(0)", "1", "dead-kernel", "exit status 0"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "1", "dead-kernel", "SIGSEGV"),
    "stops itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "1", "timeout", "longer than 3 s"),
    "ignores signals": (
        "import signal, time\nfor number in (2, 15, 1): signal.signal(number, signal.SIG_IGN)\ntime.sleep(300)",
        "1",
        "timeout",
        "longer than 3 s",
    ),
    "kills its group": ("import os\nos.killpg(0, 9)", "1", "dead-kernel", "SIGKILL"),
    "kills its parent": ("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(300)", "1", "dead-kernel", "SIGKILL"),
    "never ends a thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(300,)).start()",
        "1",
        "passed",
        "",
    ),
    "never ends its exit": ("import atexit, time\natexit.register(time.sleep, 300)", "1", "passed", ""),
    "wants more memory than there is": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))\nx = b'x' * (8 * 2**30)",
        "1",
        "failed",
        "",
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_notebook_that_misbehaves_has_a_named_outcome(tmp_path: Path, name: str) -> None:
    first, second, statuses, message = HOSTILE[name]
    report = run(tmp_path, first, second, limits=Limits(cell=3 if "timeout" in statuses else 60))
    assert report.status in statuses.split(), report
    if report.status != "passed":
        assert report.failure is not None and message in report.failure.evalue
    assert report.seconds < 30
    assert inside(tmp_path) == []


def test_a_failure_for_want_of_memory_is_named(tmp_path: Path) -> None:
    report = run(tmp_path, HOSTILE["wants more memory than there is"][0])
    assert report.failure is not None and report.failure.ename == "MemoryError"


def test_a_notebook_that_changes_its_own_file_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    write(path, "from pathlib import Path\npath = Path('n.ipynb')\npath.write_text(path.read_text() + '\\n\\n')", "1")
    done = subprocess.run([*COMMAND, "n.ipynb", "--write"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "it changed while it ran, so the outputs were not saved" in done.stderr
    assert path.read_text().endswith("}\n\n") and '"outputs": []' in path.read_text()


def test_a_notebook_that_removes_its_own_file_does_not_get_it_back(tmp_path: Path) -> None:
    write(tmp_path / "n.ipynb", "import os\nos.unlink('n.ipynb')")
    done = subprocess.run([*COMMAND, "n.ipynb", "--write"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "n.ipynb" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_same_notebook_run_twice_at_once(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    write(path, "import time\ntime.sleep(1)", "6 * 7")
    command = [*COMMAND, "n.ipynb", "--write"]
    runs = [subprocess.Popen(command, cwd=tmp_path, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in runs]
    for process, (out, error) in zip(runs, said, strict=True):
        assert process.returncode == 0 or (process.returncode == 2 and "it changed while it ran" in error), out + error
    assert 0 in [process.returncode for process in runs]
    cells = json.loads(path.read_text())["cells"]
    assert cells[1]["outputs"][0]["data"]["text/plain"] == ["42"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["n.ipynb"]


def _small_files() -> None:
    """Let files of this process grow to 3,000 bytes alone: like a disk that is full then."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))


def test_a_disk_that_is_full_costs_the_outputs_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "n.ipynb", "print('x' * 10_000)")
    before = (tmp_path / "n.ipynb").read_bytes()
    done = subprocess.run(
        [*COMMAND, "n.ipynb", "--write"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_small_files,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "n.ipynb" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "n.ipynb").read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["n.ipynb"]


FLOODS = {
    "prints": "for _ in range(1024): print('x' * 2**20)",
    "prints at once": "print('x' * 2**28)",
    "displays": "for _ in range(64): display({'text/plain': 'x' * 2**24}, raw=True)",
    "prints for ever": "while True: print('x' * 2**16)",
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_outputs_ends_the_run_and_is_named(tmp_path: Path, name: str) -> None:
    before = psutil.Process().memory_info().rss
    report = run(tmp_path, "1", FLOODS[name], "2", limits=Limits(keep_going=True))
    assert (
        report.message == "cell 2 failed: OutputLimitError: it shows more than 100 MB, which no notebook file can hold"
    )
    assert report.executed == 2 and inside(tmp_path) == []
    assert psutil.Process().memory_info().rss - before < 2**30


def test_an_animation_is_no_flood(tmp_path: Path) -> None:
    frames = (
        "from IPython.display import clear_output\nfor n in range(30):\n    clear_output({})\n    print(n, 'x' * 2**22)"
    )
    for wait in ("", "wait=True"):
        report = run(tmp_path, frames.format(wait))
        assert report.status == "passed", report.failure
        assert report.cells[0].outputs[0]["text"].startswith("29 x")


def test_half_an_emoji_in_the_code_is_named_and_not_waited_for(tmp_path: Path) -> None:
    report = run(tmp_path, "%%writefile note.txt\nfine", "x = 1  # \ud83d", limits=Limits(total=60))
    assert report.status == "failed" and report.failure is not None
    assert (report.failure.index, report.failure.ename) == (1, "UnicodeEncodeError")
    assert "half an emoji" in report.failure.evalue
