"""``python -m offbook.devtools.cluster_costs``: what a notebook costs beyond its cells, here and on a Dask cluster.

Small notebooks run with ``offbook run`` and on a cluster of local worker processes, a few of them and then more, so
that what is paid once is told from what each costs. Processor time is counted, which a busy computer changes little.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from distributed import LocalCluster

from offbook.app.cluster import run_on_cluster
from offbook.app.run import check_runs
from offbook.devtools.made_notebooks import write_notebook
from offbook.running import Limits

_CELLS = 10


def main(arguments: list[str]) -> int:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="cluster_costs", description=__doc__)
    parser.add_argument("--few", type=int, default=4)
    parser.add_argument("--many", type=int, default=24)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    print("| | processor seconds once | for each notebook | seconds for each, side by side |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        paths = [_write(Path(folder, f"n{number}.ipynb"), number) for number in range(given.many)]
        few, many = paths[: given.few], paths
        _show("`offbook run --jobs 2`", [(len(group), *_locally(group)) for group in (few, many)])
        with LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=":0") as cluster:
            address = str(cluster.scheduler_address)
            run_on_cluster(address, few, limits=Limits(), force=True)
            measured = [(len(group), *_on_cluster(address, group)) for group in (few, many)]
        for at, name in enumerate(("the scheduler and the command", "the workers and kernels")):
            _show(f"`--cluster`, {name}", [(count, took, used[at]) for count, took, used in measured])
    return 0


def _show(name: str, measured: list[tuple[int, float, float]]) -> None:
    (few, least, little), (many, most, much) = measured
    each = (much - little) / (many - few)
    print(f"| {name} | {max(0.0, little - few * each):.2f} | {each:.3f} | {(most - least) / (many - few):.3f} |")


def _locally(paths: list[Path]) -> tuple[float, float]:
    before, start = _used(psutil.Process()), time.monotonic()
    _check([run.outcome for run in check_runs(paths, jobs=2, force=True)])
    return time.monotonic() - start, _used(psutil.Process()) - before


def _on_cluster(address: str, paths: list[Path]) -> tuple[float, tuple[float, float]]:
    """Return the seconds, and those of the processor: of this process, with the scheduler in it, and of workers."""
    workers = psutil.Process().children()
    before, start = _own(), time.monotonic()
    there = sum(map(_used, workers))
    _check([run.outcome for run in run_on_cluster(address, paths, limits=Limits(), force=True)])
    return time.monotonic() - start, (_own() - before, sum(map(_used, workers)) - there)


def _own() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


def _used(process: psutil.Process) -> float:
    """Return the seconds of a process and of its children that have ended."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _check(outcomes: list[str]) -> None:
    if set(outcomes) != {"passed"}:
        raise SystemExit(f"not all notebooks passed: {outcomes}")


def _write(path: Path, number: int) -> Path:
    """Write a notebook whose cells compute next to nothing."""
    return write_notebook(path, (f"value_{at} = {number}\nvalue_{at}" for at in range(_CELLS)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
