"""What reaches a notebook's code: the user's environment, and no key to an editor or to Jupyter."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from offbook.notebook import Cell, CellId, Notebook
from offbook.running import run_notebook, run_sync

SECRET = "b7c1-not-for-notebooks"
KEYS = (
    "JUPYTER_TOKEN JUPYTER_GATEWAY_AUTH_TOKEN JUPYTERHUB_API_TOKEN JUPYTERHUB_COOKIE_SECRET "
    "JUPYTERHUB_CRYPT_KEY CONFIGPROXY_AUTH_TOKEN "
    "JPY_API_TOKEN JPY_SESSION_NAME JUPYTER_SERVER_URL VSCODE_GIT_IPC_AUTH_TOKEN VSCODE_GIT_IPC_HANDLE "
    "VSCODE_GIT_ASKPASS_MAIN VSCODE_IPC_HOOK VSCODE_IPC_HOOK_CLI VSCODE_AGENT_FOLDER CODE_SERVER_SESSION_SOCKET "
    "SSH_ASKPASS GIT_ASKPASS ELECTRON_RUN_AS_NODE OFFBOOK_TOKEN GIT_DIR GIT_INDEX_FILE"
).split()
LOOK = """
import os, pathlib, subprocess
inherited = subprocess.run(["env"], capture_output=True, text=True).stdout
parent = pathlib.Path(f"/proc/{os.getppid()}/environ")
[dict(os.environ), inherited, parent.read_text() if FORKED else ""]
"""


FORKED = pytest.param(
    True, marks=pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")
)


@pytest.mark.parametrize("forked", [FORKED, False])
def test_no_key_reaches_a_notebook_its_children_or_the_process_that_forks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: bool
) -> None:
    for name in KEYS:
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("MY_OWN_SETTING", "kept")
    if not forked:
        monkeypatch.setattr("offbook.kernels.kernel.can_fork", lambda _: False)
    source = LOOK.replace("FORKED", str(forked))
    notebook = Notebook(Path("n.ipynb"), (Cell(CellId("c"), "code", source),))
    report = run_sync(run_notebook(notebook, cwd=tmp_path))
    assert report.status == "passed", report.failure
    shown = report.cells[0].outputs[0]["data"]["text/plain"]
    assert SECRET not in shown
    environment, inherited, parent = ast.literal_eval(shown)
    assert environment["MY_OWN_SETTING"] == "kept" and "MY_OWN_SETTING=kept" in inherited
    assert ("MY_OWN_SETTING=kept" in parent) == forked
    assert not set(KEYS).intersection(environment)
