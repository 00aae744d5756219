"""Starts the process that forks kernels before the rest of offbook is loaded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from offbook.kernels.environment import full_environment, kernel_environment
from offbook.kernels.forkserver import ForkServers, can_fork
from offbook.receipts.checking import receipt_holds
from offbook.receipts.code import read_code
from offbook.receipts.environment import Environments
from offbook.receipts.kernelspec import choose_kernelspec
from offbook.receipts.store import find_store
from offbook.receipts.view import View


def start_ahead(notebooks: Sequence[Path], *, force: bool) -> ForkServers:
    """Return the processes that fork kernels; the first starts already, where a notebook has to run.

    Args:
        notebooks: what is about to run.
        force: whether all run though there are receipts.
    """
    servers = ForkServers()
    environments = Environments()
    for path in notebooks:
        try:
            code = read_code(path.read_bytes())
        except OSError:
            continue
        if code is None or (not force and _is_verified(path, code[1], environments)):
            continue
        spec = choose_kernelspec(code[0])
        if spec is not None and can_fork(spec):
            servers.server(spec, full_environment(spec, kernel_environment(os.environ)))
        break
    return servers


def _is_verified(path: Path, digest: str, environments: Environments) -> bool:
    folder = path.resolve().parent
    store = find_store(str(folder))
    receipt = store.load(folder.relative_to(store.root).as_posix(), digest)
    return receipt is not None and receipt_holds(receipt, View(store.root), environments)
