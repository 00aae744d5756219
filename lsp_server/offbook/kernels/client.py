"""Speaks with a kernel over its sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import zmq
import zmq.asyncio

from offbook.kernels.conversation import Conversation
from offbook.kernels.messages import Message, Wire

_RECONNECT = 2
"""Milliseconds between two attempts to reach a kernel that is about to listen."""

_STOP = "(lambda loop: loop.add_callback(loop.stop))(__import__('IPython').get_ipython().kernel.io_loop)"


class KernelClient(Conversation):
    """The channels to one kernel."""

    def __init__(self, connection: Mapping[str, Any]) -> None:
        """Connect; the kernel need not listen yet.

        Args:
            connection: what the connection file holds.
        """
        super().__init__(Wire(_bytes(connection.get("key", b""))))
        self._context = zmq.asyncio.Context()
        self._channels = {name: self._socket(zmq.DEALER, connection, name) for name in ("shell", "control")}
        self._iopub = self._socket(zmq.SUB, connection, "iopub")
        self._iopub.setsockopt(zmq.SUBSCRIBE, b"")
        self._sending: set[asyncio.Future[Any]] = set()
        self._tasks = [asyncio.ensure_future(self._read(self._channels["shell"], self.on_reply))]
        self._tasks.append(asyncio.ensure_future(self._read(self._iopub, self.on_output)))

    def transmit(self, channel: str, kind: str, content: dict[str, Any], parent: dict[str, Any] | None = None) -> str:
        """Send a message without waiting; return its id."""
        identity, frames = self.wire.pack(kind, content, parent)
        sent = asyncio.ensure_future(self._channels[channel].send_multipart(frames))
        self._sending.add(sent)
        sent.add_done_callback(self._sending.discard)
        return identity

    def stop(self) -> None:
        """Let ipykernel's main thread end by itself.

        On a request to shut down, its control thread may write to what the main thread has closed: both wait for ever.
        """
        self.ask("execute_request", {"code": _STOP, "silent": True, "store_history": False, "allow_stdin": False})

    def shut_down(self) -> None:
        """Ask the kernel to end; for those that are not ipykernel."""
        self.transmit("control", "shutdown_request", {"restart": False})

    def interrupt(self) -> None:
        """Ask the kernel to interrupt what runs; for those that do not listen to signals."""
        self.transmit("control", "interrupt_request", {})

    def close(self) -> None:
        """Close the channels, without waiting: the kernel has ended, and nobody would take what was not sent."""
        for task in (*self._tasks, *self._sending):
            task.cancel()
        self._context.destroy(linger=0)

    def _socket(self, kind: int, connection: Mapping[str, Any], channel: str) -> zmq.asyncio.Socket:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.RECONNECT_IVL, _RECONNECT)
        socket.setsockopt(zmq.RCVHWM, 0)
        public, secret = connection.get("curve_publickey"), connection.get("curve_secretkey")
        if public and secret:
            socket.curve_secretkey, socket.curve_publickey, socket.curve_serverkey = (
                _bytes(secret),
                *[_bytes(public)] * 2,
            )
        mark = "-" if connection["transport"] == "ipc" else ":"
        socket.connect(f"{connection['transport']}://{connection['ip']}{mark}{connection[f'{channel}_port']}")
        return socket

    async def _read(self, socket: zmq.asyncio.Socket, handle: Callable[[Message], None]) -> None:
        while True:
            message = self.wire.unpack(await socket.recv_multipart())
            if message is not None:
                handle(message)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
