"""The sentences of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from offbook.refactor.module.imports import import_statements
from offbook.refactor.module.names import ImportedName
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
            f"{_listed(moving)} {'moves' if len(moving) == 1 else 'move'} from cell {number} to `{target.name}`."
        )
    along = [name for piece in pieces for name in piece.names if name not in chosen]
    if chosen and along:
        sentences.append(f"{_listed(along)} {'comes' if len(along) == 1 else 'come'} along, since the code needs it.")
    statements = [f"`{' '.join(line.split())}`" for line in import_statements(imports)]
    if statements:
        sentences.append(f"`{target.name}` {verb}, with {', '.join(statements)}.")
    else:
        sentences.append(f"`{target.name}` {verb}.")
    sentences += [f"`{init.parent.name}/{init.name}` makes the folder a package." for init in target.inits]
    return sentences


def stays_sentence(scene: Scene, name: str, refusal: Refusal) -> str:
    """Say why a definition stays in the notebook."""
    where = ""
    if refusal.where is not None and refusal.where.cell is not None:
        where = f" (cell {scene.number(refusal.where.cell)}, line {refusal.where.span.start.line + 1})"
    return f"`{name}` stays in the notebook: {refusal.reason}{where}."


def _listed(names: Iterable[str]) -> str:
    listed = [f"`{name}`" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
