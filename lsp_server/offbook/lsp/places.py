"""Places of the workspace, and locations in the client's documents."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from offbook.lsp.session import Session
from offbook.lsp.uris import path_of
from offbook.notebook import CellId
from offbook.project.project import Project
from offbook.refactor import Place
from offbook.text import Lines, Span


def place_at(session: Session, uri: str, position: types.Position) -> Place | None:
    """Return what a position in an open cell or module means; ``None`` for other documents."""
    document = session.document(uri)
    if document is None:
        return None
    point = session.codec.position(document.lines, position)
    owner = session.owner(uri)
    if owner is not None:
        return Place(owner.path, CellId(uri), Span(point, point))
    path = path_of(uri)
    return Place(path, None, Span(point, point)) if path is not None else None


def locations(session: Session, project: Project, places: Iterable[Place]) -> list[types.Location]:
    """Return where the client finds some places; each once.

    A cell of a notebook that is not open has no name in the protocol: the start of its notebook stands for it.
    """
    found: dict[tuple[str, str], types.Location] = {}
    for place in places:
        uri, lines = document_of(session, project, place)
        span = place.span if lines is not None else Span.on_line(0)
        location = types.Location(uri, session.codec.range(lines or Lines(""), span))
        found.setdefault((uri, repr(location.range)), location)
    return list(found.values())


def document_of(session: Session, project: Project, place: Place) -> tuple[str, Lines | None]:
    """Return the document of a place, and its lines; ``None`` for a cell that is not open."""
    if place.cell is not None:
        document = session.document(place.cell)
        return (document.uri, document.lines) if document is not None else (session.uri(place.path), None)
    text = project.read(place.path) if place.path.suffix in (".py", ".pyi") else None
    return session.uri(place.path), Lines(text) if text is not None else None
