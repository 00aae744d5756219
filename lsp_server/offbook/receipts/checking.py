"""Tells whether a receipt still holds."""

from __future__ import annotations

from offbook.receipts.environment import Environments
from offbook.receipts.kernelspec import choose_kernelspec
from offbook.receipts.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def receipt_holds(receipt: dict[str, Any], view: View, environments: Environments) -> bool:
    """Tell whether everything that a run depended on is as it was then; a damaged receipt does not hold.

    Args:
        receipt: the receipt of the same code in the same folder.
        view: the workspace.
        environments: the environments that were looked at.
    """
    try:
        spec = choose_kernelspec(receipt["kernel"])
        facts = spec and environments.describe(spec, receipt["sites"], receipt["variables"])
        return (
            facts == receipt["environment"]
            and all(view.modules(folder, receipt["names"]) == found for folder, found in receipt["modules"].items())
            and all(view.checksum(folder) == names for folder, names in receipt["folders"].items())
            and all(view.holds(path, entry and tuple(entry)) for path, entry in receipt["files"].items())
        )
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        return False
