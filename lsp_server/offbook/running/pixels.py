"""Compares pictures by what they show."""

from __future__ import annotations

import base64
import binascii
import io

_CHANNEL = 3
"""How far one colour channel of one pixel (0 to 255) may differ: rounding of two encoders."""


def same_encoded_picture(before: str, after: str) -> bool:
    """Tell whether two base64 pictures show the same."""
    if before == after:
        return True
    try:
        return same_picture(base64.b64decode(before), base64.b64decode(after))
    except (binascii.Error, ValueError):
        return False


def same_picture(before: bytes, after: bytes) -> bool:
    """Tell whether two pictures show the same: by pixels where Pillow is installed, else by bytes."""
    if before == after:
        return True
    try:
        from PIL import Image, ImageChops, UnidentifiedImageError  # noqa: PLC0415  (optional)
    except ImportError:
        return False
    try:
        with Image.open(io.BytesIO(before)) as one, Image.open(io.BytesIO(after)) as other:
            if one.size != other.size or getattr(one, "is_animated", False) or getattr(other, "is_animated", False):
                return False
            difference = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False
    return max(difference.tobytes(), default=0) <= _CHANNEL
