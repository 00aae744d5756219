"""``workspace/executeCommand``: a thin door to our own requests, for clients that do not know them."""

from __future__ import annotations

from typing import Any

import msgspec
from lsprotocol import types

from offbook.lsp.freshoutputs import save_fresh_outputs
from offbook.lsp.progress import own_token
from offbook.lsp.protocol import InvalidParamsError, RequestFailedError
from offbook.lsp.refactoring import EXTRACT_MODULE, MODULE, REFACTOR, refactoring_edit
from offbook.lsp.runs import run_notebook
from offbook.lsp.server import OffbookServer, guarded
from offbook.refactor import find_refactoring
from offbook.wire import RunParams

RUN = "offbook.run"
ACCEPT_OUTPUTS = "offbook.acceptOutputs"


def register(server: OffbookServer) -> None:
    """Register the commands.

    Clients of ours have commands of the same names, which do more; for them these stay unregistered.
    """

    async def run(ls: OffbookServer, *arguments: Any) -> Any:
        uri = _notebook(ls, arguments)
        params = RunParams(notebook=uri, compare=_option(arguments, "compare") is True)
        result = await run_notebook(ls, params, await own_token(ls))
        message = f"{ls.session.notebook(uri).path.name}: {result.message}"
        kind = types.MessageType.Info if result.status == "passed" else types.MessageType.Warning
        ls.window_show_message(types.ShowMessageParams(kind, message))
        return msgspec.to_builtins(result)

    async def refactor(ls: OffbookServer, *arguments: Any) -> None:
        uri = _notebook(ls, arguments)
        known = find_refactoring(arguments[1] if len(arguments) > 1 and isinstance(arguments[1], str) else "")
        options = arguments[2] if len(arguments) > 2 and isinstance(arguments[2], dict) else {}
        edit = await refactoring_edit(ls, uri, known.id, options)
        if not ls.session.client.applies_edits:
            command = known.id.replace(".", " ")
            raise RequestFailedError(f"this editor cannot apply edits for offbook: use `offbook {command}`")
        answer = await ls.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, known.title))
        if not answer.applied:
            raise RequestFailedError(answer.failure_reason or "the editor did not apply the change")

    async def extract_module(ls: OffbookServer, *arguments: Any) -> None:
        await refactor(ls, *(arguments[:1] or (_notebook(ls, ()),)), MODULE, *arguments[1:])

    async def accept_outputs(ls: OffbookServer, *arguments: Any) -> None:
        uri = _notebook(ls, arguments)
        path = await save_fresh_outputs(ls.session.notebook(uri))
        message = f"{path.name} now stores what the check has shown: load it again."
        ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    server.command(RUN)(guarded(run, RUN))
    server.command(ACCEPT_OUTPUTS)(guarded(accept_outputs, ACCEPT_OUTPUTS))
    server.command(REFACTOR)(guarded(refactor, REFACTOR))
    server.command(EXTRACT_MODULE)(guarded(extract_module, EXTRACT_MODULE))


def _notebook(ls: OffbookServer, arguments: tuple[Any, ...]) -> str:
    """Return the notebook that a command is about: the first argument, else the only open one."""
    if arguments and isinstance(arguments[0], str):
        return ls.session.notebook(arguments[0]).uri
    if not arguments and len(ls.session.notebooks) == 1:
        return next(iter(ls.session.notebooks))
    raise InvalidParamsError("say which notebook: its URI is the command's first argument")


def _option(arguments: tuple[Any, ...], name: str) -> Any:
    """Return an option of a command's second argument."""
    options = arguments[1] if len(arguments) > 1 else None
    return options.get(name) if isinstance(options, dict) else None
