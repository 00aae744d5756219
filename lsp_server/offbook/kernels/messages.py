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


class Message(NamedTuple):
    """One message; ``parent`` is the id of the request that it answers or follows."""

    kind: str
    id: str
    parent: str
    content: dict[str, Any]
    header: dict[str, Any]


class Wire:
    """Packs and unpacks the messages of one connection."""

    def __init__(self, key: bytes) -> None:
        """Make one.

        Args:
            key: the connection's secret; nothing is signed where it is empty.
        """
        self._key = key
        self._session = uuid.uuid4().hex
        self._count = 0

    def pack(self, kind: str, content: dict[str, Any], parent: dict[str, Any] | None = None) -> tuple[str, list[bytes]]:
        """Return a new message's id and its frames.

        Args:
            kind: its type.
            content: its content.
            parent: the header of the message that it follows.
        """
        self._count += 1
        identity = f"{self._session}_{self._count}"
        header = {
            "msg_id": identity,
            "msg_type": kind,
            "username": "offbook",
            "session": self._session,
            "date": datetime.now(timezone.utc).isoformat(),
            "version": "5.3",
        }
        frames = [json.dumps(part).encode() for part in (header, parent or {}, {}, content)]
        return identity, [_DELIMITER, self._sign(frames), *frames]

    def unpack(self, frames: Sequence[bytes]) -> Message | None:
        """Return the message in some frames; ``None`` where it is torn, or not signed with the key."""
        try:
            start = frames.index(_DELIMITER) + 1
            signature, header, parent, _, content = frames[start : start + 5]
            if not hmac.compare_digest(signature, self._sign(frames[start + 1 : start + 5])):
                return None
            head, above, body = _decode(header), _decode(parent), _decode(content)
            return Message(head["msg_type"], head["msg_id"], above.get("msg_id", ""), body, head)
        except (ValueError, KeyError, AttributeError):
            return None

    def _sign(self, frames: Sequence[bytes]) -> bytes:
        if not self._key:
            return b""
        signer = hmac.new(self._key, digestmod=hashlib.sha256)
        for frame in frames:
            signer.update(frame)
        return signer.hexdigest().encode()


def _decode(frame: bytes) -> Any:
    """Parse JSON; what the strict parser refuses (``NaN``, lone surrogates) is taken as Jupyter takes it."""
    try:
        return msgspec.json.decode(frame)
    except msgspec.DecodeError:
        return json.loads(frame.decode("utf-8", "replace"))
