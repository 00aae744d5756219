"""Keeps the receipts of passed runs, and answers from them where everything that a run depended on still holds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from offbook.notebook import Notebook
from offbook.receipts.checking import receipt_holds
from offbook.receipts.code import code_digest
from offbook.receipts.environment import Environments
from offbook.receipts.kernelspec import choose_kernelspec
from offbook.receipts.making import PassedRun, make_receipt
from offbook.receipts.record import read_record
from offbook.receipts.store import Store, find_store
from offbook.receipts.view import View
from offbook.running import RunReport, runnable, skipped_note


class Ledger:
    """The receipts that one command uses: those of the work tree, or of what is staged."""

    def __init__(
        self, staged: tuple[Store, View] | None = None, copied: Callable[[str], bool | None] | None = None
    ) -> None:
        """Make a ledger of the work tree.

        Args:
            staged: the store and the view of a commit, where notebooks run in a copy of what is staged.
            copied: see :class:`~offbook.receipts.making.PassedRun`.
        """
        self.environments = Environments()
        self._staged = staged
        self._copied = copied
        self._views: dict[str, View] = {}

    def find(self, notebook: Notebook, folder: Path) -> RunReport | None:
        """Return the outcome that a receipt vouches for; ``None`` where the notebook has to run.

        Args:
            notebook: what would run.
            folder: its folder in the workspace.
        """
        store, view = self._of(folder)
        receipt = store.load(_inside(folder, store.root), _digest(notebook))
        if receipt is None or not receipt_holds(receipt, view, self.environments):
            return None
        cells = len(runnable(notebook))
        notes = tuple(filter(None, [skipped_note(notebook.cells)]))
        return RunReport("cached", total=cells, kernel=notebook.kernel, reason=_when(receipt), notes=notes)

    def save(self, notebook: Notebook, report: RunReport, folder: Path, ran: tuple[Path, Path], notes: Path) -> bool:
        """Keep the receipt of a run that passed; false where there is none to keep.

        Args:
            notebook: what ran.
            report: its outcome.
            folder: the notebook's folder in the workspace.
            ran: the folder that it ran in, and the top of the workspace or of the copy of it.
            notes: what the kernel noted.
        """
        spec = choose_kernelspec(notebook.kernel)
        if report.status != "passed" or spec is None:
            return False
        store, _ = self._of(folder)
        run = PassedRun(
            kernel=notebook.kernel,
            sources=tuple(cell.source for cell in runnable(notebook)),
            cwd=str(ran[0]),
            root=str(ran[1]) if self._staged else store.root,
            home=store.root,
            started=time.time_ns() - int(report.seconds * 1e9),
            seconds=report.seconds,
            spec=spec,
            copied=self._copied,
        )
        receipt = make_receipt(read_record(str(notes)), run, self.environments)
        return receipt is not None and store.save(_inside(folder, store.root), _digest(notebook), receipt)

    def _of(self, folder: Path) -> tuple[Store, View]:
        if self._staged is not None:
            return self._staged
        store = find_store(str(folder))
        return store, self._views.setdefault(store.root, View(store.root))


def _digest(notebook: Notebook) -> str:
    return code_digest(notebook.kernel, ((cell.source, cell.tags) for cell in notebook.cells if cell.kind == "code"))


def _inside(folder: Path, root: str) -> str:
    return os.path.relpath(os.path.realpath(folder), root).replace(os.sep, "/")


def _when(receipt: dict[str, Any]) -> str:
    made = datetime.fromtimestamp(float(receipt.get("made") or 0)).astimezone()
    return f"nothing changed since it ran from top to bottom ({made:%d %b %H:%M}, {receipt.get('seconds', 0):.1f} s)"
