from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psutil
import pytest

from offbook.notebook import Cell, CellId, Notebook
from offbook.running import CellProgress, Limits, RunReport, run_notebook, run_sync


def notebook(*sources: str, kernel: str = "python3", language: str = "python", tags: tuple[str, ...] = ()) -> Notebook:
    cells = tuple(
        Cell(CellId(f"c{index}"), "markdown" if source.startswith("#md") else "code", source, tags=tags)
        for index, source in enumerate(sources)
    )
    return Notebook(Path("n.ipynb"), cells, language, kernel)


def run(folder: Path, *sources: str, limits: Limits | None = None, **options: object) -> RunReport:
    return run_sync(run_notebook(notebook(*sources, **options), cwd=folder, limits=limits))  # type: ignore[arg-type]


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def test_passes_with_outputs_progress_and_the_users_folder(tmp_path: Path) -> None:
    told: list[tuple[str, int, str, int, int]] = []

    def tell(now: CellProgress) -> None:
        told.append((now.cell, now.index, now.state, now.done, now.total))

    cells = notebook("#md title", "x = 1", "", "print('hé')\nx + 1", "import os; os.getcwd()")
    report = run_sync(run_notebook(cells, cwd=tmp_path, progress=tell))
    assert (report.status, report.total, report.executed, report.failure) == ("passed", 3, 3, None)
    assert [run.index for run in report.cells] == [1, 3, 4]
    stream, result = report.cells[1].outputs
    assert stream == {"output_type": "stream", "name": "stdout", "text": "hé\n"}
    assert result["data"] == {"text/plain": "2"}
    assert report.cells[1].execution_count == 2
    assert report.cells[2].outputs[0]["data"]["text/plain"] == repr(str(tmp_path))
    assert told == [
        (cell, index, state, done + (state == "passed"), 3)
        for done, (cell, index) in enumerate((("c1", 1), ("c3", 3), ("c4", 4)))
        for state in ("running", "passed")
    ]


def test_stops_at_the_first_failure_with_a_plain_traceback(tmp_path: Path) -> None:
    report = run(tmp_path, "x = 1", "x / 0", "print('never')")
    failure = report.failure
    assert report.status == "failed" and failure is not None
    assert (report.total, report.executed) == (3, 2)
    assert (failure.cell, failure.index, failure.ename) == ("c1", 1, "ZeroDivisionError")
    assert "----> 1 x / 0" in failure.traceback and "\x1b" not in failure.traceback
    assert report.message == "cell 2 failed: ZeroDivisionError: division by zero"


def test_an_object_that_fails_while_it_is_displayed_has_a_named_error(tmp_path: Path) -> None:
    failure = run(tmp_path, "class Shown:\n    def _repr_html_(self):\n        return [].nothing", "Shown()").failure
    assert failure is not None
    assert (failure.ename, failure.index) == ("AttributeError", 1)
    assert failure.evalue == "'list' object has no attribute 'nothing'"


def test_a_cell_tagged_raises_exception_may_fail(tmp_path: Path) -> None:
    assert run(tmp_path, "1 / 0", tags=("raises-exception",)).status == "passed"


def test_with_keep_going_the_cells_behind_a_failure_run_too(tmp_path: Path) -> None:
    report = run(tmp_path, "1 / 0", "x = 1", "y", "print(x)", "z", limits=Limits(keep_going=True))
    assert report.status == "failed" and report.executed == 5
    assert report.failure is not None and (report.failure.index, report.failure.ename) == (0, "ZeroDivisionError")
    assert report.notes == ("Cells 3, 5 fail too.",)
    assert report.cells[3].outputs[0]["text"] == "1\n"


def test_a_request_for_input_fails_at_once(tmp_path: Path) -> None:
    report = run(tmp_path, "name = input('who? ')")
    assert report.status == "failed"
    assert report.failure is not None and report.failure.ename == "StdinNotImplementedError"


@pytest.mark.parametrize(
    ("source", "how"), [("import os; os.kill(os.getpid(), 9)", "SIGKILL"), ("import os; os._exit(3)", "exit status 3")]
)
def test_a_dead_kernel_is_an_outcome(tmp_path: Path, source: str, how: str) -> None:
    report = run(tmp_path, "x = 1", source, "x")
    assert report.status == "dead-kernel"
    assert report.failure is not None
    assert (report.failure.index, report.failure.evalue) == (1, how)


def test_a_slow_cell_times_out_and_says_where_it_was(tmp_path: Path) -> None:
    report = run(tmp_path, "import time", "time.sleep(60)", limits=Limits(cell=0.5))
    assert report.status == "timeout" and report.seconds < 20
    assert report.failure is not None and "time.sleep(60)" in report.failure.traceback


def test_a_notebook_that_refuses_interrupts_times_out(tmp_path: Path) -> None:
    stubborn = "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except KeyboardInterrupt:\n        pass"
    report = run(tmp_path, stubborn, limits=Limits(total=2))
    assert report.status == "timeout" and report.seconds < 20
    assert report.failure is not None and report.failure.evalue == "the notebook took longer than 2 s"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (notebook("plot(1)", language="r"), "it is written in r, and offbook runs Python"),
        (notebook("#md", ""), "it holds no code"),
        (notebook("1", tags=("offbook:skip",)), "cell 1 is tagged `offbook:skip`"),
        (notebook("1", tags=("offbook:skip=needs the cluster",)), "needs the cluster"),
    ],
)
def test_what_cannot_be_judged_is_skipped(tmp_path: Path, cells: Notebook, reason: str) -> None:
    report = run_sync(run_notebook(cells, cwd=tmp_path))
    assert (report.status, report.reason, report.message) == ("skipped", reason, f"skipped: {reason}")


def test_a_missing_kernelspec_falls_back_and_says_so(tmp_path: Path) -> None:
    report = run(tmp_path, "1", kernel="conda-of-another-machine")
    assert report.status == "passed" and report.kernel == "python3"
    assert "conda-of-another-machine" in report.notes[0]


def test_a_kernel_that_does_not_start_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kernels" / "broken"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(
        '{"argv": ["python3", "-c", "raise SystemExit(\'no such thing: ipykernel\')"], "language": "python", '
        '"display_name": "broken"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    report = run(tmp_path, "1", kernel="broken")
    assert report.status == "failed" and report.executed == 0 and report.seconds < 20
    assert report.failure is not None and report.failure.cell is None
    assert "no such thing: ipykernel" in report.message


def test_tokens_and_hook_variables_do_not_reach_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = ("JUPYTER_TOKEN", "JPY_API_TOKEN", "VSCODE_IPC_HOOK_CLI", "GIT_INDEX_FILE", "GIT_DIR")
    for name in (*secret, "MY_SETTING"):
        monkeypatch.setenv(name, "x")
    report = run(tmp_path, f"import os\n[name for name in {(*secret, 'MY_SETTING')!r} if name in os.environ]")
    assert report.cells[0].outputs[0]["data"]["text/plain"] == "['MY_SETTING']"


_FAMILY = """
import os, subprocess, sys, pathlib
sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
children = [subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)]
orphan = subprocess.run(["sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $!"], capture_output=True, text=True)
pids = [os.getpid(), *(child.pid for child in children), int(orphan.stdout)]
part = pathlib.Path("pids.part"); part.write_text(" ".join(map(str, pids))); part.rename("pids")
"""


async def _cancelled(folder: Path) -> list[int]:
    task = asyncio.ensure_future(run_notebook(notebook(_FAMILY, "import time; time.sleep(300)"), cwd=folder))
    while not (folder / "pids").exists():
        assert not task.done(), task.result()
        await asyncio.sleep(0.05)
    pids = [int(pid) for pid in (folder / "pids").read_text().split()]
    assert len(alive(pids)) == 4
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return pids


def test_cancelling_kills_the_kernel_and_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    started = time.monotonic()
    pids = asyncio.run(asyncio.wait_for(_cancelled(tmp_path), 60))
    time.sleep(0.2)
    assert alive(pids) == []
    assert time.monotonic() - started < 30
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_passed_run_leaves_no_process_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    folder = tmp_path / "work"
    folder.mkdir()
    assert run(folder, _FAMILY).status == "passed"
    pids = [int(pid) for pid in (folder / "pids").read_text().split()]
    time.sleep(0.2)
    assert alive(pids) == []
    assert list(scratch.iterdir()) == []
    assert not list(folder.glob(".*"))
