"""Finds what a program says about itself in a stored output: progress bars, warnings, installers, coloured logs."""

from __future__ import annotations

import re

from offbook.notebook.model import NoiseKind
from offbook.text.patterns import pattern

_READ = 4096
"""How many characters at the beginning of an output are looked at."""

_KINDS: dict[NoiseKind, tuple[tuple[str, ...], re.Pattern[str]]] = {
    "progress": (
        ("%|", "[=", "\u2501"),
        pattern(r"\d%\|[\u2588-\u258F#\s]*\||\d+/\d+ \[[=>.]+\]|\d+/\d+(?:\x1b\[[\d;]*m|\s)*\u2501"),
    ),
    "warnings": (("Warning: ",), pattern(r"\w*Warning: ")),
    "installer": (
        ("Collecting ", "Requirement already", "Installing collected", "Successfully installed", "Using cached "),
        pattern(
            r"^\s*(?:Collecting |Requirement already satisfied|Installing collected packages|Successfully installed"
            r"|Using cached |Downloading |Building wheel|Attempting uninstall|Preparing metadata)"
        ),
    ),
    "log": (("\x1b[",), pattern(r"^(?=.*\x1b\[\d).*(?:\b|m)(?:DEBUG|INFO|WARNING|ERROR)\b")),
}
"""For each kind the texts of which one is there if it is, and what a line of it looks like."""


def noise_of(text: str, *, warned: bool) -> tuple[NoiseKind, int]:
    """Return the kind of noise that most lines at the beginning of a text hold, and how many do.

    Args:
        text: the plain text of an output.
        warned: whether it came from the error stream, where warnings are written.
    """
    head = text[:_READ]
    returns = head.replace("\r\n", "\n").count("\r")
    counts: dict[NoiseKind, int] = {"progress": returns}
    for kind, (signs, line) in _KINDS.items():
        if any(sign in head for sign in signs) and (warned or kind != "warnings"):
            number = sum(line.search(part) is not None for part in re.split(r"[\r\n]+", head))
            counts[kind] = max(number, counts.get(kind, 0))
    most = max(counts, key=lambda kind: counts[kind])
    return (most, counts[most]) if counts[most] else ("", 0)
