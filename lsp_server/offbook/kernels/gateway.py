"""Kernels on another computer: started and spoken to through a Jupyter server or a Jupyter Gateway.

The interface is that of Jupyter's server: https://jupyter-server.readthedocs.io, "The REST API" and "WebSocket kernel
wire protocols" (the default one, which all of them understand).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit
from urllib.request import ProxyHandler, Request, build_opener

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketError, websocket_connect

from offbook.errors import UserError
from offbook.kernels.conversation import Conversation
from offbook.kernels.forkserver import ForkServers
from offbook.kernels.kernel import KernelStartError
from offbook.kernels.messages import LARGEST, Message, Wire, decode

TOKEN = "JUPYTER_GATEWAY_AUTH_TOKEN"
"""The environment variable with the key to the gateway, as Jupyter names it."""

_CONNECT = 20.0
"""Seconds that the gateway may take to take a call."""

_ANSWER = 60.0
"""Seconds that it may take to answer a question."""

_PING = 20.0
"""Seconds between two signs of life on a connection that is silent."""

_GONE = frozenset({"restarting", "autorestarting", "dead"})
"""What a gateway says of a kernel whose process has ended."""

_CUT = ("IOPub data rate exceeded", "IOPub message rate exceeded")
"""How it says, as output of the cell, that it leaves out what follows for a while."""


class Gateway:
    """One gateway.

    Attributes:
        address: where it is, without a key.
    """

    def __init__(self, address: str) -> None:
        """Name it; nobody is called yet.

        Args:
            address: its address; a key in it (``?token=``) is taken out.
        """
        scheme, host, path, query, _ = urlsplit(address)
        self.address = urlunsplit((scheme, host, path.rstrip("/"), "", ""))
        token = "".join(parse_qs(query).get("token", [])[:1]) or os.environ.get(TOKEN, "")
        self._headers = {"Authorization": f"token {token}"} if token else {}
        self._opener = build_opener(ProxyHandler({}))
        self._specs: asyncio.Future[dict[str, Any]] | None = None

    async def kernel(self, wanted: str) -> GatewayKernel:
        """Make a kernel of the wanted kernelspec, or else of the gateway's usual one; it does not start yet.

        Raises:
            UserError: where there is no gateway, or it lets nobody in.
        """
        if self._specs is None:
            self._specs = asyncio.ensure_future(asyncio.to_thread(self.call, "GET", "/api/kernelspecs"))
        found = await asyncio.shield(self._specs)
        names = {name.lower(): name for name in found.get("kernelspecs", {})}
        name = names.get(wanted.lower(), str(found.get("default", "python3")))
        other = bool(wanted) and name.lower() != wanted.lower()
        note = f"The gateway has no kernel `{wanted}`: its `{name}` ran it." if other else ""
        return GatewayKernel(self, name, note)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call the gateway, and return what it answers; it is waited for.

        Raises:
            UserError: where nobody answers, or the answer is an error.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        request = Request(self.address + path, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=_ANSWER) as answer:
                found = json.loads(answer.read() or b"{}")
        except HTTPError as error:
            key = f" (its key belongs into the variable `{TOKEN}`)" if error.code in (401, 403) else ""
            raise UserError(f"the Jupyter Gateway at {self.address} says {error.code} {error.reason}{key}") from None
        except (OSError, ValueError) as error:
            raise UserError(f"there is no Jupyter Gateway at {self.address}: {error}") from None
        if not isinstance(found, dict):
            raise UserError(f"what answers at {self.address} is no Jupyter Gateway")
        return found

    async def connect(self, kernel: str, session: str) -> WebSocketClientConnection:
        """Return the connection to a kernel."""
        scheme, _, rest = self.address.partition("://")
        address = f"{'wss' if scheme == 'https' else 'ws'}://{rest}/api/kernels/{quote(kernel)}/channels"
        request = HTTPRequest(f"{address}?session_id={session}", headers=self._headers, connect_timeout=_CONNECT)
        return await websocket_connect(request, max_message_size=2 * LARGEST, ping_interval=_PING)


class GatewayClient(Conversation):
    """The channels to one kernel, over one connection.

    Attributes:
        ended: set when the kernel's process is gone, or the connection.
        cut: whether the gateway left out outputs, as there were too many at once.
    """

    def __init__(self, connection: WebSocketClientConnection, wire: Wire) -> None:
        super().__init__(wire)
        self.ended = asyncio.Event()
        self.cut = False
        self._connection = connection
        self._reading = asyncio.ensure_future(self._read())

    def transmit(self, channel: str, kind: str, content: dict[str, Any], parent: dict[str, Any] | None = None) -> str:
        """Send a message without waiting; return its id."""
        header = self.wire.header(kind)
        message = {"channel": channel, "header": header, "parent_header": parent or {}, "metadata": {}, "buffers": []}
        with contextlib.suppress(WebSocketError):  # that the connection is gone is told by `ended`
            self._connection.write_message(json.dumps({**message, "content": content}))
        return header["msg_id"]

    def close(self) -> None:
        """Close the connection."""
        self._reading.cancel()
        self._connection.close()

    async def _read(self) -> None:
        try:
            while (frame := await self._connection.read_message()) is not None:
                found = _unpacked(frame)
                if found is None:
                    continue
                channel, message = found
                if message.kind == "status" and message.content.get("execution_state") in _GONE:
                    return
                if channel == "iopub":
                    self.cut |= message.kind == "stream" and str(message.content.get("text")).startswith(_CUT)
                    self.on_output(message)
                elif channel == "shell":
                    self.on_reply(message)
        finally:
            self.ended.set()


def _unpacked(frame: str | bytes) -> tuple[str, Message] | None:
    """Return the channel and the message of a frame; in one that is binary, buffers follow the message."""
    data = frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame
    try:
        if isinstance(frame, bytes):
            count = struct.unpack_from("!i", data)[0]
            starts = struct.unpack_from(f"!{count}i", data, 4)
            data = data[starts[0] : starts[1] if count > 1 else None]
        found = decode(data)
        head, above = found["header"], found.get("parent_header") or {}
        message = Message(head["msg_type"], head["msg_id"], above.get("msg_id", ""), found["content"], head, len(data))
        return str(found["channel"]), message
    except (ValueError, KeyError, TypeError, AttributeError, struct.error):
        return None


class GatewayKernel:
    """A kernel that a gateway runs: what :class:`~offbook.kernels.kernel.Kernel` is on this computer.

    Attributes:
        name: its kernelspec.
        python: its executable, which nobody tells.
        client: the channels to it, once it has started.
    """

    client: GatewayClient
    python = ""

    def __init__(self, gateway: Gateway, name: str, note: str) -> None:
        self.name = name
        self._notes = [note] if note else []
        self._gateway = gateway
        self._id = ""
        self._over = False

    async def start(
        self,
        cwd: Path,
        environment: Mapping[str, str],
        timeout: float,
        servers: ForkServers | None = None,
    ) -> None:
        """Have it started, in ``cwd`` where the gateway has that folder, and wait until it answers.

        Args:
            cwd: where it runs.
            environment: what of it is named ``KERNEL_...`` is told to the gateway, which may use it.
            timeout: seconds that it may take.
            servers: without effect.

        Raises:
            KernelStartError: where it does not come up.
        """
        try:
            await asyncio.wait_for(self._start(cwd, environment), timeout)
        except (OSError, UserError, WebSocketError, HTTPClientError, asyncio.TimeoutError) as error:
            late = isinstance(error, asyncio.TimeoutError)
            await self.end(now=True)
            reason = f"it did not answer within {timeout:g} s" if late else str(error)
            raise KernelStartError(f"the gateway's kernel `{self.name}` did not start: {reason}") from error
        except BaseException:
            await self.end(now=True)
            raise

    async def _start(self, cwd: Path, environment: Mapping[str, str]) -> None:
        told = {name: value for name, value in environment.items() if name.startswith("KERNEL_")}
        await asyncio.to_thread(self._create, {**told, "KERNEL_WORKING_DIR": str(cwd)})
        wire = Wire(b"")
        self.client = GatewayClient(await self._gateway.connect(self._id, wire.session), wire)
        await self.client.wait_until_ready()
        answer = await self.client.execute(f"__import__('os').chdir({str(cwd)!r})")
        if answer.content.get("status") != "ok":
            self._notes.append(f"The gateway has no folder `{cwd}`: the notebook ran in the kernel's own.")

    @property
    def note(self) -> str:
        """What the user should know; may be empty."""
        cut = "The gateway left out some of what the cells show: it was more at once than its limits let through."
        return " ".join([*self._notes, cut] if hasattr(self, "client") and self.client.cut else self._notes)

    def _create(self, environment: Mapping[str, str]) -> None:
        """Have the process started; where nobody waits for it any more, have it ended, too."""
        self._id = str(self._gateway.call("POST", "/api/kernels", {"name": self.name, "env": environment}).get("id"))
        if self._over:
            self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(UserError):
            self._gateway.call("DELETE", f"/api/kernels/{quote(self._id)}")

    async def execute(self, code: str) -> None:
        """Execute code that leaves no trace."""
        await self.client.execute(code)

    async def death(self) -> None:
        """Return when the process has ended, or nobody can tell any more."""
        await self.client.ended.wait()

    @property
    def ending(self) -> str:
        """How it ended."""
        return "the gateway lost it"

    def log_tail(self, lines: int = 3) -> str:
        """Return nothing: what the process itself writes stays on the other computer."""
        return ""

    async def interrupt(self) -> None:
        """Interrupt the cell that runs."""
        with contextlib.suppress(UserError):
            await asyncio.to_thread(self._gateway.call, "POST", f"/api/kernels/{quote(self._id)}/interrupt", {})

    async def end(self, *, now: bool = False) -> None:
        """End the process, and close the connection; a run that is cancelled does it too."""
        self._over = True
        if hasattr(self, "client"):
            self.client.close()
        if self._id:
            await asyncio.to_thread(self._remove)
