"""Speaks with a kernel over its sockets: asks, and gathers what the cells show."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import zmq
import zmq.asyncio

from offbook.kernels.messages import Message, Wire

_RECONNECT = 2
"""Milliseconds between two attempts to reach a kernel that is about to listen."""

_READY = 0.015
"""Seconds between two questions to a kernel that starts."""

_IDLE = 60.0
"""Seconds that a cell's last outputs may take after its answer."""

_STOP = "(lambda loop: loop.add_callback(loop.stop))(__import__('IPython').get_ipython().kernel.io_loop)"

Handler = Callable[[Message], None]


class KernelClient:
    """The channels to one kernel; used in one event loop."""

    def __init__(self, connection: Mapping[str, Any]) -> None:
        """Connect; the kernel need not listen yet.

        Args:
            connection: what the connection file holds.
        """
        self.wire = Wire(_bytes(connection.get("key", b"")))
        self._context = zmq.asyncio.Context()
        self._shell = self._socket(zmq.DEALER, connection, "shell")
        self._control = self._socket(zmq.DEALER, connection, "control")
        self._iopub = self._socket(zmq.SUB, connection, "iopub")
        self._iopub.setsockopt(zmq.SUBSCRIBE, b"")
        self._sending: set[asyncio.Future[Any]] = set()
        self._replies: dict[str, asyncio.Future[Message]] = {}
        self._watched = ""
        self._handle: Handler = _ignore
        self._idle = asyncio.Event()
        self._heard = asyncio.Event()
        self._tasks = [asyncio.ensure_future(self._read(self._shell, self._on_reply))]
        self._tasks.append(asyncio.ensure_future(self._read(self._iopub, self._on_output)))

    async def wait_until_ready(self) -> None:
        """Return when the kernel answers and its outputs arrive."""
        while not self._heard.is_set():
            await self._ask("kernel_info_request", {})
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._heard.wait(), _READY)

    async def execute(self, code: str, handle: Handler | None = None, *, stop_on_error: bool = True) -> Message:
        """Execute code; return the kernel's answer, when all outputs have arrived.

        Args:
            code: what to execute.
            handle: told of every message that belongs to it; where ``None``, it leaves no trace in the kernel.
            stop_on_error: whether requests that wait in the kernel are dropped where it fails.
        """
        self._handle = handle or _ignore
        self._idle.clear()
        content = {
            "code": code,
            "silent": handle is None,
            "store_history": handle is not None,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        answer = self._ask("execute_request", content, watched=True)
        try:
            reply = await answer
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._idle.wait(), _IDLE)
            return reply
        finally:
            answer.cancel()
            self._watched = ""

    def send(self, kind: str, content: dict[str, Any], parent: Message) -> None:
        """Send a message that nobody answers, after another."""
        self._put(self._shell, self.wire.pack(kind, content, parent.header)[1])

    def stop(self) -> None:
        """Let ipykernel's main thread end by itself.

        On a request to shut down, its control thread may write to what the main thread has closed: both wait for ever.
        """
        self._ask("execute_request", {"code": _STOP, "silent": True, "store_history": False, "allow_stdin": False})

    def shut_down(self) -> None:
        """Ask the kernel to end; for those that are not ipykernel."""
        self._put(self._control, self.wire.pack("shutdown_request", {"restart": False})[1])

    def interrupt(self) -> None:
        """Ask the kernel to interrupt what runs; for those that do not listen to signals."""
        self._put(self._control, self.wire.pack("interrupt_request", {})[1])

    def close(self) -> None:
        """Close the channels."""
        for task in (*self._tasks, *self._sending):
            task.cancel()
        self._context.destroy(linger=100)

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

    def _ask(self, kind: str, content: dict[str, Any], watched: bool = False) -> asyncio.Future[Message]:
        identity, frames = self.wire.pack(kind, content)
        if watched:
            self._watched = identity
        self._replies[identity] = answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda _: self._replies.pop(identity, None))
        self._put(self._shell, frames)
        return answer

    def _put(self, socket: zmq.asyncio.Socket, frames: list[bytes]) -> None:
        sent = asyncio.ensure_future(socket.send_multipart(frames))
        self._sending.add(sent)
        sent.add_done_callback(self._sending.discard)

    async def _read(self, socket: zmq.asyncio.Socket, handle: Handler) -> None:
        while True:
            message = self.wire.unpack(await socket.recv_multipart())
            if message is not None:
                handle(message)

    def _on_reply(self, message: Message) -> None:
        answer = self._replies.get(message.parent)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _on_output(self, message: Message) -> None:
        self._heard.set()
        if not self._watched or message.parent != self._watched:
            return
        if message.kind == "status" and message.content.get("execution_state") == "idle":
            self._idle.set()
        else:
            self._handle(message)


def _ignore(_message: Message) -> None:
    pass


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
