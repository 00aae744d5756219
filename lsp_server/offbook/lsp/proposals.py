"""What a published diagnostic carries along of the refactoring that mends it."""

from __future__ import annotations

from typing import Any

import msgspec

from offbook.diagnostics import Diagnostic
from offbook.lsp.notebooks import OpenNotebook
from offbook.wire import Message


class ProposalData(Message, frozen=True):
    """A refactoring and its options."""

    notebook: str
    title: str
    refactoring: str
    options: dict[str, Any]


def encode_proposal(diagnostic: Diagnostic, notebook: OpenNotebook) -> dict[str, Any] | None:
    """Return the data of a diagnostic; ``None`` where no refactoring mends it."""
    proposal = diagnostic.proposal
    if proposal is None:
        return None
    data = ProposalData(
        notebook=notebook.uri,
        title=proposal.title,
        refactoring=proposal.refactoring,
        options=dict(proposal.options),
    )
    built: dict[str, Any] = msgspec.to_builtins(data)
    return built


def decode_proposal(data: object) -> ProposalData | None:
    """Read the data of a diagnostic that a client sends back; ``None`` where it is not ours."""
    try:
        return msgspec.convert(data, ProposalData)
    except msgspec.ValidationError:
        return None
