"""A process that has imported ipykernel, and nothing of the user's, and forks kernels on request.

Its source runs under the kernel's interpreter (Python 3.8 or later), where offbook need not be installed. Requests are
lines of JSON on standard input. Answers go to standard output: ``{"pid": 7}`` for a request, and ``{"ended": 7,
"status": -9}`` when a kernel has ended. When the input ends, all kernels are killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import importlib.util
import json
import os
import runpy  # noqa: F401  (what `python -m` has loaded)
import select
import signal
import sys
from typing import Any

_FAR = 200
"""File numbers that the user's code is not likely to meet."""


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
                    for kernel in self._kernels:
                        _kill(kernel)
                        os.waitpid(kernel, 0)
                    return None
                *lines, self._pending = (self._pending + data).split(b"\n")
                for line in lines:
                    if self._fork() == 0:
                        return {**json.loads(line), "lesson": None if self._taught else self._lesson}
            elif self._lessons in ready and not self._taught:
                self._learn()

    def _fork(self) -> int:
        pid = os.fork()
        if pid:
            self._kernels.add(pid)
            self._answer({"pid": pid})
            return pid
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in (self._requests, self._answers, self._ended, self._wake, self._lessons):
            os.close(number)
        if self._taught:
            os.close(self._lesson)
        return 0

    def _learn(self) -> None:
        """Import what the first kernel had imported before it came to the user's code, for those that follow."""
        names = os.read(self._lessons, 65536).decode().split()
        self._taught = True
        known = {name.partition(".")[0] for name in sys.modules} | set(getattr(sys, "stdlib_module_names", ()))
        for name in names:
            top = name.partition(".")[0]
            if name not in sys.modules and (top in known or top.startswith(("debugpy", "pydev", "_pydev"))):
                with contextlib.suppress(Exception):
                    importlib.import_module(name)

    def _report(self) -> None:
        """Tell which kernels have ended, and how."""
        for kernel in list(self._kernels):
            pid, status = os.waitpid(kernel, os.WNOHANG)
            if pid:
                self._kernels.discard(pid)
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                self._answer({"ended": pid, "status": code})

    def _answer(self, message: dict[str, int]) -> None:
        os.write(self._answers, (json.dumps(message) + "\n").encode())


def _kill(kernel: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(kernel, signal.SIGKILL)


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

    gc.freeze()  # what was here before the fork is never garbage: kernels neither walk nor copy it
    request = Server().serve()
    if request is None:
        return
    become_kernel(request)
    if request["lesson"] is not None:
        _teach(kernelapp.IPKernelApp.instance(), request["lesson"], set(sys.modules))
    kernelapp.launch_new_instance()


def _teach(app: Any, lesson: int, before: set[str]) -> None:
    """Tell the server what the kernel has imported when it is about to make the user's path its own."""
    proceed = app.init_path

    def tell_and_proceed() -> None:
        del app.init_path
        names = [name for name in list(sys.modules) if name not in before]
        with contextlib.suppress(OSError):
            os.write(lesson, "\n".join(names).encode())
        os.close(lesson)
        proceed()

    app.init_path = tell_and_proceed
