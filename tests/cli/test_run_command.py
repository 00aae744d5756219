from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from offbook.cli.main import run
from offbook.cli.runprogress import run_progress
from offbook.notebook import CellId
from offbook.running import CellProgress


def write(path: Path, *sources: str, outputs: list[object] | None = None) -> Path:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"id-{index}",
            "metadata": {},
            "outputs": outputs or [],
            "source": source.splitlines(keepends=True),
        }
        for index, source in enumerate(sources)
    ]
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {"cells": cells, "metadata": {"kernelspec": kernelspec}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_folders_are_searched_and_every_outcome_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "good.ipynb", "print('fine')")
    write(tmp_path / "deep er" / "bäd.ipynb", "x = 1\ny = total + x\nprint(y)", "total = 2")
    write(tmp_path / ".ipynb_checkpoints" / "good-checkpoint.ipynb", "1 / 0")
    (tmp_path / "torn.ipynb").write_text("{")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")}
    assert run(["run", str(tmp_path), "--jobs", "2"]) == 1
    out = capsys.readouterr().out
    assert "good.ipynb: ran from top to bottom in a fresh kernel: 1 cell in " in out
    assert "checkpoint" not in out
    assert "torn.ipynb: it is not valid JSON" in out
    assert "bäd.ipynb: cell 1 failed: NameError: name 'total' is not defined" in out
    assert "  -->   2 | y = total + x\n        3 | print(y)" in out
    assert "Cell 1 reads `total`, which only cell 2 binds, further down: move that cell up." in out
    assert "3 notebooks: " in out and "Traceback" not in out
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")} == before


def test_a_log_names_slow_cells_as_messages_do(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("n.ipynb")
    with run_progress([path]) as tell:
        for done, index in enumerate((1, 6)):
            tell(path, CellProgress(CellId(f"c{index}"), index, "running", 0.0, done, 2))
            tell(path, CellProgress(CellId(f"c{index}"), index, "passed", 6.0 + index, done + 1, 2))
        tell(path, None)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["running n.ipynb (2 cells)", "n.ipynb: cell 7 took 12 s, 2 of 2 have run"]


@pytest.mark.skipif(os.name != "posix", reason="a terminal of its own needs POSIX")
def test_bars_in_a_terminal_count_notebooks_that_need_not_run(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"{name}.ipynb", "1")
    command = [sys.executable, "-m", "offbook", "run", "."]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    ours, theirs = os.openpty()
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs) as again:
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # Linux says so where the other side is closed
            pass
        out, _ = again.communicate()
    os.close(ours)
    assert again.returncode == 0 and b"2 cached" in out
    assert b"2/2" in shown


def test_json_is_the_documented_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "n.ipynb", "1", "{}['a']", "3")
    assert run(["run", str(path), "--format", "json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["version"] == 1
    (notebook,) = result["notebooks"]
    assert notebook["path"] == path.as_posix()
    assert notebook["status"] == "failed"
    assert notebook["cells"] == {"total": 3, "executed": 2}
    assert notebook["failure"]["cell"] == {"index": 1, "id": "id-1"}
    assert (notebook["failure"]["ename"], notebook["failure"]["evalue"]) == ("KeyError", "'a'")
    assert notebook["differences"] == []
    assert result["summary"]["notebooks"] == 1 and result["summary"]["failed"] == 1


def test_write_saves_outputs_and_no_other_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = [{"name": "stdout", "output_type": "stream", "text": ["old\n"]}]
    path = write(tmp_path / "n.ipynb", "print('é')\nprint(2)", "", "[1]", outputs=list(old))
    assert run(["run", str(path), "--write"]) == 0
    capsys.readouterr()
    stream = [{"name": "stdout", "output_type": "stream", "text": ["é\n", "2\n"]}]
    result = [{"data": {"text/plain": ["[1]"]}, "execution_count": 2, "metadata": {}, "output_type": "execute_result"}]
    expected = json.loads(write(tmp_path / "e.ipynb", "print('é')\nprint(2)", "", "[1]").read_text())
    for cell, outputs, count in zip(expected["cells"], (stream, [], result), (1, None, 2), strict=True):
        cell["outputs"], cell["execution_count"] = outputs, count
    assert path.read_text() == json.dumps(expected, indent=1, ensure_ascii=False) + "\n"


def test_write_leaves_a_failing_notebook_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "n.ipynb", "print(1)", "1 / 0")
    before = path.read_bytes()
    assert run(["run", str(path), "--write"]) == 1
    assert path.read_bytes() == before


def test_write_does_not_overwrite_what_changed_meanwhile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "n.ipynb", "f = open('n.ipynb', 'a'); print(file=f); f.close()")
    assert run(["run", str(path), "--write"]) == 2
    assert "it changed while it ran" in capsys.readouterr().err
    assert '"outputs": []' in path.read_text()


@pytest.mark.parametrize(
    ("name", "message"), [("nope.ipynb", "no such file"), ("a.txt", "is not a notebook"), (".", "there is no notebook")]
)
def test_wrong_paths_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").touch()
    assert run(["run", name]) == 2
    assert message in capsys.readouterr().err


def test_a_skipped_notebook_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(write(tmp_path / "empty.ipynb", ""))]) == 0
    assert "skipped: it holds no code" in capsys.readouterr().out


def test_a_timeout_has_its_own_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "n.ipynb", "import time\ntime.sleep(99)")
    assert run(["run", str(path), "--cell-timeout", "0.5"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("timeout") and "--> " in out and "it took longer than 0.5 s" in out


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_leaves_no_kernel(tmp_path: Path, number: int) -> None:
    source = "import os, pathlib, time\npathlib.Path('a').write_text(str(os.getpid()))\nos.rename('a', 'pid')"
    path = write(tmp_path / "n.ipynb", source, "time.sleep(300)")
    command = [sys.executable, "-c", "from offbook.cli import main; main()", "run", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        kernel = int((tmp_path / "pid").read_text())
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "offbook: interrupted" in err and "Traceback" not in err
    assert not psutil.pid_exists(kernel)
