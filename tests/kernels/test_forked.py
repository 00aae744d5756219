from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from offbook.kernels.client import KernelClient
from offbook.kernels.environment import kernel_environment
from offbook.kernels.forkserver import ForkServers, can_fork
from offbook.kernels.kernel import Kernel
from offbook.kernels.scratch import Scratch
from offbook.notebook import Cell, CellId, Notebook
from offbook.receipts.kernelspec import KernelSpec, choose_kernelspec
from offbook.running import run_notebook, run_sync
from offbook.running.display import join_streams

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")

PROBE = """
import asyncio, atexit, builtins, gc, json, locale, logging, os, random, resource, signal, sys
import tempfile, threading, warnings
state = {
    "environment": {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"},
    "cwd": os.getcwd(), "dirs": [str(folder) for folder in _dh], "umask": oct(os.umask(os.umask(0))),
    "path": sys.path, "argv": sys.argv, "orig_argv": getattr(sys, "orig_argv", None), "flags": repr(sys.flags),
    "options": [sys.warnoptions, sys._xoptions], "executable": sys.executable,
    "modules": sorted(sys.modules), "main": sorted(vars(sys.modules["__main__"])),
    "names": sorted(globals()), "builtins": sorted(vars(builtins)),
    "signals": {str(n): str(signal.getsignal(n)).split(" at ")[0] for n in signal.valid_signals()},
    "wakeup": signal.set_wakeup_fd(-1) != -1, "masked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "leader": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()], "nice": os.nice(0),
    "limits": [resource.getrlimit(n) for n in range(10)],
    "threads": sorted(type(thread).__name__ for thread in threading.enumerate()),
    "locale": [locale.setlocale(locale.LC_ALL), sys.getfilesystemencoding(), locale.getpreferredencoding(False)],
    "streams": [
        [type(s).__name__, s.encoding, s.errors, s.isatty(), s.fileno()]
        for s in (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    ],
    "input": sys.__stdin__.read(), "buffered": [sys.__stdout__.line_buffering, sys.__stderr__.line_buffering],
    "gc": [gc.isenabled(), gc.get_threshold(), gc.get_debug()], "recursion": sys.getrecursionlimit(),
    "warnings": [str(entry) for entry in warnings.filters], "loggers": sorted(map(str, logging.root.handlers)),
    "hooks": [sys.excepthook.__qualname__, type(sys.displayhook).__name__, sorted(map(str, map(type, sys.meta_path)))],
    "count": get_ipython().execution_count, "exits": atexit._ncallbacks(), "temp": tempfile.gettempdir(),
    "loop": type(asyncio.get_event_loop()).__name__, "switch": sys.getswitchinterval(), "trace": str(sys.gettrace()),
}
import matplotlib
state["backend"] = matplotlib.get_backend()
json.dump(state, open("state.json", "w"), default=str)
"""


async def forked(folder: Path, environment: dict[str, str], servers: ForkServers, code: str = PROBE) -> None:
    kernel = Kernel.choose("python3")
    await kernel.start(folder, environment, 60, servers)
    answer = await kernel.client.execute(code, lambda _: None)
    await kernel.end()
    assert answer.content["status"] == "ok", answer.content


def read_state(folder: Path) -> dict[str, Any]:
    state = json.loads((folder / "state.json").read_text())
    for name in ("argv", "orig_argv"):
        state[name] = ["kernel.json" if part.endswith(".json") else part for part in state[name]]
    return dict(state)


def test_a_forked_kernel_is_in_the_state_of_a_cold_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {**kernel_environment(os.environ), "OWN": "1", "PYTHONPATH": str(tmp_path)}
    states = []

    async def fork_three() -> None:
        servers = ForkServers()
        for _ in range(3):
            await forked(tmp_path, environment, servers)
            states.append(read_state(tmp_path))
        await servers.close()

    run_sync(fork_three())
    monkeypatch.setattr("offbook.kernels.kernel.can_fork", lambda _: False)
    run_sync(forked(tmp_path, environment, ForkServers()))
    cold = read_state(tmp_path)
    for state in states:
        assert {name: (state[name], cold[name]) for name in cold if state[name] != cold[name]} == {}


def test_forked_kernels_share_no_random_state(tmp_path: Path) -> None:
    code = (
        "import random, tempfile\nnumber, name = random.random(), next(tempfile._get_candidate_names())\n"
        "with open('drawn', 'a') as file:\n    print(number, name, file=file)"
    )

    async def draw() -> None:
        servers = ForkServers()
        for _ in range(3):
            await forked(tmp_path, dict(os.environ), servers, code)
        await servers.close()

    run_sync(draw())
    numbers, names = zip(*map(str.split, (tmp_path / "drawn").read_text().splitlines()), strict=True)
    assert len(set(numbers)) == len(set(names)) == 3


CELLS = [
    "print('out'); import sys; print('err', file=sys.stderr); print('more')",
    "for n in range(3): print(f'\\r{n}', end='')",
    "1 + 1",
    "None",
    "import pandas as pd; pd.DataFrame({'a': [1, 2]})",
    "%matplotlib inline\nimport matplotlib.pyplot as plt; plt.plot([1, 2]); plt.title('t')",
    "from IPython.display import *; display(HTML('<b>x</b>'), Markdown('*y*'), JSON([1]))",
    "handle = display('first', display_id='d1')",
    "handle.update('second'); display('third', display_id='d1')",
    "print('gone'); clear_output(); print('kept')",
    "print('gone'); clear_output(wait=True); print('kept')",
    "import os; os.write(1, b'raw bytes\\n'); os.system('echo from a shell'); None",
    "!echo from a command",
    "%%bash\necho from a script",
    "import asyncio; await asyncio.sleep(0.01); print(await asyncio.gather(*[asyncio.sleep(0, n) for n in range(3)]))",
    "import threading; thread = threading.Thread(target=lambda: print('from a thread')); thread.start(); thread.join()",
    "import subprocess; subprocess.run(['echo', 'from a child']); None",
    "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, 2]))",
    "import logging; logging.warning('logged')",
    "import warnings; warnings.warn('warned', stacklevel=1)",
    "float('nan'), '\\ud83d'.encode('utf-8', 'replace'), 'é😀'",
    "display({'text/plain': 'x', 'application/vnd.own+json': {'number': 1.5}}, raw=True)",
    "%%timeit -n1 -r1\npass",
    "%%capture held\nprint('held')",
    "held.stdout, _, In[1][:5], get_ipython().kernel.__class__.__name__",
    "input('who? ')",
    "1 / 0",
    "class Odd:\n    def _repr_html_(self): raise ValueError('odd')\nOdd()",
    "def f(:",
    "raise SystemExit(1)",
    "print('x' * 100_000)",
    "print('above'); display(1); print('between'); print('more'); display(2); print('below')",
]


def test_outputs_are_those_of_a_cold_kernel_under_nbclient(tmp_path: Path) -> None:
    cells = tuple(Cell(CellId(f"c{at}"), "code", text, tags=("raises-exception",)) for at, text in enumerate(CELLS))
    report = run_sync(run_notebook(Notebook(Path("n.ipynb"), cells), cwd=tmp_path))
    assert report.status == "passed", report.failure
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    options: dict[str, Any] = {
        "allow_errors": True,
        "resources": {"metadata": {"path": tmp_path}},
    }
    NotebookClient(node, kernel_name="python3", store_widget_state=False, **options).execute()
    for run, cell in zip(report.cells, node.cells, strict=True):
        expected = join_streams(cell.outputs)
        assert [plain(output) for output in run.outputs] == [plain(output) for output in expected], cell.source
        assert run.execution_count == cell.execution_count


def plain(output: Any) -> Any:
    """Return an output without what differs in every run: file names, times, pixels."""
    text = json.dumps(output, sort_keys=True, default=str)
    value = json.loads(re.sub(r"/tmp/ipykernel_\d+/\d+\.py|0x[0-9a-f]+", "<place>", text))
    if "image/png" in value.get("data", {}):
        value["data"]["image/png"] = len(value["data"]["image/png"]) // 1000
    if value.get("name") == "stdout" and "per loop" in value["text"]:
        value["text"] = "timed"
    return value


WIDGET = """
from comm import create_comm
comm = create_comm(target_name="jupyter.widget", data={"state": {
    "_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "outputs": []}})
seen = []
comm.on_msg(lambda message: seen.append(message["content"]["data"]))
request = get_ipython().kernel.get_parent()["header"]["msg_id"]
comm.send({"method": "update", "state": {"msg_id": request}})
print("captured", flush=True)
comm.send({"method": "update", "state": {"msg_id": ""}})
print("shown")
"""


def test_an_output_widget_captures_and_the_kernel_is_told(tmp_path: Path) -> None:
    cells = tuple(Cell(CellId(f"c{at}"), "code", text) for at, text in enumerate([WIDGET, "seen[-1]['state']"]))
    report = run_sync(run_notebook(Notebook(Path("n.ipynb"), cells), cwd=tmp_path))
    assert report.cells[0].outputs == ({"output_type": "stream", "name": "stdout", "text": "shown\n"},)
    assert "'captured\\n'" in report.cells[1].outputs[0]["data"]["text/plain"]


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("victim", ["runner", "server"])
def test_nothing_outlives_a_runner_or_a_server_that_is_killed(tmp_path: Path, victim: str) -> None:
    note = "import os, time\nprint(os.getpid(), os.getppid(), file=open('a', 'w'), flush=True)\nos.rename('a', 'pids')"
    cells = [nbformat.v4.new_code_cell(source) for source in (note, "time.sleep(300)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "n.ipynb")
    command = [sys.executable, "-c", "from offbook.cli import main; main()", "run", "n.ipynb"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as runner:
        assert until((tmp_path / "pids").exists, 60)
        kernel, server = map(int, (tmp_path / "pids").read_text().split())
        os.kill(runner.pid if victim == "runner" else server, signal.SIGKILL)
        out, _ = runner.communicate(timeout=60)
    assert until(lambda: gone(kernel)) and until(lambda: gone(server))
    if victim == "server":
        assert runner.returncode == 1 and "the kernel died" in out


def test_another_server_takes_the_place_of_one_that_was_killed(tmp_path: Path) -> None:
    killing = "import os, time; os.kill(os.getppid(), 9); time.sleep(60)"

    async def run_both() -> list[str]:
        servers = ForkServers()
        sources = (killing, "1 + 1")
        books = [Notebook(Path("n.ipynb"), (Cell(CellId("c"), "code", source),)) for source in sources]
        statuses = [(await run_notebook(book, cwd=tmp_path, servers=servers)).status for book in books]
        await servers.close()
        return list(statuses)

    assert run_sync(run_both()) == ["dead-kernel", "passed"]


def test_a_killed_server_takes_its_kernels_along(tmp_path: Path) -> None:
    async def kill_server() -> bool:
        servers = ForkServers()
        kernel = Kernel.choose("python3")
        await kernel.start(tmp_path, dict(os.environ), 60, servers)
        pid = kernel._process.pid if kernel._process else 0
        os.kill(pid, signal.SIGSTOP)  # so that it cannot see that its parent is gone
        os.kill(psutil.Process(pid).ppid(), signal.SIGKILL)
        await kernel.death()
        await kernel.end()
        await servers.close()
        return await asyncio.to_thread(until, lambda: gone(pid))

    assert run_sync(kill_server())


def test_kernels_that_start_at_once_teach_their_server_one_by_one(tmp_path: Path) -> None:
    async def start_at_once() -> None:
        servers = ForkServers()
        kernels = [Kernel.choose("python3") for _ in range(3)]
        for kernel in kernels[:2]:
            kernel._scratch = Scratch()
            kernel._folder = kernel._scratch.path
            kernel.client = KernelClient(await kernel._launch(tmp_path, dict(os.environ), servers))
        (server,) = servers._servers.values()
        server._process.send_signal(signal.SIGSTOP)
        for kernel in kernels[:2]:
            await asyncio.wait_for(kernel.client.wait_until_ready(), 60)
        server._process.send_signal(signal.SIGCONT)
        await kernels[2].start(tmp_path, dict(os.environ), 60, servers)
        for kernel in kernels:
            await kernel.end()
            assert kernel.exit_code == 0
        assert not server.killed and server._process.poll() is None
        await servers.close()

    run_sync(start_at_once())


def test_a_server_that_does_not_start_is_a_named_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ipykernel"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('ipykernel is broken here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cells = (Cell(CellId("c"), "code", "1"),)
    report = asyncio.run(run_notebook(Notebook(Path("n.ipynb"), cells), cwd=tmp_path))
    assert report.status == "failed" and "ipykernel is broken here" in report.message


def test_only_plain_kernelspecs_are_forked() -> None:
    spec = choose_kernelspec("python3")
    assert spec is not None and can_fork(spec)
    tail = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
    assert can_fork(KernelSpec("x", ("python", "-Xfrozen_modules=off", *tail), {}))
    for argv in (("conda", "run", "python", *tail), ("python", *tail, "--more"), ("python", "-m", "bash_kernel")):
        assert not can_fork(KernelSpec("x", argv, {}))
    assert not can_fork(KernelSpec("x", ("python", *tail), {}, metadata={"kernel_provisioner": {}}))
