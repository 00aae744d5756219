"""Notes in a kernel what it reads: files, folders, modules, commands.

Its source is executed there, before the first cell. It runs in the user's interpreter (Python 3.8 or later), where
offbook need not be installed, so it imports only what every kernel has loaded already. Each note is one line of JSON,
appended to a file.
"""

from __future__ import annotations

import binascii
import json
import os
import sys
import threading
from typing import Any

SYSTEM = (
    "/proc/",
    "/sys/",
    "/dev/",
    "/etc/",
    "/run/",
    "/usr/lib",
    "/usr/share/",
    "/usr/local/lib",
    "/usr/local/share/",
)


def install(target: str) -> None:
    """Start to note what this process and its forked children read.

    Args:
        target: the file that the notes are appended to.
    """
    skipped = ("__pycache__", ".ipynb_checkpoints", ".git")
    descriptor = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    identity = os.fstat(descriptor)[1:3]
    sites = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    library = os.path.dirname(os.__file__)
    roots = {root for path in (library, *sites) for root in (path, os.path.realpath(path))}
    ignored = (*(root + os.sep for root in roots), *SYSTEM)
    local = threading.local()
    seen: set[tuple[str, str]] = set()

    def note(*fields: object) -> None:
        data = (json.dumps(fields) + "\n").encode()
        try:  # the user's code may have closed all files, and the number may be one of its own files' now
            if os.fstat(descriptor)[1:3] == identity and os.write(descriptor, data) != len(data):
                raise OSError("the disk is full")
        except OSError:
            forget()

    def forget() -> None:
        """Empty the file: notes of which one is lost are worth nothing, and a full disk takes no note of that."""
        try:
            if os.fstat(descriptor)[1:3] == identity:
                os.ftruncate(descriptor, 0)
        except OSError:
            pass

    def full(path: Any) -> str:
        text = os.fsdecode(path)
        return text if os.path.isabs(text) else os.path.join(os.getcwd(), text)

    def new(kind: str, path: str) -> bool:
        if (kind, path) in seen:
            return False
        seen.add((kind, path))
        return not (path + os.sep).startswith(ignored)

    def read(path: Any) -> None:
        path = full(path)
        folder, name = os.path.split(path)
        if name.endswith(".pyc") and os.path.basename(folder) == "__pycache__":
            path = os.path.join(os.path.dirname(folder), name.split(".")[0] + ".py")
        if not new("file", path):
            return
        try:
            state = os.stat(path)
        except OSError:
            note("read", path, None)
        else:
            if state.st_mode & 0o170000 == 0o100000:
                note("read", path, [state.st_size, max(state.st_mtime_ns, state.st_ctime_ns)])

    def write(path: Any) -> None:
        path = full(path)
        if new("file", path):
            note("write", path)

    def on_open(path: Any, mode: Any, flags: int) -> None:
        if isinstance(path, int) or path is None:
            return
        if flags & os.O_EXCL or not flags & (os.O_WRONLY | os.O_RDWR):
            read(path)
        elif flags & os.O_TRUNC:
            write(path)
        elif flags & os.O_RDWR:
            read(path)

    def on_list(path: Any) -> None:
        frame: Any = sys._getframe()
        while frame is not None and frame.f_code.co_filename == note.__code__.co_filename:
            frame = frame.f_back
        if isinstance(path, int) or frame is None or "importlib" in frame.f_code.co_filename:
            return
        path = full("." if path is None else path)
        if new("folder", path):
            names = sorted(name for name in os.listdir(path) if name not in skipped)
            note("list", path, binascii.crc32("\0".join(names).encode("utf-8", "surrogateescape")))

    def on_import(name: str, path: Any) -> None:
        if path:
            read(path)
        elif new("import", name.partition(".")[0]):
            note("import", name.partition(".")[0])

    def on_rename(source: Any, target: Any) -> None:
        read(source)
        write(target)

    def on_load(library: Any) -> None:
        if library and os.path.isabs(os.fsdecode(library)):
            read(library)

    def command(*words: Any) -> None:
        text = [os.fsdecode(word) for word in words if isinstance(word, (str, bytes, os.PathLike))]
        if text:
            note("command", os.getcwd(), text)

    handlers: dict[str, Any] = {
        "open": lambda args: on_open(*args),
        "os.listdir": lambda args: on_list(args[0]),
        "os.scandir": lambda args: on_list(args[0]),
        "os.rename": lambda args: on_rename(*args[:2]),
        "import": lambda args: on_import(*args[:2]),
        "sqlite3.connect": lambda args: read(args[0]),
        "ctypes.dlopen": lambda args: on_load(args[0]),
        "subprocess.Popen": lambda args: command(*([args[1]] if isinstance(args[1], (str, bytes)) else args[1])),
        "os.system": lambda args: command(args[0]),
        "os.exec": lambda args: command(*args[1]),
        "offbook.end": lambda args: note("end"),
    }

    def hook(event: str, args: Any) -> None:
        handler = handlers.get(event)
        if handler is None or getattr(local, "busy", False):
            return
        local.busy = True
        try:
            handler(args)
        except Exception as error:
            note("lost", event, repr(error))
        finally:
            local.busy = False

    note("start", sites, sys.version)
    sys.addaudithook(hook)
