"""What is said to a kernel, and what it answers, whatever carries the messages."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from offbook.kernels.messages import Message, Wire

_READY = 0.015
"""Seconds between two questions to a kernel that starts."""

_IDLE = 60.0
"""Seconds that a cell's last outputs may take after its answer."""

Handler = Callable[[Message], None]


class Conversation(ABC):
    """Asks a kernel, and gathers what the cells show; used in one event loop."""

    def __init__(self, wire: Wire) -> None:
        """Begin it.

        Args:
            wire: makes the messages.
        """
        self.wire = wire
        self._replies: dict[str, asyncio.Future[Message]] = {}
        self._watched = ""
        self._handle: Handler = _ignore
        self._idle = asyncio.Event()
        self._heard = asyncio.Event()

    @abstractmethod
    def transmit(self, channel: str, kind: str, content: dict[str, Any], parent: dict[str, Any] | None = None) -> str:
        """Send a message without waiting; return its id.

        Args:
            channel: ``shell`` or ``control``.
            kind: its type.
            content: its content.
            parent: the header of the message that it follows.
        """

    async def wait_until_ready(self) -> None:
        """Return when the kernel answers and its outputs arrive."""
        while not self._heard.is_set():
            await self.ask("kernel_info_request", {})
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
        answer = self.ask("execute_request", content, watched=True)
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
        self.transmit("shell", kind, content, parent.header)

    def ask(self, kind: str, content: dict[str, Any], *, watched: bool = False) -> asyncio.Future[Message]:
        """Send a request; the future has its answer.

        Args:
            kind: its type.
            content: its content.
            watched: whether what it shows is handled.
        """
        identity = self.transmit("shell", kind, content)
        if watched:
            self._watched = identity
        self._replies[identity] = answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda _: self._replies.pop(identity, None))
        return answer

    def on_reply(self, message: Message) -> None:
        """Take in an answer."""
        answer = self._replies.get(message.parent)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def on_output(self, message: Message) -> None:
        """Take in what the kernel publishes."""
        self._heard.set()
        if not self._watched or message.parent != self._watched:
            return
        if message.kind == "status" and message.content.get("execution_state") == "idle":
            self._idle.set()
        else:
            self._handle(message)


def _ignore(_message: Message) -> None:
    pass
