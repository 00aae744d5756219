"""Notebooks on a Dask cluster of several worker processes, some of which are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import psutil
import pytest

from offbook.app.cluster import run_on_cluster
from offbook.cli.main import run
from offbook.running import Limits


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with distributed.LocalCluster(**options, silence_logs=50) as started:
        yield started


def write(folder: Path, name: str, source: str, stored: str = "") -> Path:
    """Write a notebook of one cell, which notes first that it was begun, and by which process."""
    note = "import os\nwith open('begun', 'a') as begun:\n    begun.write(f'" + name + " {os.getpid()}\\n')\n"
    outputs = [{"output_type": "stream", "name": "stdout", "text": [stored]}] if stored else []
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": note + source}
    document = {"cells": [cell | {"outputs": outputs}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def begun(folder: Path) -> list[tuple[str, int]]:
    """Return which notebooks were begun, by which kernels."""
    path = folder / "begun"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(line.split()[0], int(line.split()[1])) for line in lines if len(line.split()) == 2]


def all_gone(pids: list[int]) -> bool:
    """Tell whether processes end, within a while."""
    end = time.monotonic() + 30
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < end:
        time.sleep(0.1)
    return not any(map(psutil.pid_exists, pids))


def test_the_same_report_and_the_same_status(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "a", "print('same')", "same\n")
    write(tmp_path, "b", "print('new')", "old\n")
    write(tmp_path, "c", "print(missing)")
    (tmp_path / "d.ipynb").write_text("{")
    call = ["run", ".", "--compare", "--format", "json"]
    status = run([*call, "--cluster", cluster.scheduler_address])
    there = json.loads(capsys.readouterr().out)["notebooks"]
    assert status == run(call) == 1
    here = json.loads(capsys.readouterr().out)["notebooks"]
    assert [(found["path"], found["status"]) for found in there] == [
        ("a.ipynb", "passed"),
        ("b.ipynb", "differs"),
        ("c.ipynb", "failed"),
        ("d.ipynb", "failed"),
    ]
    for one, other in zip(here, there, strict=True):
        for key in ("path", "status", "cells", "failure", "differences"):
            assert one[key] == other[key]


def test_outputs_come_back_to_be_written(cluster: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "a", "print('new')", "old\n")
    assert run(["run", str(path), "--write", "--cluster", cluster.scheduler_address]) == 0
    assert json.loads(path.read_text())["cells"][0]["outputs"][0]["text"] == ["new\n"]


def test_the_notebooks_of_a_killed_worker_run_on_another(cluster: Any, tmp_path: Path) -> None:
    paths = [write(tmp_path, f"n{at}", "import time\ntime.sleep(1)") for at in range(6)]

    def kill() -> None:
        while len(begun(tmp_path)) < 2:
            time.sleep(0.02)
        above = psutil.Process(begun(tmp_path)[-1][1]).parents()
        next(process for process in above if process.ppid() == os.getpid()).kill()

    killer = threading.Thread(target=kill)
    killer.start()
    runs = run_on_cluster(cluster.scheduler_address, paths, limits=Limits(total=60))
    killer.join()
    assert [(found.path, found.outcome) for found in runs] == [(path, "passed") for path in paths]
    counts = Counter(name for name, _ in begun(tmp_path))
    assert set(counts) == {path.stem for path in paths}
    assert sum(counts.values()) == 7 and max(counts.values()) == 2
    assert all_gone([pid for _, pid in begun(tmp_path)])


def test_a_notebook_that_kills_its_workers_is_begun_twice(cluster: Any, tmp_path: Path) -> None:
    find = f"[one for one in psutil.Process().parents() if one.ppid() == {os.getpid()}]"
    kill = f"import psutil, time\nfor worker in {find}:\n    worker.kill()\ntime.sleep(60)"
    paths = [write(tmp_path, "kills", kill), *(write(tmp_path, f"n{at}", "1") for at in range(3))]
    runs = run_on_cluster(cluster.scheduler_address, paths, limits=Limits(total=90))
    assert [found.outcome for found in runs] == ["failed", "passed", "passed", "passed"]
    failure = runs[0].report.failure
    assert failure is not None and failure.ename == "LostWorker"
    assert "the worker that ran it was lost, and so was the next one" in runs[0].message
    counts = Counter(name for name, _ in begun(tmp_path))
    assert counts["kills"] == 2
    assert all_gone([pid for _, pid in begun(tmp_path)])


def test_a_cluster_that_loses_all_workers_ends_the_run(tmp_path: Path) -> None:
    paths = [write(tmp_path, "a", "import time\ntime.sleep(60)"), write(tmp_path, "b", "1")]
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as small:

        def leave() -> None:
            while not begun(tmp_path):
                time.sleep(0.02)
            small.scale(0)

        leaver = threading.Thread(target=leave)
        leaver.start()
        runs = run_on_cluster(small.scheduler_address, paths, limits=Limits(), patience=3.0)
        leaver.join()
    assert [found.outcome for found in runs] == ["failed", "failed"]
    assert "no worker left" in runs[1].message
    assert all_gone([pid for _, pid in begun(tmp_path)])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_command_that_ends_takes_back_what_the_workers_run(cluster: Any, tmp_path: Path, number: int) -> None:
    for at in range(4):
        write(tmp_path, f"n{at}", "import time\ntime.sleep(600)")
    call = [sys.executable, "-m", "offbook", "run", ".", "--cluster", cluster.scheduler_address]
    with subprocess.Popen(call, cwd=tmp_path, stdout=-1, stderr=-1) as command:
        while len(begun(tmp_path)) < 2 and command.poll() is None:
            time.sleep(0.02)
        command.send_signal(number)
        said = command.communicate(timeout=60)
    assert command.returncode not in (0, 1) and b"Traceback" not in said[1]
    kernels = [pid for _, pid in begun(tmp_path)]
    assert len(kernels) == 2 and all_gone(kernels)
    assert len(begun(tmp_path)) == 2
    (run,) = run_on_cluster(cluster.scheduler_address, [write(tmp_path, "next", "1")], limits=Limits(total=60))
    assert run.outcome == "passed"


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "a", "1")
    assert run(["run", str(path), "--cluster", "tcp://127.0.0.1:9"]) == 2
    assert "there is no Dask scheduler at tcp://127.0.0.1:9" in capsys.readouterr().err
