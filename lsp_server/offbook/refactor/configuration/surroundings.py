"""What elsewhere in a notebook would notice a new file, a new cell, or other objects of the same value."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from offbook.analysis import CellFacts, span_of
from offbook.refactor.history import history_use
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.text import Span

_OBJECTS = frozenset({"id", "getsizeof", "getrefcount", "intern", "asizeof"})
_NAMESPACE = frozenset({"who", "who_ls", "whos", "psearch"})
_LISTING = frozenset({"listdir", "scandir", "walk", "iterdir"})
_GLOBBING = frozenset({"glob", "iglob", "rglob"})
_SHELL = re.compile(r"^\s*[!%]*\s*(?:ls|ll|dir|find|tree|du)\b(?P<rest>[^|;&\n]*)", re.MULTILINE)


def check_surroundings(scene: Scene, target: Path) -> None:
    """Refuse where the notebook would show or do something else.

    Raises:
        RefusedError: with the place.
    """
    history = history_use(scene.analysis, numbered=True)
    if history is not None:
        where, span, what = history
        raise scene.refuse(
            f"cell {scene.number(where)} reads the history (`{what}`), whose numbers change with a new cell",
            where,
            span,
        )
    for index, cell, facts in scene.cells:
        for magic in facts.masked.magics:
            if magic.name in _NAMESPACE:
                raise scene.refuse(
                    f"cell {index + 1} lists the names of the notebook (`%{magic.name}`)", cell.id, magic.span
                )
        for call in facts.calls:
            called = _called(call.node)
            plain = isinstance(call.node.func, ast.Name)
            names = plain and called == "dir" and not call.node.args
            objects = called in _OBJECTS and (plain or called != "id")
            if names or (objects and not _is_own(scene, called)):
                raise scene.refuse(
                    f"cell {index + 1} looks at objects or names themselves (`{called}`)", cell.id, span_of(call.node)
                )
        found = next(_listings(scene, facts, target), None)
        if found is not None:
            span, text = found
            raise _listed(scene, index, text, span, target)


def _listed(scene: Scene, index: int, text: str, span: Span, target: Path) -> RefusedError:
    return scene.refuse(
        f"cell {index + 1} lists files (`{text}`), and `{target.name}` may be among them",
        scene.notebook.cells[index].id,
        span,
        "Choose a file in a folder of its own, such as `settings/config.json`.",
    )


def _is_own(scene: Scene, name: str) -> bool:
    """Tell whether the notebook defines a function of this name itself."""
    bindings = scene.flow.bindings(name)
    return bool(bindings) and all(binding.kind != "import" for _, binding in bindings)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _listings(scene: Scene, facts: CellFacts, target: Path) -> Iterator[tuple[Span, str]]:
    """Yield the places that list files, the new one perhaps among them."""
    folder = scene.notebook.path.parent
    for call in facts.calls:
        called = _called(call.node)
        if called not in _LISTING | _GLOBBING or called == "iterdir":
            if called == "iterdir":
                yield span_of(call.node), called
            continue
        path = _text(scene, call.node.args[0]) if call.node.args else "."
        if called in _GLOBBING:
            method = isinstance(call.node.func, ast.Attribute) and not _is_module(scene, call.node.func.value)
            hit = path is None or _matches(path, target, folder, anywhere=method or called == "rglob")
        else:
            hit = path is None or _holds(folder / path, target, deep=called == "walk")
        if hit:
            yield span_of(call.node), called
    if facts.masked.magics:
        for found in _SHELL.finditer(facts.source):
            words = [word for word in found["rest"].split() if not word.startswith("-")]
            if not words or any(_reaches(word, target, folder) for word in words):
                line = facts.source.count("\n", 0, found.start("rest"))
                yield Span.on_line(line), found.group().strip()


def _text(scene: Scene, node: ast.expr) -> str | None:
    """Return a text that is written where it is used, or bound to the name that is used."""
    if isinstance(node, ast.Name):
        bindings = scene.flow.bindings(node.id)
        bound = bindings[0][1].node if len(bindings) == 1 else None
        node = bound.value if isinstance(bound, ast.Assign) else node
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_module(scene: Scene, node: ast.expr) -> bool:
    bindings = scene.flow.bindings(node.id) if isinstance(node, ast.Name) else []
    return bool(bindings) and all(binding.kind == "import" for _, binding in bindings)


def _matches(pattern: str, target: Path, folder: Path, *, anywhere: bool) -> bool:
    if anywhere:
        return fnmatch.fnmatch(target.name, PurePosixPath(pattern).name)
    return fnmatch.fnmatch(str(target), os.path.normpath(folder / pattern)) or "**" in pattern


def _holds(listed: Path, target: Path, *, deep: bool) -> bool:
    listed = Path(os.path.normpath(listed))
    return target.parent == listed or (deep and target.is_relative_to(listed))


def _reaches(word: str, target: Path, folder: Path) -> bool:
    """Tell whether a word of a shell command may name the file, or a folder above it."""
    if re.search(r"[$`{]", word):
        return True
    full = os.path.normpath(folder / word.strip("\"'"))
    return target.is_relative_to(full) or fnmatch.fnmatch(str(target), full)
