"""Kernels that a Jupyter server runs, as a Jupyter Gateway would: the same report, and nothing is left there."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from offbook.cli.main import run
from offbook.kernels.gateway import TOKEN, Gateway

KEY = "a-key-to-the-gateway"
SERVER = """
from jupyter_server.serverapp import ServerApp
import sys, json
class Told(ServerApp):
    def start_ioloop(self):
        open(sys.argv[1], "w").write(self.connection_url)
        super().start_ioloop()
Told.launch_instance(sys.argv[2:])
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server that works in a folder of its own."""
    home = tmp_path_factory.mktemp("gateway")
    told = home / "address"
    options = {
        "ServerApp.port": 0,
        "ServerApp.open_browser": False,
        "ServerApp.root_dir": str(home),
        "ServerApp.jpserver_extensions": "{}",
        "ServerApp.allow_root": True,
        "IdentityProvider.token": KEY,
    }
    command = [sys.executable, "-c", SERVER, str(told), *(f"--{name}={value}" for name, value in options.items())]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(home), "JUPYTER_RUNTIME_DIR": str(home)}
    process = subprocess.Popen(command, cwd=home, env=environment, stdout=-1, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + 60
        while not told.exists() or not told.read_text():
            assert process.poll() is None and time.monotonic() < end, process.communicate()[0]
            time.sleep(0.05)
        yield told.read_text().rstrip("/")
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.fixture
def address(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server's address; no kernel may be left there."""
    monkeypatch.setenv(TOKEN, KEY)
    yield server
    end = time.monotonic() + 20
    while (left := kernels(server)) and time.monotonic() < end:
        time.sleep(0.1)
    assert left == []


def kernels(server: str) -> list[dict[str, Any]]:
    """Return the kernels there; while one starts, the server may fail to list them."""
    request = Request(f"{server}/api/kernels", headers={"Authorization": f"token {KEY}"})
    try:
        with urlopen(request, timeout=20) as answer:
            found: list[dict[str, Any]] = json.loads(answer.read())
    except HTTPError as error:
        return [{"error": error}]
    return found


def write(folder: Path, name: str, *sources: str, stored: str = "", kernel: str = "python3") -> Path:
    outputs = [{"output_type": "stream", "name": "stdout", "text": [stored]}] if stored else []
    cells = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "execution_count": 1, "outputs": [], "source": source}
        for at, source in enumerate(sources)
    ]
    cells[-1]["outputs"] = outputs
    spec = {"kernelspec": {"name": kernel, "display_name": "Python", "language": "python"}}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}))
    return path


def there(address: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    status = run(["run", ".", "--format", "json", "--cluster", address, *arguments])
    return status, {found["path"]: found for found in json.loads(capsys.readouterr().out)["notebooks"]}


def test_the_same_report_as_on_this_computer(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helpers.py").write_text("VALUE = 6\n")
    write(
        tmp_path, "a", "import helpers\nfrom pathlib import Path", "print(helpers.VALUE * 7, Path('a.ipynb').exists())"
    )
    write(tmp_path, "b", "print('new')", stored="old\n")
    write(tmp_path, "c", "print(missing)")
    write(tmp_path, "d", "input()")
    write(
        tmp_path, "e", "from IPython.display import display\nhandle = display(1, display_id=True)", "handle.update(2)"
    )
    write(tmp_path, "f", "1", kernel="of-nobody")
    monkeypatch.setenv("JUPYTER_GATEWAY_URL", "https://nowhere.example")
    status, remote = there(address, capsys, "--compare", "--jobs", "2")
    assert run(["run", ".", "--compare", "--format", "json"]) == status == 1
    local = {found["path"]: found for found in json.loads(capsys.readouterr().out)["notebooks"]}
    assert {name: found["status"] for name, found in remote.items()} == {
        "a.ipynb": "passed",
        "b.ipynb": "differs",
        "c.ipynb": "failed",
        "d.ipynb": "failed",
        "e.ipynb": "passed",
        "f.ipynb": "passed",
    }
    for name, found in remote.items():
        for key in ("status", "cells", "differences"):
            assert found[key] == local[name][key], name
        for key in ("ename", "evalue", "explanation"):
            assert (found["failure"] or {}).get(key) == (local[name]["failure"] or {}).get(key), name
    assert remote["f.ipynb"]["notes"][0] == "The gateway has no kernel `of-nobody`: its `python3` ran it."


def test_outputs_come_back_and_are_saved(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pictures = "from IPython.display import Image, display\ndisplay(Image(b'\\x89PNG\\r\\n\\x1a\\n', format='png'))"
    path = write(tmp_path, "n", f"print('größer 😀')\n{pictures}\n6 * 7")
    assert there(address, capsys, "--write")[0] == 0
    kept = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["outputs"]
    assert kept[0]["text"] == ["größer 😀\n"] and "image/png" in kept[1]["data"]
    assert kept[2]["data"]["text/plain"] == ["42"]
    assert there(address, capsys)[1]["n.ipynb"]["status"] == "passed", "such a run leaves no receipt"
    assert there(address, capsys)[1]["n.ipynb"]["status"] == "passed"


@pytest.mark.parametrize(
    ("source", "status", "told"),
    [
        ("import os\nos._exit(3)", "dead-kernel", "the gateway lost it"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "dead-kernel", "the gateway lost it"),
        ("import time\ntime.sleep(300)", "timeout", "longer than 4 s"),
    ],
    ids=["exits", "is killed", "hangs"],
)
def test_a_notebook_that_misbehaves_there_has_a_named_outcome(
    address: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    status: str,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "n", "1", source, "2")
    limit = "4" if status == "timeout" else "100"
    code, found = there(address, capsys, "--cell-timeout", limit)
    assert (code, found["n.ipynb"]["status"]) == (1, status), found
    assert told in found["n.ipynb"]["failure"]["evalue"]
    assert found["n.ipynb"]["failure"]["cell"]["index"] == 1


def test_outputs_that_the_gateway_leaves_out_are_noted(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "n", "for _ in range(20): print('x' * 2**20)")
    write(tmp_path, "o", "print('x')")
    found = there(address, capsys)[1]
    assert [note for note in found["n.ipynb"]["notes"] if "left out some of what the cells show" in note]
    assert found["o.ipynb"]["notes"] == []


@pytest.mark.parametrize("delay", [0.0, 0.5, 2.5])
def test_an_interrupted_command_leaves_no_kernel_there(address: str, tmp_path: Path, delay: float) -> None:
    write(tmp_path, "a", "import time\ntime.sleep(300)")
    write(tmp_path, "b", "import time\ntime.sleep(300)")
    command = [sys.executable, "-c", "from offbook.cli import main; main()", "run", ".", "--jobs", "2"]
    with subprocess.Popen([*command, "--cluster", address], cwd=tmp_path, stdout=-1, stderr=-1) as process:
        end = time.monotonic() + 60
        while not kernels(address) and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130


def test_who_is_not_let_in_or_finds_nobody_is_told(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "n", "1")
    monkeypatch.setenv(TOKEN, "another")
    assert run(["run", str(path), "--cluster", address]) == 2
    said = capsys.readouterr().err
    assert "says 403" in said and f"its key belongs into the variable `{TOKEN}`" in said and "another" not in said
    assert run(["run", str(path), "--cluster", f"{address}?token={KEY}"]) == 0
    assert run(["run", str(path), "--cluster", "http://127.0.0.1:9/"]) == 2
    assert "there is no Jupyter Gateway at http://127.0.0.1:9" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_noted(address: str, tmp_path: Path) -> None:
    async def note() -> str:
        kernel = await Gateway(address).kernel("")
        await kernel.start(tmp_path / "of this computer alone", {}, 60)
        await kernel.end()
        return kernel.note

    assert asyncio.run(note()).endswith("of this computer alone`: the notebook ran in the kernel's own.")
