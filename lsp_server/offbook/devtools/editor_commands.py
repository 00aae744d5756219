"""The commands of both editors that are derived from the refactorings: one for each, and the menus that list them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from offbook.refactor import Refactoring, refactorings

_VSCODE_MENU = "offbook.refactorings"
_LAB_MENUS = ("jp-mainmenu-edit-offbook", "jp-contextmenu-offbook")
_IN_NOTEBOOKS = "notebookType == 'jupyter-notebook'"
_SMALL = frozenset(["a", "an", "and", "in", "of", "the", "to"])


def add_to_vscode(manifest: dict[str, Any]) -> None:
    """Put a command for each refactoring into VS Code's manifest, in the place of the ones that are there."""
    contributes = manifest["contributes"]
    listed = [item["command"] for item in contributes["menus"].get(_VSCODE_MENU, [])]
    commands = [_vscode_command(one) for one in refactorings().values()]
    derived = {*listed, *(item["command"] for item in commands)}
    contributes["commands"] = [*commands, *(item for item in contributes["commands"] if item["command"] not in derived)]
    contributes["menus"][_VSCODE_MENU] = [
        {"command": item["command"], "group": f"{group}@{number}"}
        for number, (item, group) in enumerate(zip(commands, _groups(), strict=True), 1)
    ]
    for tool in contributes["languageModelTools"]:
        named = tool["inputSchema"]["properties"].get("refactoring")
        if named is not None:
            named["enum"] = list(refactorings())


def add_to_lab(schema: dict[str, Any]) -> None:
    """List the commands of all refactorings in the submenus of JupyterLab's settings schema."""
    for menu in _submenus(schema["jupyter.lab.menus"]):
        if menu["id"] in _LAB_MENUS:
            commands = (f"offbook:{one.id.replace('.', '-')}" for one in refactorings().values())
            menu["items"] = [{"command": command, "rank": rank} for rank, command in enumerate(commands, 1)]


def _vscode_command(one: Refactoring[Any]) -> dict[str, str]:
    name = re.sub(r"[.-](\w)", lambda match: match[1].upper(), one.id)
    entry = {"command": f"offbook.{name}", "title": f"{_title(one.title)}...", "category": "offbook"}
    if one.id == "extract.module":
        entry["icon"] = "$(file-symlink-file)"
    return {**entry, "enablement": _IN_NOTEBOOKS}


def _groups() -> list[str]:
    """Return the menu group of each refactoring: extractions first, then what rewrites."""
    return ["1_extract" if ".extract" in one.kind else "2_rewrite" for one in refactorings().values()]


def _title(text: str) -> str:
    """Return a title as VS Code's menus write it."""
    first, *others = text.split()
    return " ".join([first, *(word if word in _SMALL else word[:1].upper() + word[1:] for word in others)])


def _submenus(part: object) -> Iterator[dict[str, Any]]:
    """Yield every submenu in a part of the schema."""
    items = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for item in items:
        if isinstance(item, dict) and "submenu" in item:
            yield item["submenu"]
        yield from _submenus(item)
