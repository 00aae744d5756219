"""Where a kernel imports from: a run in a copy of the workspace must import the copy's modules."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_PROBE = """
import json, sys
sys.path[:] = [p for p in sys.path if p]
maps = [m.MAPPING for n, m in list(sys.modules.items()) if n.startswith("__editable__") and hasattr(m, "MAPPING")]
print(json.dumps({"path": sys.path, "packages": [str(p) for m in maps for p in m.values()]}))
"""


def import_path(python: str, root: Path, copy: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return a ``PYTHONPATH`` under which imports that would reach ``root`` reach ``copy`` instead.

    Packages that are installed editable, and entries of the user's own ``PYTHONPATH``, point into the workspace; a run
    in a copy of it must import the copy's modules. Empty where nothing points there.

    Args:
        python: the kernel's executable.
        root: the workspace.
        copy: the copy of it in which the notebook runs.
        base: the environment that the kernel would be started in.
    """
    root = root.resolve()
    own = [entry for entry in base.get("PYTHONPATH", "").split(os.pathsep) if entry]
    found = _probe(python, base)
    seen = [*found.get("path", []), *(str(Path(package).parent) for package in found.get("packages", []))]
    moved = [_moved(entry, root, copy) for entry in dict.fromkeys(seen) if entry not in own and _inside(entry, root)]
    entries = [_moved(entry, root, copy) if _inside(entry, root) else entry for entry in own]
    if not moved and entries == own:
        return {}
    return {"PYTHONPATH": os.pathsep.join([*entries, *moved])}


def _probe(python: str, base: Mapping[str, str]) -> dict[str, list[str]]:
    """Ask an interpreter where it imports from; nothing of the workspace is imported by that."""
    try:
        done = subprocess.run(
            [python, "-c", _PROBE],
            capture_output=True,
            check=True,
            timeout=30,
            env=dict(base),
            cwd=os.path.abspath(os.sep),  # noqa: PTH100  (the root folder: no module of the user's is there)
        )
        found: dict[str, list[str]] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return {}
    return found


def _inside(entry: str, root: Path) -> bool:
    """Tell whether a path entry is the workspace's own code, and not an environment that lies in it."""
    path = Path(entry).resolve()
    return path.is_relative_to(root) and "site-packages" not in path.parts and not path.name.endswith(".zip")


def _moved(entry: str, root: Path, copy: Path) -> str:
    return str(copy / Path(entry).resolve().relative_to(root))
