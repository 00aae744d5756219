"""The environment that a kernel is started in: the user's own, without what opens other doors."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from offbook.receipts.kernelspec import KernelSpec

_TOKENS = frozenset(
    "JUPYTER_TOKEN JUPYTERHUB_API_TOKEN JUPYTERHUB_COOKIE_SECRET JUPYTERHUB_CRYPT_KEY CONFIGPROXY_AUTH_TOKEN "
    "SSH_ASKPASS GIT_ASKPASS ELECTRON_RUN_AS_NODE".split()
)
_TOKEN_PREFIXES = ("JPY_", "VSCODE_", "JUPYTER_SERVER_", "JUPYTER_GATEWAY_", "CODE_SERVER_", "OFFBOOK_")

_REPOSITORY = frozenset(
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_OBJECT_DIRECTORY GIT_DIR "
    "GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE "
    "GIT_PREFIX GIT_SHALLOW_FILE GIT_COMMON_DIR GIT_INTERNAL_SUPER_PREFIX GIT_EXEC_PATH GIT_EDITOR GIT_REFLOG_ACTION "
    "GIT_QUARANTINE_PATH".split()
)
"""What git sets for its hooks: a notebook that calls git must not reach the commit under way."""


def kernel_environment(base: Mapping[str, str], extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return ``base`` without the tokens of Jupyter and editors and git's hook variables, plus ``extra``."""
    kept = {
        name: value
        for name, value in base.items()
        if name not in _TOKENS and name not in _REPOSITORY and not name.startswith(_TOKEN_PREFIXES)
    }
    return {**kept, **(extra or {})}


def full_environment(spec: KernelSpec, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with what the kernelspec adds, as Jupyter does it."""
    added = {name: Template(value).safe_substitute(environment) for name, value in spec.env.items()}
    full = {**environment, **added}
    full.pop("PYTHONEXECUTABLE", None)
    return full
