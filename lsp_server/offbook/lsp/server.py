"""The language server: pygls with a session of ours and answers that a user can read."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec
from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer

from offbook import version
from offbook.errors import UserError
from offbook.lsp.diagnosing import Diagnoser
from offbook.lsp.libraries import Libraries
from offbook.lsp.protocol import InternalError, InvalidParamsError, Protocol, RequestFailedError, make_converter
from offbook.lsp.session import Session
from offbook.wire.methods import Method

log = logging.getLogger(__name__)

Handler = TypeVar("Handler", bound=Callable[..., Any])

_OWN_DOCUMENTS = (
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
)
"""Notifications that the session answers alone: pygls's own copies of the documents would be of no use."""


class OffbookServer(LanguageServer):
    """The server of one client."""

    def __init__(self) -> None:
        super().__init__(
            name="offbook",
            version=version(),
            notebook_document_sync=types.NotebookDocumentSyncOptions(
                notebook_selector=[types.NotebookDocumentFilterWithNotebook(notebook="jupyter-notebook")], save=True
            ),
            protocol_cls=Protocol,
            converter_factory=make_converter,
        )
        for method in _OWN_DOCUMENTS:
            self.protocol.fm.builtin_features.pop(method)
        self.session = Session()
        self.libraries = Libraries()
        self.diagnoser = Diagnoser(self.session, self.text_document_publish_diagnostics, self.warn)

    def feature(self, feature_name: str, options: Any | None = None) -> Callable[[Handler], Handler]:
        """Register a handler; what it raises becomes an answer that a user can read."""
        register = super().feature(feature_name, options)

        def decorate(handler: Handler) -> Handler:
            register(guarded(handler, feature_name))
            return handler

        return decorate

    def message(self, method: Method) -> Callable[[Handler], Handler]:
        """Register a handler of one of our own messages: it is given, and answers, the types of the message."""

        def decorate(handler: Handler) -> Handler:
            self.feature(method.name)(_decoded(handler, method))
            return handler

        return decorate

    def warn(self, message: str) -> None:
        """Show the user a warning."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong where no request can be answered; no window pops up."""
        if source is FeatureRequestError:
            return
        log.error("%s", error)
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"offbook: {error}"))


def guarded(handler: Handler, name: str) -> Handler:
    """Wrap a handler so that it raises nothing but errors of the protocol."""
    if asyncio.iscoroutinefunction(handler):

        @functools.wraps(handler)
        async def guard_async(*args: Any) -> Any:
            try:
                return await handler(*args)
            except Exception as error:
                raise _answer(error, name) from error

        return cast(Handler, guard_async)

    @functools.wraps(handler)
    def guard(*args: Any) -> Any:
        try:
            return handler(*args)
        except Exception as error:
            raise _answer(error, name) from error

    return cast(Handler, guard)


def _answer(error: Exception, name: str) -> JsonRpcException:
    if isinstance(error, JsonRpcException):
        return error
    if isinstance(error, UserError):
        return RequestFailedError(str(error))
    log.error("a bug of offbook, in %s", name, exc_info=error)
    return InternalError(f"`{name}` failed: this is a bug of offbook. Its log has the details.")


def _decoded(handler: Callable[..., Any], method: Method) -> Callable[..., Any]:
    """Wrap a handler of typed messages into one of plain JSON."""

    def decode(params: object) -> Any:
        try:
            return msgspec.convert(params, method.params)
        except msgspec.ValidationError as error:
            raise InvalidParamsError(f"the parameters of `{method.name}` are malformed: {error}") from None

    if method.result is None:

        def notified(ls: OffbookServer, params: object) -> None:
            handler(ls, decode(params))

        return notified

    async def requested(ls: OffbookServer, params: object) -> Any:
        return msgspec.to_builtins(await handler(ls, decode(params)))

    return requested
