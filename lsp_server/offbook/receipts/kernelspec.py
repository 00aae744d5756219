"""Finds a kernelspec in the folders where Jupyter keeps them, without loading Jupyter."""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


NATIVE = "python3"
"""The kernelspec that stands for the environment that offbook itself is in."""


class KernelSpec:
    """One kernelspec.

    Attributes:
        name: its name.
        argv: its command, as the file has it.
        env: variables that it adds.
        folder: where its file is; empty for the one that every ipykernel brings.
        interrupt: how it is interrupted: ``signal`` or ``message``.
        metadata: its metadata.
    """

    def __init__(
        self,
        name: str,
        argv: tuple[str, ...],
        env: dict[str, str],
        folder: str = "",
        interrupt: str = "signal",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.argv = argv
        self.env = env
        self.folder = folder
        self.interrupt = interrupt
        self.metadata = metadata or {}

    @property
    def python(self) -> str:
        """The executable; a bare ``python`` is this process's own, as Jupyter has it."""
        return sys.executable if self.argv[0].startswith("python") else os.path.expanduser(self.argv[0])


def choose_kernelspec(wanted: str) -> KernelSpec | None:
    """Return the kernelspec of this name, or else that of the current environment; ``None`` without either."""
    return (find_kernelspec(wanted) if wanted else None) or find_kernelspec(NATIVE)


def find_kernelspec(name: str) -> KernelSpec | None:
    """Return the first kernelspec of this name on Jupyter's search path, upper and lower case being the same."""
    for folder in kernel_folders():
        try:
            found = [entry for entry in sorted(os.listdir(folder)) if entry.lower() == name.lower()]
        except OSError:
            continue
        for entry in found:
            spec = _read(entry, os.path.join(folder, entry))
            if spec is not None:
                return spec
    if name.lower() == NATIVE:
        return KernelSpec(NATIVE, (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"), {})
    return None


def _read(name: str, folder: str) -> KernelSpec | None:
    try:
        with open(os.path.join(folder, "kernel.json"), encoding="utf-8") as file:
            raw = json.load(file)
        argv = tuple(map(str, raw["argv"]))
        env = {str(key): str(value) for key, value in (raw.get("env") or {}).items()}
        interrupt = str(raw.get("interrupt_mode") or "signal").lower()
        return KernelSpec(name, argv, env, folder, interrupt, raw.get("metadata") or {}) if argv else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def kernel_folders() -> list[str]:
    """Return the folders that are searched, in order: as ``jupyter_core.paths.jupyter_path`` has them."""
    environ, home = os.environ, os.path.expanduser("~")
    prefix, virtual = own_prefix()
    given = [path.rstrip(os.sep) for path in environ.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    user = [environ.get("JUPYTER_DATA_DIR") or _data_folder(home)]
    if not virtual:
        user.append(os.path.join(environ.get("PYTHONUSERBASE") or os.path.join(home, ".local"), "share", "jupyter"))
    own = [os.path.join(prefix, "share", "jupyter")]
    system = ["/usr/local/share/jupyter", "/usr/share/jupyter"] if os.name == "posix" else []
    near = [*own, *user] if _own_first(prefix, virtual) else [*user, *own]
    ipython = environ.get("IPYTHONDIR") or os.path.join(home, ".ipython")
    found = dict.fromkeys(os.path.join(path, "kernels") for path in (*given, *near, *system))
    return [*found, os.path.join(ipython, "kernels")]


def own_prefix() -> tuple[str, bool]:
    """Return this interpreter's environment, and whether it is a virtual one; true without the ``site`` module too."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))
    if os.path.exists(os.path.join(folder, "pyvenv.cfg")):
        return folder, True
    return sys.prefix, sys.prefix != sys.base_prefix


def _data_folder(home: str) -> str:
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Jupyter")
    if sys.platform == "win32":
        appdata = os.environ.get("APPDATA")
        return os.path.join(appdata, "jupyter") if appdata else os.path.join(home, ".jupyter", "data")
    return os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share"), "jupyter")


def _own_first(prefix: str, virtual: bool) -> bool:
    preferred = os.environ.get("JUPYTER_PREFER_ENV_PATH")
    if preferred is not None:
        return preferred.lower() not in ("no", "n", "false", "off", "0", "0.0")
    conda = os.environ.get("CONDA_PREFIX")
    named = bool(conda) and prefix.startswith(str(conda)) and os.environ.get("CONDA_DEFAULT_ENV", "base") != "base"
    return (virtual or named) and _owned(prefix)


def _owned(folder: str) -> bool:
    try:
        return not hasattr(os, "geteuid") or os.stat(folder).st_uid == os.geteuid() or os.access(folder, os.W_OK)
    except OSError:
        return False
