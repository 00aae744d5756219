"""A process that has imported ipykernel, and nothing of the user's, and forks kernels on request.

What was there before the fork is memory that all kernels share, as long as they do not touch it. Its source runs under
the kernel's interpreter (Python 3.8 or later), where offbook need not be installed. Requests are lines of JSON on
standard input. Answers go to standard output: ``{"pid": 7}`` for a request, and ``{"ended": 7, "status": -9}`` when a
kernel has ended. When the input ends, all kernels are killed, and all that they left behind.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import importlib
import importlib.util
import json
import os
import re
import runpy  # noqa: F401  (what `python -m` has loaded)
import select
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

_FAR = 200
"""File numbers that the user's code is not likely to meet."""

_PATIENCE = 8.0
"""Seconds that killed processes may take to end."""

_SUBREAPER = 36
"""What ``prctl`` calls PR_SET_CHILD_SUBREAPER."""

_KERNELS_OWN = frozenset("IPython _asyncio asyncio ipykernel jupyter_client tornado traitlets zmq".split())
"""Packages whose objects nobody misses when a kernel ends."""

_COLLECTED = 1 << 14
"""What CPython calls Py_TPFLAGS_HAVE_GC."""


class Server:
    """The server's side: its channels, the kernels that run, and what they have taught it."""

    def __init__(self) -> None:
        self._requests, self._answers = (fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _FAR) for number in (0, 1))
        self._ended, self._wake = os.pipe()
        self._lessons, self._lesson = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._lesson, False)
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(null, number)
        os.close(null)
        self._kernels: set[int] = set()
        self._pending = b""
        self._taught = False
        self._teacher = 0
        self._modules = dict(sys.modules)

    def serve(self) -> dict[str, Any] | None:
        """Fork a kernel for every request; return the request in the new process, ``None`` at the end of the input."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        while True:
            ready = select.select((self._requests, self._ended, self._lessons), (), ())[0]
            if self._ended in ready:
                os.read(self._ended, 512)
                self._report()
            if self._requests in ready:
                data = os.read(self._requests, 65536)
                if not data:
                    self._kill_all()
                    return None
                *lines, self._pending = (self._pending + data).split(b"\n")
                for line in lines:
                    teaches = not self._taught and not self._teacher
                    if self._fork(teaches) == 0:
                        lesson = self._lesson if teaches else None
                        return {**json.loads(line), "lesson": lesson, "shared": self._modules}
            elif self._lessons in ready and not self._taught:
                self._learn()

    def _fork(self, teaches: bool) -> int:
        """Fork a kernel; one at a time teaches, as the lessons of two would mix."""
        pid = os.fork()
        if pid:
            self._kernels.add(pid)
            if teaches:
                self._teacher = pid
            self._answer({"pid": pid})
            return pid
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in (self._requests, self._answers, self._ended, self._wake, self._lessons):
            os.close(number)
        if not teaches:
            os.close(self._lesson)
        return 0

    def _learn(self) -> None:
        """Import what the first kernel had imported before it came to the user's code, for those that follow."""
        self._taught = True
        try:
            names, patterns = json.loads(os.read(self._lessons, 1 << 20))
        except ValueError:
            return
        for pattern, flags in patterns:
            with contextlib.suppress(Exception):
                re.compile(pattern, flags)
        known = {name.partition(".")[0] for name in sys.modules} | set(getattr(sys, "stdlib_module_names", ()))
        for name in names:
            top = name.partition(".")[0]
            if name not in sys.modules and (top in known or top.startswith(("debugpy", "pydev", "_pydev"))):
                with contextlib.suppress(Exception):
                    importlib.import_module(name)
        self._modules = dict(sys.modules)
        gc.freeze()

    def _report(self) -> None:
        """Tell which kernels have ended, and how; processes that they left behind end here, too."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                if pid in self._kernels:
                    self._kernels.discard(pid)
                    if pid == self._teacher:
                        self._teacher = 0  # where it has taught nothing, the next one does
                    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                    self._answer({"ended": pid, "status": code})

    def _kill_all(self) -> None:
        """Kill the kernels, and what they started: with its parent gone, it becomes a child of this process."""
        deadline = time.monotonic() + _PATIENCE
        with contextlib.suppress(ChildProcessError):
            while time.monotonic() < deadline:
                for child in {*self._kernels, *_children()}:
                    _kill(child)
                pid, _ = os.waitpid(-1, os.WNOHANG)
                self._kernels.discard(pid)
                if not pid:
                    time.sleep(0.002)

    def _answer(self, message: dict[str, int]) -> None:
        os.write(self._answers, (json.dumps(message) + "\n").encode())


def _kill(child: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(child, signal.SIGKILL)


def _children() -> list[int]:
    """Return the processes whose parent is this one."""
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_bytes().split()]
    except OSError:
        return []


def _adopt_orphans() -> None:
    """Become the parent of processes that outlive the kernel that started them, though they are daemons."""
    ctypes = sys.modules.get("ctypes")  # ipykernel's libraries have loaded it; kernels are not to see it otherwise
    if ctypes is not None:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def become_kernel(request: dict[str, Any]) -> None:
    """Make of this process what a cold start would be, up to the import of ipykernel, and start the kernel."""
    os.setsid()
    os.chdir(request["cwd"])
    reading, writing = os.pipe()
    os.close(writing)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((reading, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(reading)
    os.close(log)
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv[:] = [str(launcher and launcher.origin), *request["argv"]]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = request["command"]


def main() -> None:
    """Prepare, serve, and in each forked process run ipykernel as its launcher does."""
    if sys.path[0] == "":
        del sys.path[0]
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    import IPython.core.debugger  # noqa: F401, PLC0415
    from ipykernel import kernelapp  # noqa: PLC0415

    _adopt_orphans()
    gc.freeze()  # what was here before the fork is never garbage: kernels neither walk nor copy it
    request = Server().serve()
    if request is None:
        return
    become_kernel(request)
    if request["lesson"] is not None:
        _teach(kernelapp.IPKernelApp.instance(), request["lesson"], set(sys.modules))
    kernelapp.launch_new_instance()
    leave(request["shared"])


def _teach(app: Any, lesson: int, before: set[str]) -> None:
    """Tell the server what the kernel has imported and compiled when it is about to make the user's path its own."""
    proceed = app.init_path

    def tell_and_proceed() -> None:
        del app.init_path
        names = [name for name in list(sys.modules) if name not in before]
        patterns = [key[1:3] for key in list(getattr(re, "_cache", ())) if key[0] is str]
        with contextlib.suppress(OSError):
            os.write(lesson, json.dumps([names, patterns]).encode())
        os.close(lesson)
        proceed()

    app.init_path = tell_and_proceed


def leave(shared: dict[str, Any]) -> None:
    """Do what an interpreter does at its end, up to where it takes its modules apart; the rest it does by itself.

    It would take apart those that were there before the fork, too, and copy the memory that it shares for that. So it
    is made to forget them, unless something that the user's code made might be lost with them.

    Args:
        shared: the modules that were there before the fork.
    """
    ctypes = sys.modules.get("ctypes")
    if ctypes is None:
        return
    threading._shutdown()  # type: ignore[attr-defined]
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    if _has_last_words():
        return
    names = [name for name, module in shared.items() if sys.modules.get(name) is module]
    forgotten = [sys.modules.pop(name) for name in names if name not in ("__main__", "builtins", "sys")]
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(forgotten))


def _has_last_words() -> bool:
    """Tell whether some object may do something when it is freed, the kernel's own apart; files are flushed instead."""
    things = gc.get_objects()
    kinds = {kind: hasattr(kind, "__del__") for kind in set(map(type, things))}
    for thing in things:
        if isinstance(thing, type):
            if hasattr(thing, "__del__") and not thing.__flags__ & _COLLECTED:
                return True  # the collector does not know its objects
        elif kinds[type(thing)] and not _is_harmless(thing):
            return True
    return False


def _is_harmless(thing: Any) -> bool:
    """Tell whether nothing is lost when an object is not freed at the end."""
    package = type(thing).__module__.partition(".")[0]
    if package in _KERNELS_OWN or type(thing) is socket.socket:
        return True
    code = next((getattr(thing, name) for name in ("gi_code", "cr_code", "ag_code") if hasattr(thing, name)), None)
    if code is not None:
        return any(f"{os.sep}{name}{os.sep}" in code.co_filename for name in _KERNELS_OWN)
    if package != "_io":
        return False
    with contextlib.suppress(Exception):
        thing.flush()
    return True
