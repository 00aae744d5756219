from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from lsp_editor import Editor, capabilities
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcRequestCancelled

pytestmark = pytest.mark.asyncio

SLEEPER = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(60)"


async def started(editor: Editor) -> int:
    """Wait until the sleeping cell runs; return its kernel's process id."""
    path = editor.root / "pid"
    for _ in range(600):
        if path.exists() and path.read_text():
            return int(path.read_text())
        await asyncio.sleep(0.05)
    raise AssertionError("the kernel never started")


async def gone(pid: int) -> bool:
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        await asyncio.sleep(0.05)
    return False


async def test_what_the_editor_holds_is_run_with_progress(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [("markdown", "# Title"), "a = 1", "print(a)", "open('made', 'w').close()"])
    editor.client.progress_reports["run-1"] = []
    result = await editor.request("offbook/run", {"notebook": uri, "workDoneToken": "run-1"})
    assert (result["status"], result["total"], result["executed"], result["failure"]) == ("passed", 3, 3, None)
    assert result["message"].startswith("ran from top to bottom")
    assert (editor.root / "made").exists()
    _, one, two, three = editor.cells[uri]
    states = [(run["cell"], run["index"], run["total"], run["state"]) for run in editor.runs]
    assert states == [
        (cell, index, 4, state) for index, cell in enumerate((one, two, three), 1) for state in ("running", "passed")
    ]
    begin, *reports, end = editor.client.progress_reports["run-1"]
    assert isinstance(begin, types.WorkDoneProgressBegin) and begin.cancellable
    assert "a.ipynb" in begin.title
    assert [report.percentage for report in reports] == [0, 33, 33, 66, 66, 100]
    assert isinstance(end, types.WorkDoneProgressEnd) and end.message == result["message"]


async def test_a_run_in_the_editor_counts_for_the_command_line_too(editor: Editor, save_notebook) -> None:
    path = save_notebook("a.ipynb", [("one", "a = 1", None, []), ("two", "print(a)", None, [])])
    uri = editor.open("a.ipynb", ["a = 1", "print(a)"])
    for _ in range(2):
        assert (await editor.request("offbook/run", {"notebook": uri}))["status"] == "passed"
    assert len(editor.runs) == 8, "what is asked for always runs"
    command = [sys.executable, "-m", "offbook", "run", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "nothing changed since it ran from top to bottom" in done.stdout


async def test_a_failure_names_the_cell_and_the_reason(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(total)", "total = 1"])
    result = await editor.request("offbook/run", {"notebook": uri})
    assert result["status"] == "failed"
    failure = result["failure"]
    assert failure["cell"] == editor.cells[uri][0]
    assert (failure["index"], failure["ename"]) == (0, "NameError")
    assert "`total`" in failure["explanation"]


async def test_a_timeout_is_kept(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [SLEEPER])
    result = await editor.request("offbook/run", {"notebook": uri, "timeout": 5})
    assert result["status"] == "timeout"
    assert await gone(await started(editor))


async def test_cancelling_the_request_leaves_no_kernel(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [SLEEPER])
    running = editor.client.protocol.send_request_async("offbook/run", {"notebook": uri}, msg_id="run")
    task = asyncio.ensure_future(running)
    pid = await started(editor)
    editor.client.cancel_request(types.CancelParams("run"))
    with pytest.raises(JsonRpcRequestCancelled):
        await asyncio.wait_for(task, 20)
    assert await gone(pid)
    uri = editor.open("b.ipynb", ["print(a)"])
    await editor.codes(editor.cells[uri][0], "OB102")


async def test_cancelling_the_progress_leaves_no_kernel(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [SLEEPER])
    editor.client.progress_reports["run-1"] = []
    request = editor.request("offbook/run", {"notebook": uri, "workDoneToken": "run-1"})
    task = asyncio.ensure_future(request)
    pid = await started(editor)
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams("run-1"))
    with pytest.raises(JsonRpcRequestCancelled):
        await asyncio.wait_for(task, 20)
    assert await gone(pid)
    end = editor.client.progress_reports["run-1"][-1]
    assert isinstance(end, types.WorkDoneProgressEnd) and end.message == "cancelled"


@pytest.mark.parametrize("orderly", [True, False])
async def test_a_client_that_leaves_takes_the_kernel_along(connect, orderly: bool) -> None:
    editor = await connect()
    await editor.initialize(capabilities())
    uri = editor.open("a.ipynb", [SLEEPER])
    task = asyncio.ensure_future(editor.request("offbook/run", {"notebook": uri}))
    pid = await started(editor)
    process = editor.client._server
    if orderly:
        await asyncio.wait_for(editor.client.shutdown_session(), 20)
    else:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 20)
    assert await gone(pid)
    editor.client.capabilities = None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_two_notebooks_run_at_once(editor: Editor) -> None:
    first = editor.open("a.ipynb", ["a = 1"])
    second = editor.open("b.ipynb", ["b = 1"])
    results = await asyncio.gather(*(editor.request("offbook/run", {"notebook": uri}) for uri in (first, second)))
    assert [result["status"] for result in results] == ["passed", "passed"]
    assert {run["notebook"] for run in editor.runs} == {first, second}


async def test_a_generic_client_runs_with_a_command(generic: Editor) -> None:
    uri = generic.open("a.ipynb", ["a = 1", "1 / 0"])
    params = types.ExecuteCommandParams("offbook.run", [uri])
    result = await generic.client.workspace_execute_command_async(params)
    assert result["status"] == "failed"
    assert [message.type for message in generic.client.messages] == [types.MessageType.Warning]
    assert "a.ipynb" in generic.client.messages[0].message
    [reports] = generic.client.progress_reports.values()
    assert isinstance(reports[0], types.WorkDoneProgressBegin)
    assert isinstance(reports[-1], types.WorkDoneProgressEnd)


async def test_a_command_without_a_notebook_is_told(generic: Editor) -> None:
    with pytest.raises(JsonRpcException, match="say which notebook"):
        await generic.client.workspace_execute_command_async(types.ExecuteCommandParams("offbook.run", []))


async def test_a_folder_outside_git_has_nothing_staged(editor: Editor, tmp_path) -> None:
    answer = await editor.request("offbook/staged", {"folder": tmp_path.as_uri()})
    assert answer == {"notebooks": [], "hook": False}
    assert await editor.request("offbook/staged", {"folder": "untitled:gone"}) == answer
