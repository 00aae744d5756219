"""Kernels for trials that start at once: a process that has imported the large libraries forks each of them.

Runs as a script under the kernels' interpreter, where offbook need not be installed: ``serve SOCKET MODULE...`` imports
and waits; ``start SOCKET CONNECTION_FILE`` asks for a kernel, and lives as long as that. All kernels of one server draw
the same "random" numbers where a notebook sets no seed, so that its outputs can be compared too.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path


def serve(address: str, modules: list[str]) -> None:
    """Import, then fork a kernel for every connection; it ends when its connection does."""
    from ipykernel import kernelapp  # noqa: PLC0415

    for module in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen()
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            break
        connection.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    server.close()
    request = json.loads(connection.makefile().readline())
    os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    sys.argv[1:] = ["-f", request["file"], "--log-level=40"]
    kernelapp.launch_new_instance()


def _end_with(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.recv(1)
    os._exit(0)


def start(address: str, file: str) -> None:
    """Ask for a kernel, and wait until it ends."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    environment = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
    request = {"file": file, "folder": os.fspath(Path.cwd()), "environment": environment}
    connection.sendall(json.dumps(request).encode() + b"\n")
    with contextlib.suppress(OSError, KeyboardInterrupt):
        connection.recv(1)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    else:
        start(sys.argv[2], sys.argv[3])
