"""Reads the lines in which requirements are written, and the files that hold nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from offbook.text.patterns import pattern

_NAME = pattern(r"(?:[\w.-]+::)?([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_EGG = pattern(r"[#&]egg=([A-Za-z0-9._-]+)")
_INCLUDED = pattern(r"(?:-r|--requirement)[ =]\s*(\S+)")
_DEPTH = 5
"""So many requirements' files may include each other."""


def normalize(name: str) -> str:
    """Return a distribution's name as the package index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(text: str) -> str:
    """Return the distribution that one requirement names, normalised; empty where it names none."""
    text = text.strip()
    egg = _EGG.search(text)
    if egg:
        return normalize(egg[1])
    if "://" in text.split(" @ ")[0] or text.startswith((".", "/")):
        last = re.split(r"[?#@]", text.split("://")[-1])[0].rstrip("/").rpartition("/")[2]
        return normalize(re.sub(r"(\.git|\.zip|\.tar\.gz)$|-\d.*", "", last))
    found = _NAME.match(text)
    return normalize(found[1]) if found else ""


def requirement_names(lines: Iterable[object]) -> set[str]:
    """Return the distributions that a list of requirements names; what is no text is skipped."""
    return {name for line in lines if isinstance(line, str) and (name := requirement_name(line))}


def requirements_file(path: Path, text: str, depth: int = _DEPTH) -> set[str]:
    """Return what a requirements file names, and the files that it includes."""
    names: set[str] = set()
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        included = _INCLUDED.match(line)
        if included and depth:
            other = path.parent / included[1]
            names |= requirements_file(other, read(other), depth - 1)
        elif line.startswith(("-e", "--editable")):
            names |= requirement_names([line.partition(" ")[2] or line.partition("=")[2]])
        elif line and not line.startswith("-"):
            names |= requirement_names([line])
    return names


def conda_file(text: str) -> set[str]:
    """Return what an ``environment.yml`` names under ``dependencies``, its ``pip`` part too."""
    return requirement_names(_conda_items(text))


def _conda_items(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        content = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if not content:
            continue
        if re.match(r"\w", content):
            inside = content.startswith("dependencies:")
        found = re.match(r"\s*-\s*(['\"]?)(.+?)\1$", content)
        if inside and found and not found[2].endswith(":") and not found[2].startswith("-"):
            yield found[2]


def installed_by(text: str) -> set[str]:
    """Return what ``pip install`` and ``conda install`` commands in a text name."""
    names: set[str] = set()
    for found in re.finditer(r"\b(?:pip3?|conda|mamba|uv(?: pip)?|poetry)\s+(?:install|add)\b([^\n|;&]*)", text):
        words = [word.strip("\"'") for word in found[1].split()]
        names |= requirement_names(word for word in words if not word.startswith(("-", "$", "{")))
    return names


def read(path: Path) -> str:
    """Return a file's text; empty where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
