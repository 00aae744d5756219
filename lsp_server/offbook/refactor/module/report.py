"""The sentences of a plan."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from offbook.notebook import CellId
from offbook.refactor.module.imports import import_statements
from offbook.refactor.module.names import ImportedName
from offbook.refactor.module.parameterizing import Added
from offbook.refactor.module.scene import Piece, Scene
from offbook.refactor.module.target import Target
from offbook.refactor.plan import Refusal


def moved_sentences(
    scene: Scene, target: Target, chosen: Sequence[str], pieces: Sequence[Piece], imports: Sequence[ImportedName]
) -> list[str]:
    """Say what moves from which cell, what comes along, and what the module imports."""
    sentences: list[str] = []
    verb = "is created" if target.before is None else "is extended"
    for cell in dict.fromkeys(piece.cell for piece in pieces):
        here = [piece for piece in pieces if piece.cell == cell]
        moving = [name for piece in here for name in piece.names]
        number = scene.number(cell)
        sentences.append(
            f"{listed(moving)} {'moves' if len(moving) == 1 else 'move'} from cell {number} to `{target.name}`."
        )
    sentences += _renamed_sentences(scene, target, pieces)
    along = [name for piece in pieces for name in piece.names if name not in chosen]
    if chosen and along:
        sentences.append(f"{listed(along)} {'comes' if len(along) == 1 else 'come'} along, since the code needs it.")
    if not pieces and not imports:
        return sentences
    statements = [f"`{' '.join(line.split())}`" for line in import_statements(imports)]
    if statements:
        sentences.append(f"`{target.name}` {verb}, with {', '.join(statements)}.")
    else:
        sentences.append(f"`{target.name}` {verb}.")
    sentences += [f"`{init.parent.name}/{init.name}` makes the folder a package." for init in target.inits]
    return sentences


def base_sentences(scene: Scene, target: Target) -> Iterator[str]:
    """Say why the notebook finds a module outside its folder."""
    entry, folder = target.base.entry, os.path.relpath(target.base.folder, scene.workspace.root)
    where = "the workspace's folder" if folder == "." else f"`{Path(folder).as_posix()}`"
    if entry is not None:
        yield f"The notebook finds `{target.dotted}` in {where}, which cell {entry.number + 1} puts on `sys.path`."
    elif target.base is not scene.bases.own:
        yield (
            f"The notebook finds `{target.dotted}` in {where}, since the workspace's environment has the project "
            "installed from there (`pip install -e .`)."
        )


def held_sentences(scene: Scene, target: Target, held: Iterable[Piece]) -> list[str]:
    """Say what the notebook imports from now on, since the module has it already."""
    cells: dict[CellId, list[str]] = {}
    for piece in sorted(held, key=lambda piece: piece.moment):
        cells.setdefault(piece.cell, []).extend(piece.names)
    return [
        f"`{target.name}` has {listed(names)} of cell {scene.number(cell)} already: the notebook imports "
        f"{'it' if len(names) == 1 else 'them'}."
        for cell, names in cells.items()
    ]


def _renamed_sentences(scene: Scene, target: Target, pieces: Sequence[Piece]) -> Iterator[str]:
    """Say which definitions of a name that has several are called what in the module."""
    for piece in pieces:
        number = scene.number(piece.cell)
        if piece.private:
            yield f"Only functions that move use `{piece.name}`: the notebook does not import it."
        elif piece.original is not None:
            same = scene.number(piece.original.cell)
            yield f"The `{piece.name}` of cell {number} is that of cell {same}: `{target.name}` holds it once."
        elif piece.renamed:
            yield f"The `{piece.name}` of cell {number} is `{piece.bound[0]}` in `{target.name}`."


def parameter_sentences(added: Sequence[Added]) -> list[str]:
    """Say which variables became parameters."""
    variables: dict[str, list[Added]] = {}
    for item in added:
        variables.setdefault(item.function, []).append(item)
    sentences: list[str] = []
    for function, items in variables.items():
        calls = f"{items[0].calls} call{'s' * (items[0].calls != 1)} pass{'es' * (items[0].calls == 1)}"
        them = "it" if len(items) == 1 else "them"
        sentences.append(f"`{function}` takes {listed(item.variable for item in items)}; {calls} {them}.")
    return sentences


def stays_sentence(scene: Scene, name: str, refusal: Refusal) -> str:
    """Say why a definition stays in the notebook."""
    where = ""
    if refusal.where is not None and refusal.where.cell is not None:
        where = f" (cell {scene.number(refusal.where.cell)}, line {refusal.where.span.start.line + 1})"
    return f"`{name}` stays in the notebook: {refusal.reason}{where}."


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them."""
    marked = [f"`{name}`" for name in names]
    return marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} and {marked[-1]}"
