"""Names and docstrings for functions, from the texts above the cells."""

from __future__ import annotations

import builtins
import keyword
import re

from offbook.refactor.module.scene import Scene
from offbook.refactor.region.segments import Region

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"<[^>]+>|[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}|^#+\s*|^>\s*|^[-*]\s+|`")
_NUMBER = re.compile(r"^\d[\d.]*[.):]?\s+")
_LONGEST = 100
_WORDS = 5


def docstring_of(scene: Scene, region: Region) -> str:
    """Return the first sentence of the text right above whole cells; empty where there is none."""
    index = region.parts[0].index
    above = scene.notebook.cells[index - 1] if region.whole and index else None
    return first_sentence(above.source) if above is not None and above.kind == "markdown" else ""


def first_sentence(markdown: str) -> str:
    """Return the first heading or sentence of a text as a docstring; empty where there is none that can be one."""
    for line in markdown.splitlines():
        text = _NUMBER.sub("", _MARKUP.sub("", _LINK.sub(r"\1", line.strip())).strip())
        text = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0].strip().strip(":").strip()
        if not any(letter.isalpha() for letter in text):
            continue
        if len(text) > _LONGEST or any(sign in text for sign in '$\\"|'):
            return ""
        text = text[:1].upper() + text[1:]
        return text if text.endswith((".", "!", "?")) else f"{text}."
    return ""


def default_name(scene: Scene, region: Region, sentence: str) -> str:
    """Return a free name: the first words of a sentence, else the number of the cell."""
    words = re.findall(r"[a-z_][a-z0-9_]*|\d+", sentence.lower())[:_WORDS]
    name = re.sub(r"^[\d_]+", "", "_".join(words)).strip("_")
    if not name.isidentifier() or keyword.iskeyword(name):
        name = f"step_{region.parts[0].index + 1}"
    wish, number = name, 1
    taken = scene.flow.names
    while name in taken or hasattr(builtins, name):
        number += 1
        name = f"{wish}_{number}"
    return name


def free_name(scene: Scene, wish: str) -> str:
    """Return a name that stands nowhere in the notebook: the wish, or that with a number."""
    name, number = wish, 1
    while any(name in facts.source for _, _, facts in scene.cells):
        number += 1
        name = f"{wish}_{number}"
    return name
