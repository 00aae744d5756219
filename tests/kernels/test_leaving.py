from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from offbook.kernels import forking
from offbook.kernels.environment import kernel_environment
from offbook.kernels.forkserver import ForkServers
from offbook.kernels.kernel import Kernel
from offbook.running import run_sync

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")

CELLS = [
    """
import atexit, builtins, functools, json, sys, tempfile, threading, zipfile
import helper
class Speaking:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        with open("said", "a") as file:
            print(self.name, file=file)
    def __repr__(self):
        return "Speaking"
def opened(name):
    file = open(name, "w")
    file.write("x" * 10)
    return file
""",
    "name = Speaking('a name'); file = opened('file of a name')",
    "Speaking('an output')",
    "opened('file of an output')",
    "helper.held = Speaking('a module of the workspace'); helper.file = opened('file of a module')",
    "json.held = Speaking('a module of the library'); json.file = opened('file of a library')",
    "import IPython; IPython.held = Speaking('a module of the kernel'); builtins.held = Speaking('builtins')",
    "json.JSONDecoder.held = Speaking('a class of the library')",
    "def outer():\n    held = Speaking('a closure')\n    return lambda: held\ninner = outer()",
    "class Cycle: pass\ncycle = Cycle(); cycle.own = cycle; cycle.held = Speaking('a cycle'); del cycle",
    """
def generate():
    try:
        yield
    finally:
        open("said", "a").write("a generator\\n")
generator = generate(); next(generator)
""",
    "json.generator = generate(); next(json.generator)",
    "local = threading.local(); local.held = Speaking('a thread'); json.local = local",
    "cached = functools.lru_cache(lambda: Speaking('a cache')); cached()",
    "def fail():\n    held = Speaking('a traceback')\n    1 / 0\ntry: fail()\nexcept Exception as error: kept = error",
    "archive = zipfile.ZipFile('archive', 'w'); archive.writestr('member', 'text')",
    "temporary = tempfile.TemporaryDirectory(dir='.'); json.temporary = tempfile.NamedTemporaryFile(dir='.')",
    "atexit.register(lambda: open('said', 'a').write('an exit function\\n')); None",
    """
import logging.handlers
handler = logging.handlers.MemoryHandler(9, target=logging.FileHandler("log"))
logging.getLogger("own").addHandler(handler); logging.getLogger("own").warning("told late")
""",
    "thread = threading.Thread(target=lambda: open('said', 'a').write('a thread that runs on\\n')); thread.start()",
]


PLAIN = [cell for cell in CELLS if not any(f"{shared}." in cell for shared in ("json", "IPython", "builtins"))]
"""Those that hang nothing on modules that were there before the fork."""


async def run(folder: Path, cells: list[str]) -> dict[str, list[str]]:
    """Execute cells in a kernel; return the files that are there when it has ended, with their lines in order."""
    folder.mkdir()
    (folder / "helper.py").write_text("")
    servers = ForkServers()
    for _ in range(2):
        for path in folder.iterdir():
            if path.is_file() and path.name != "helper.py":
                path.unlink()
        kernel = Kernel.choose("python3")
        await kernel.start(folder, kernel_environment(os.environ), 60, servers)
        for cell in cells:
            answer = await kernel.client.execute(cell, lambda _: None)
            assert answer.content["status"] == "ok", answer.content
        await kernel.end()
    await servers.close()
    kept = (path for path in folder.iterdir() if path.is_file() and path.name != "archive")
    return {
        **{path.name: sorted(path.read_text().splitlines()) for path in kept},
        "entries": sorted(path.name for path in folder.iterdir()),
    }


@pytest.mark.parametrize("cells", [CELLS, PLAIN], ids=["all", "plain"])
def test_what_a_notebook_leaves_to_the_end_happens_as_in_a_cold_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str]
) -> None:
    forked = run_sync(run(tmp_path / "forked", cells))
    monkeypatch.setattr("offbook.kernels.kernel.can_fork", lambda _: False)
    assert forked == run_sync(run(tmp_path / "cold", cells))
    assert {"a name", "a generator", "an exit function", "a thread that runs on"} < {*forked["said"]}
    assert ("a module of the library" in forked["said"]) == (cells is CELLS)
    assert forked["file of a name"] == ["x" * 10]


BEFORE = """
import ctypes, gc, importlib.util, json, sys
spec = importlib.util.spec_from_file_location("forking", {source!r})
forking = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forking)
shared = dict(sys.modules)
gc.freeze()
{code}
forking.leave(shared)
print("json" in sys.modules)
"""


@pytest.mark.parametrize(
    ("code", "taken_apart"),
    [
        ("pass", False),
        ("class Mute: pass\njson.held = Mute()", False),
        ("json.held = [{'numbers': (1, 2.5)}, lambda: 1]", False),
        ("json.held = open({file!r}, 'w'); json.held.write('kept')", False),
        ("json.held = (n for n in [1, 2]); next(json.held)", True),
        ("class Speaking:\n    def __del__(self): pass\njson.held = Speaking()", True),
        ("class Speaking:\n    __slots__ = ()\n    def __del__(self): pass\njson.held = Speaking()", True),
        ("import io\nclass Own(io.StringIO):\n    def close(self): super().close()\njson.held = Own()", True),
    ],
)
def test_shared_modules_are_forgotten_unless_that_loses_something(tmp_path: Path, code: str, taken_apart: bool) -> None:
    file = tmp_path / "file"
    text = BEFORE.format(source=forking.__file__, code=code.format(file=str(file)) if "{file" in code else code)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr, done.returncode) == (str(taken_apart), "", 0)
    if "{file" in code:
        assert file.read_text() == "kept"
