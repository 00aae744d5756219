"""Jupyter's messages on the wire: JSON in signed frames (the messaging protocol, version 5)."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple

import msgspec

_DELIMITER = b"<IDS|MSG>"

LARGEST = 100 * 2**20
"""Bytes of a message's content above which it is not looked at: no notebook file could hold it."""


class Message(NamedTuple):
    """One message; ``parent`` is the id of the request that it answers or follows, ``size`` the content's in bytes."""

    kind: str
    id: str
    parent: str
    content: dict[str, Any]
    header: dict[str, Any]
    size: int


class Wire:
    """Packs and unpacks the messages of one connection.

    Attributes:
        session: names the connection.
    """

    def __init__(self, key: bytes) -> None:
        """Make one.

        Args:
            key: the connection's secret; nothing is signed where it is empty.
        """
        self._key = key
        self.session = uuid.uuid4().hex
        self._count = 0

    def pack(self, kind: str, content: dict[str, Any], parent: dict[str, Any] | None = None) -> tuple[str, list[bytes]]:
        """Return a new message's id and its frames.

        Args:
            kind: its type.
            content: its content.
            parent: the header of the message that it follows.
        """
        header = self.header(kind)
        frames = [json.dumps(part).encode() for part in (header, parent or {}, {}, content)]
        return header["msg_id"], [_DELIMITER, self._sign(frames), *frames]

    def header(self, kind: str) -> dict[str, str]:
        """Return the header of a new message."""
        self._count += 1
        return {
            "msg_id": f"{self.session}_{self._count}",
            "msg_type": kind,
            "username": "offbook",
            "session": self.session,
            "date": datetime.now(timezone.utc).isoformat(),
            "version": "5.3",
        }

    def unpack(self, frames: Sequence[bytes]) -> Message | None:
        """Return the message in some frames; ``None`` where it is torn, or not signed with the key.

        The content of one that is larger than :data:`LARGEST` is left empty.
        """
        try:
            start = frames.index(_DELIMITER) + 1
            signature, header, parent, _, content = frames[start : start + 5]
            if not hmac.compare_digest(signature, self._sign(frames[start + 1 : start + 5])):
                return None
            head, above = decode(header), decode(parent)
            body = decode(content) if len(content) <= LARGEST else {}
            return Message(head["msg_type"], head["msg_id"], above.get("msg_id", ""), body, head, len(content))
        except (ValueError, KeyError, AttributeError):
            return None

    def _sign(self, frames: Sequence[bytes]) -> bytes:
        if not self._key:
            return b""
        signer = hmac.new(self._key, digestmod=hashlib.sha256)
        for frame in frames:
            signer.update(frame)
        return signer.hexdigest().encode()


def decode(frame: bytes) -> Any:
    """Parse JSON; what the strict parser refuses (``NaN``, lone surrogates) is taken as Jupyter takes it."""
    try:
        return msgspec.json.decode(frame)
    except msgspec.DecodeError:
        return json.loads(frame.decode("utf-8", "replace"))
