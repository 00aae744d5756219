"""The facts of an environment that a run depends on: interpreter, installed packages, variables, IPython's profile."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from zlib import crc32

from offbook.receipts.kernelspec import KernelSpec

_VARIABLES = (
    "PYTHONPATH PYTHONHOME PYTHONHASHSEED PYTHONOPTIMIZE PYTHONUTF8 PYTHONWARNINGS PYTHONSAFEPATH PYTHONNOUSERSITE "
    "PYTHONUSERBASE PYTHONDEVMODE PYTHONINTMAXSTRDIGITS LANG LC_ALL LC_CTYPE LC_NUMERIC LC_TIME TZ MPLBACKEND "
    "IPYTHONDIR LD_LIBRARY_PATH CUDA_VISIBLE_DEVICES"
).split()
"""Variables that change what Python computes or shows, whether or not the code names them."""

_NAMED = re.compile(r"""["']([A-Za-z_][A-Za-z0-9_]*)["']|\$\{?([A-Za-z_][A-Za-z0-9_]*)""")
_ASKS = re.compile(r"environ|getenv|^\s*(?:!|%%(?:bash|sh|script)|%env)", re.MULTILINE)


def named_variables(sources: Iterable[str]) -> list[str]:
    """Return the variables that code may read: names in quotes or behind ``$``, where it asks for variables at all."""
    found = {one or other for source in sources if _ASKS.search(source) for one, other in _NAMED.findall(source)}
    return sorted(found)


_INSTALLED = (".dist-info", ".egg-info", ".pth", ".egg-link", ".egg")


class Environments:
    """The environments that one command meets; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], dict[str, str]] = {}

    def describe(self, spec: KernelSpec, sites: Iterable[str], variables: Iterable[str]) -> dict[str, str]:
        """Return the facts of an environment, each as a short text.

        Args:
            spec: the kernelspec.
            sites: where the kernel's packages are installed.
            variables: those that the code names, besides those that always count.
        """
        key = (spec.name, spec.argv, spec.folder, *sites)
        if key not in self._known:
            self._known[key] = {
                "system": f"{sys.platform} {' '.join(os.uname()[::4]) if hasattr(os, 'uname') else os.name}",
                "kernelspec": repr((spec.name, spec.argv, sorted(spec.env.items()), os.path.realpath(spec.folder))),
                "python": _python(spec.python),
                "ipython": _profile(),
                **{f"packages in {site}": _packages(site) for site in sites},
            }
        values = {name: os.environ.get(name) for name in (*_VARIABLES, *variables)}
        return {
            **self._known[key],
            **{f"${name}": _short(value) for name, value in values.items() if value is not None},
        }


def _python(executable: str) -> str:
    """Return what changes when another interpreter takes the place of one; `python` and `python3` are the same."""
    folder = os.path.realpath(os.path.dirname(os.path.abspath(executable)))
    settings = os.path.join(os.path.dirname(folder), "pyvenv.cfg")
    return f"{folder} {_state(os.path.realpath(executable))} {_state(settings)}"


def newest_package(site: str) -> int:
    """Return when something was last installed in a folder, in nanoseconds."""
    return max((changed for _, changed in _installed(site)), default=0)


def _packages(site: str) -> str:
    """Return a checksum of what is installed in a folder: names with versions, and when they were installed."""
    found = [f"{name} {changed}" for name, changed in _installed(site)]
    return f"{len(found)} {crc32(chr(10).join(sorted(found)).encode('utf-8', 'surrogateescape')):08x}"


def _installed(site: str) -> list[tuple[str, int]]:
    try:
        with os.scandir(site) as entries:
            return [(entry.name, entry.stat().st_mtime_ns) for entry in entries if entry.name.endswith(_INSTALLED)]
    except OSError:
        return []


def _profile() -> str:
    """Return the state of IPython's configuration and of its start-up files."""
    base = os.environ.get("IPYTHONDIR") or os.path.join(os.path.expanduser("~"), ".ipython")
    profile = os.path.join(base, "profile_default")
    startup = os.path.join(profile, "startup")
    try:
        names = sorted(os.listdir(startup))
    except OSError:
        names = []
    files = [os.path.join(profile, "ipython_config.py"), os.path.join(profile, "ipython_kernel_config.py")]
    files += [os.path.join(startup, name) for name in names if name != "README"]
    return " ".join(f"{os.path.basename(path)}:{state}" for path in files if (state := _state(path)) != "-")


def _state(path: str) -> str:
    try:
        state = os.stat(path)
    except OSError:
        return "-"
    return f"{state.st_size}/{state.st_mtime_ns}"


def _short(value: str) -> str:
    """Return a checksum: values may be secrets, and a receipt holds none."""
    return f"{len(value)} {crc32(value.encode('utf-8', 'surrogateescape')):08x}"
