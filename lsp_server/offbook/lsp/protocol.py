"""The protocol layer of pygls, with our own messages and answers to malformed requests."""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any

from cattrs import Converter
from lsprotocol import converters, types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.protocol import JsonRPCProtocol, LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage

from offbook import version
from offbook.wire import PROTOCOL_VERSION

REQUEST_FAILED = -32803
"""LSP's code for a request that is right and cannot be done; the message is for the user."""

CONTENT_MODIFIED = -32801
"""LSP's code for a request about a state of a document that is gone."""


class RequestFailedError(JsonRpcException):
    """An answer for the user: what went wrong, in a sentence. It is expected, and not logged."""

    CODE = REQUEST_FAILED


class StaleRequestError(RequestFailedError):
    """The document has changed since; asking again helps."""

    CODE = CONTENT_MODIFIED


class InvalidParamsError(RequestFailedError):
    """The client sent something that the protocol does not know."""

    CODE = JsonRpcInvalidParams.CODE


class InternalError(RequestFailedError):
    """A bug of ours, already logged; the client hears only that it happened."""

    CODE = -32603


class Protocol(LanguageServerProtocol):
    """Announces offbook's own messages, and answers a request that cannot be read instead of leaving it open."""

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer ``initialize`` with the version of offbook's own messages beside the standard capabilities."""
        result = yield from super().lsp_initialize(params)
        result.capabilities.experimental = {"offbook": {"protocol": PROTOCOL_VERSION, "version": version()}}
        return result

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Turn JSON into a message; a malformed request is answered with an error."""
        try:
            return super().structure_message(data)
        except JsonRpcException:
            if "method" in data and isinstance(data.get("id"), int | str):
                error = types.ResponseError(
                    code=InvalidParamsError.CODE, message=f"the parameters of `{data['method']}` are malformed"
                )
                self._send_response(data["id"], error=error)
            raise


def make_converter() -> Converter:
    """Return pygls's converter, with parameters and results of our own messages left as plain objects."""
    converter = converters.get_converter()
    for kind in (JsonRPCRequestMessage, JsonRPCNotification):
        converter.register_structure_hook(kind, _structure_call)
    converter.register_structure_hook(JsonRPCResponseMessage, _structure_answer)
    return converter


def _structure_call(data: dict[str, Any], kind: type[Any]) -> Any:
    known = {key: data[key] for key in ("id", "method", "jsonrpc") if key in data}
    return kind(**known, params=data.get("params"))


def _structure_answer(data: dict[str, Any], kind: type[Any]) -> Any:
    return kind(id=data["id"], jsonrpc=data["jsonrpc"], result=data.get("result"))


class ExpectedErrors(logging.Filter):
    """Keeps answers meant for the user, which pygls reports with a traceback, out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is worth showing."""
        return not (record.exc_info and isinstance(record.exc_info[1], RequestFailedError))


__all__ = [
    "CONTENT_MODIFIED",
    "REQUEST_FAILED",
    "ExpectedErrors",
    "InternalError",
    "InvalidParamsError",
    "JsonRPCProtocol",
    "Protocol",
    "RequestFailedError",
    "StaleRequestError",
    "make_converter",
]
