"""Writes the function that stands for several copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from offbook.analysis import span_of
from offbook.refactor.deduplication.sharing import Sharing
from offbook.refactor.function.text import RegionText, Signature
from offbook.refactor.module.cells import Statement
from offbook.text import Span

_LITERALS = cst.BaseString | cst.BaseNumber | cst.Name | cst.Ellipsis


def write_function(sharing: Sharing, name: str) -> str:
    """Return the text of the function: the first copy's statements, with parameters for what differs."""
    first = sharing.copies[0]
    text = RegionText(first.scene, first.layout)
    names = {span_of(node): item.name for item in sharing.literals for node in item.nodes}
    wrapper = MetadataWrapper(text.texts[0].module, unsafe_skip_copy=True)
    literals = _Literals(wrapper.resolve(PositionProvider), names)
    body: list[Statement] = []
    for unit in first.layout.inside:
        node = text.statements[unit].visit(literals)
        assert isinstance(node, Statement), "only expressions are replaced"
        body.append(node)
    assert literals.done == set(names), "every literal is found"
    if sharing.gives:
        body.append(cst.parse_statement(f"return {', '.join(sharing.gives)}"))
    parameters = (*sharing.needs, *(item.name for item in sharing.literals))
    code = text.code([text.function(Signature(name, parameters, sharing.gives), "", body)])
    return code if text.newline == "\n" else code.replace("\n", text.newline)


class _Literals(cst.CSTTransformer):
    """Puts parameters in the place of literals."""

    def __init__(self, places: Mapping[cst.CSTNode, CodeRange], names: Mapping[Span, str]) -> None:
        super().__init__()
        self.places = places
        self.names = names
        self.done: set[Span] = set()

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        """Return a name for a literal that differs."""
        place = self.places.get(original_node)
        if place is None or not isinstance(updated_node, _LITERALS):
            return updated_node
        span = Span.of(place.start.line - 1, place.start.column, place.end.line - 1, place.end.column)
        name = self.names.get(span)
        if name is None:
            return updated_node
        self.done.add(span)
        return cst.Name(name, lpar=updated_node.lpar, rpar=updated_node.rpar)
