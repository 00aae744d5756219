"""What cells show, as a notebook keeps it: made from the kernel's messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Any

from offbook.kernels.messages import LARGEST, Message

Output = dict[str, Any]
Sender = Callable[[str, dict[str, Any], Message], None]
"""Sends a message to the kernel: its type, its content, and the message that it follows."""

_ERASED = re.compile(r"[^\n]\x08")
_FIELDS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}


class Display:
    """The outputs of a run, cell after cell, with displays that are updated later and ``Output`` widgets.

    Attributes:
        cells: what each cell shows.
        flooded: set when a cell shows more than a notebook file can hold; nothing more is taken in then.
    """

    def __init__(self, send: Sender) -> None:
        """Start a run.

        Args:
            send: how a widget's new state reaches the kernel.
        """
        self.cells: list[Area] = []
        self._send = send
        self._displays: dict[str, list[Output]] = {}
        self._widgets: dict[str, Widget] = {}
        self._captured: dict[str, list[Widget]] = {}
        self.flooded = asyncio.Event()

    def open_cell(self) -> Area:
        """Start the next cell."""
        self.cells.append(Area())
        return self.cells[-1]

    def handle(self, message: Message) -> None:
        """Take in one message of the cell that runs."""
        kind, content = message.kind, message.content
        cell = self.cells[-1]
        if self.flooded.is_set() or message.size > LARGEST:
            self.flooded.set()
            return
        if "execution_count" in content:
            cell.execution_count = content["execution_count"]
        identity = (content.get("transient") or {}).get("display_id")
        if identity and kind in ("display_data", "execute_result", "update_display_data"):
            for shown in self._displays.get(identity, ()):
                shown.update(data=content["data"], metadata=content["metadata"])
        capturing = self._captured.get(message.parent)
        target: Area = capturing[-1] if capturing else cell
        if kind == "clear_output":
            target.clear(wait=bool(content.get("wait")))
        elif kind in ("comm_open", "comm_msg"):
            self._on_comm(message)
            return
        elif kind in _FIELDS:
            output = {"output_type": kind, **{field: content[field] for field in _FIELDS[kind]}}
            target.add(output, message.size, merge=bool(capturing))
            if target.size > LARGEST:
                self.flooded.set()
            if identity and not capturing:
                self._displays.setdefault(identity, []).append(output)
        if capturing and (kind in _FIELDS or (kind == "clear_output" and not content.get("wait"))):
            capturing[-1].sync(self._send, message)

    def _on_comm(self, message: Message) -> None:
        """Follow the widgets that capture outputs, as a front end does."""
        identity, data = message.content["comm_id"], message.content.get("data") or {}
        state = data.get("state") or {}
        if message.kind == "comm_open":
            if state.get("_model_name") == "OutputModel" and state.get("_model_module") == "@jupyter-widgets/output":
                self._widgets[identity] = Widget(identity, state.get("outputs") or ())
            return
        widget = self._widgets.get(identity)
        if widget is None or "msg_id" not in state:
            return
        if state["msg_id"]:
            widget.request = state["msg_id"]
            self._captured.setdefault(widget.request, []).append(widget)
        elif widget in self._captured.get(widget.request, ()):
            self._captured[widget.request].remove(widget)


class Area:
    """Where outputs are shown: a cell, or a widget; ``size`` is that of their messages, in bytes."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.size = 0
        self.execution_count: int | None = None
        self._clear_first = False

    def clear(self, *, wait: bool) -> None:
        """Remove all outputs; with ``wait``, when the next comes."""
        self._clear_first = wait
        if not wait:
            self.outputs, self.size = [], 0

    def add(self, output: Output, size: int, *, merge: bool) -> None:
        """Show an output.

        Args:
            output: the output.
            size: how large its message is, in bytes.
            merge: whether text joins the text right before it.
        """
        if self._clear_first:
            self.outputs, self.size, self._clear_first = [], 0, False
        self.size += size
        last = self.outputs[-1] if self.outputs else {}
        if merge and output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            self.outputs.append(output)

    def stored(self) -> tuple[Output, ...]:
        """Return the outputs as a notebook keeps them, see :func:`join_streams`."""
        return tuple(join_streams(self.outputs))


class Widget(Area):
    """An ``Output`` widget: it shows what is printed and displayed while its request is under way."""

    def __init__(self, identity: str, outputs: Any) -> None:
        super().__init__()
        self.identity = identity
        self.outputs = list(outputs)
        self.request = ""

    def sync(self, send: Sender, message: Message) -> None:
        """Tell the kernel what the widget shows now."""
        data = {"method": "update", "state": {"outputs": self.outputs}, "buffer_paths": []}
        send("comm_msg", {"comm_id": self.identity, "data": data}, message)


def join_streams(outputs: Iterable[Output]) -> list[Output]:
    """Return the outputs with one text per stream between two displays, without what was overprinted.

    Which of stdout and stderr arrives first is chance, so stdout is put first.
    """
    found: list[Output] = []
    printed: dict[str, list[str]] = {}
    for output in outputs:
        if output.get("output_type") == "stream":
            printed.setdefault(str(output.get("name")), []).append(str(output.get("text", "")))
        else:
            found += _texts(printed)
            found.append(output)
    return found + _texts(printed)


def _texts(printed: dict[str, list[str]]) -> list[Output]:
    """Return what was printed to each stream, stdout first, and forget it."""
    streams = [
        {"output_type": "stream", "name": name, "text": _printed("".join(printed[name]))}
        for name in sorted(printed, reverse=True)
    ]
    printed.clear()
    return streams


def _printed(text: str) -> str:
    """Return what a terminal would show of text with backspaces and carriage returns, as nbclient has it."""
    before = None
    while "\x08" in text and before != text:
        before, text = text, _ERASED.sub("", text)
    return "\n".join(map(_last_print, text.split("\n"))) if "\r" in text else text


def _last_print(line: str) -> str:
    """Return what is left of a line that was printed over: a carriage return at its end prints over nothing."""
    return line[line.rfind("\r", 0, max(0, len(line) - 1)) + 1 :]
