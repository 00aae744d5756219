"""The environment that a kernel is started in: the user's own, without what opens other doors."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_TOKENS = frozenset(
    "JUPYTER_TOKEN JUPYTERHUB_API_TOKEN JUPYTERHUB_COOKIE_SECRET CONFIGPROXY_AUTH_TOKEN "
    "SSH_ASKPASS GIT_ASKPASS ELECTRON_RUN_AS_NODE".split()
)
_TOKEN_PREFIXES = ("JPY_", "VSCODE_", "JUPYTER_SERVER_", "CODE_SERVER_", "OFFBOOK_")

_REPOSITORY = frozenset(
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_OBJECT_DIRECTORY GIT_DIR "
    "GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE "
    "GIT_PREFIX GIT_SHALLOW_FILE GIT_COMMON_DIR GIT_INTERNAL_SUPER_PREFIX GIT_EXEC_PATH GIT_EDITOR GIT_REFLOG_ACTION "
    "GIT_QUARANTINE_PATH".split()
)
"""What git sets for its hooks: a notebook that calls git must not reach the commit under way."""

_PROBE = """
import json, sys
sys.path[:] = [p for p in sys.path if p]
maps = [m.MAPPING for n, m in list(sys.modules.items()) if n.startswith("__editable__") and hasattr(m, "MAPPING")]
print(json.dumps({"path": sys.path, "packages": [str(p) for m in maps for p in m.values()]}))
"""


def kernel_environment(base: Mapping[str, str], extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return ``base`` without the tokens of Jupyter and editors and git's hook variables, plus ``extra``."""
    kept = {
        name: value
        for name, value in base.items()
        if name not in _TOKENS and name not in _REPOSITORY and not name.startswith(_TOKEN_PREFIXES)
    }
    return {**kept, **(extra or {})}


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
