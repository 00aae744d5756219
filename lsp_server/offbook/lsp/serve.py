"""Starts the language server on a transport."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
import threading
from typing import BinaryIO

from pygls.io_ import StdoutWriter, run_async

from offbook.errors import UserError
from offbook.lsp.features import (
    candidates,
    code_action,
    definition,
    did_change_watched_files,
    fresh_outputs,
    graph,
    hover,
    initialize,
    notebook_document,
    outputs,
    ping,
    plan,
    references,
    rename,
    run,
    staged,
    symbols,
    text_document,
    verify,
)
from offbook.lsp.protocol import ExpectedErrors
from offbook.lsp.server import OffbookServer
from offbook.lsp.streams import MessageReader

log = logging.getLogger(__name__)

_FEATURES = (
    candidates,
    code_action,
    definition,
    did_change_watched_files,
    fresh_outputs,
    graph,
    hover,
    initialize,
    notebook_document,
    outputs,
    ping,
    plan,
    references,
    rename,
    run,
    staged,
    symbols,
    text_document,
    verify,
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def make_server() -> OffbookServer:
    """Return a server that answers every feature."""
    server = OffbookServer()
    for feature in _FEATURES:
        feature.register(server)
    return server


def serve_stdio() -> None:
    """Serve the client at the other end of standard input and output, until it leaves."""
    _log_to_stderr()
    _collect_seldom()
    stdin, stdout = _private_streams()
    server = make_server()
    server.protocol.set_writer(StdoutWriter(stdout))
    reader = MessageReader(stdin, server.thread_pool)
    try:
        asyncio.run(run_async(threading.Event(), reader, server.protocol, log, server.report_server_error))
    except BrokenPipeError:
        log.error("the client is gone")
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.shutdown()  # type: ignore[no-untyped-call]


def serve_tcp(host: str, port: int) -> None:
    """Serve one client on a TCP port, until it leaves. Port 0 takes a free one; standard error tells which.

    Raises:
        UserError: where the port cannot be opened.
    """
    _log_to_stderr()
    _collect_seldom()
    if host not in _LOOPBACK:
        log.warning("everybody who can reach %s:%s can run your notebooks: prefer 127.0.0.1", host, port)
    try:
        asyncio.run(_serve_one(host, port))
    except OSError as error:
        raise UserError(f"{host}:{port} cannot be opened: {error.strerror or error}") from error


async def _serve_one(host: str, port: int) -> None:
    """Wait for a client, and serve it alone."""
    server = make_server()
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.close()
        server.protocol.set_writer(writer)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await run_async(threading.Event(), reader, server.protocol, log, server.report_server_error)
        finally:
            done.set()

    listener = await asyncio.start_server(serve, host, port, limit=2**20)
    address = listener.sockets[0].getsockname()
    print(f"offbook: listening on {address[0]}:{address[1]}", file=sys.stderr, flush=True)
    try:
        await done.wait()
    finally:
        listener.close()
        server.shutdown()  # type: ignore[no-untyped-call]


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the streams of the protocol, and put others in their places.

    A stray ``print``, of a library or of a child process, goes to standard error; a child's standard input is empty.
    """
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout


def _collect_seldom() -> None:
    """Look for garbage seldom: to go through the trees of open notebooks takes longer than a keystroke."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(ExpectedErrors())
    logging.basicConfig(
        level=logging.WARNING, format="offbook: %(levelname)s: %(name)s: %(message)s", handlers=[handler]
    )
