"""SHA-1, as git names content by; without OpenSSL, which takes longer to load than a receipt to check."""

from __future__ import annotations

from collections.abc import Iterable

try:
    from _sha1 import sha1 as _sha1  # type: ignore[import-not-found]
except ImportError:
    from hashlib import sha1 as _sha1


def sha1(data: bytes, more: Iterable[bytes] = ()) -> str:
    """Return the digest of some data, and of more that follows, in hexadecimal."""
    digest = _sha1(data)
    for block in more:
        digest.update(block)
    return str(digest.hexdigest())
