"""One open text, as a frozen value: a cell's, or a module's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from lsprotocol import types
from msgspec import Struct

from offbook.lsp.positions import PositionCodec
from offbook.text import Lines


class Document(Struct, frozen=True, dict=True):
    """A text document as the client has it.

    Attributes:
        uri: as the client wrote it.
        version: the client's version number.
        language: the client's language id.
        text: the whole text.
    """

    uri: str
    version: int
    language: str
    text: str

    @staticmethod
    def opened(item: types.TextDocumentItem) -> Document:
        """Return the document that a client opens."""
        return Document(item.uri, item.version, str(getattr(item.language_id, "value", item.language_id)), item.text)

    @cached_property
    def lines(self) -> Lines:
        """The line index of the text."""
        return Lines(self.text)

    def changed(
        self, version: int, changes: Iterable[types.TextDocumentContentChangeEvent], codec: PositionCodec
    ) -> Document:
        """Return the document after a client's changes, each made on the result of the one before."""
        text = self.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangeWholeDocument):
                text = change.text
            else:
                lines = self.lines if text is self.text else Lines(text)
                span = codec.span(lines, change.range)
                text = text[: lines.offset(span.start)] + change.text + text[lines.offset(span.end) :]
        return Document(self.uri, version, self.language, text)
