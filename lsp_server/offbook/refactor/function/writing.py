"""Writes the new function and its call."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from offbook.refactor.function.extraction import Extraction, changes_of
from offbook.refactor.function.names import first_sentence
from offbook.refactor.function.text import (
    RegionText,
    Signature,
    blank_before,
    comment,
    last_expression,
    returning,
    shown_lines,
    with_lines,
)
from offbook.refactor.module.cells import Statement
from offbook.refactor.plan import NotebookChange, Plan
from offbook.text import split_lines


def write(extraction: Extraction) -> Plan:
    """Return the plan of what was prepared."""
    writer = _Writer(extraction)
    sources = writer.cells() if extraction.region.whole else (None, writer.same_cell())
    changes, moved = changes_of(extraction, sources)
    exchange, notebook = extraction.exchange, extraction.scene.notebook
    return Plan(
        refactoring="extract.function",
        title=f"Extract `{extraction.name}`",
        notebooks=(NotebookChange(notebook.path, changes),),
        summary=tuple(_summary(extraction)),
        warnings=tuple(
            f"`{name}` is changed in place: what `{extraction.name}` does to it is seen outside too."
            for name in exchange.changes
            if name not in exchange.gives
        ),
        moved=moved,
    )


def _summary(extraction: Extraction) -> list[str]:
    exchange, name = extraction.exchange, extraction.name
    parts = extraction.region.parts
    where = f"cell {parts[0].index + 1}" if len(parts) == 1 else f"cells {parts[0].index + 1} to {parts[-1].index + 1}"
    sentences = [f"The code of {where} becomes `{name}`."]
    if exchange.needs:
        sentences.append(f"It takes {_listed(exchange.needs)}.")
    if exchange.gives:
        sentences.append(f"It returns {_listed(exchange.gives)}.")
    if len(parts) > 1:
        sentences.append("What these cells showed, the cell with the call shows.")
    if extraction.figures.imported:
        sentences.append(
            f"pyplot is imported as `{extraction.figures.pyplot}`, to show the figures of each cell apart."
        )
    if extraction.figures.inline:
        sentences.append("`%matplotlib inline` is added: figures are shown before their cell ends now.")
    return sentences


def _listed(names: Sequence[str]) -> str:
    listed = [f"`{name}`" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


class _Writer:
    def __init__(self, extraction: Extraction) -> None:
        self.extraction = extraction
        self.layout = extraction.layout
        self.text = RegionText(extraction.scene, self.layout)
        exchange = extraction.exchange
        self.signature = Signature(extraction.name, exchange.needs, exchange.gives)

    # the pieces

    def body(self) -> list[Statement]:
        """Return the function's statements."""
        found: list[Statement] = []
        last = len(self.layout.region.parts) - 1
        for number in range(last + 1):
            units = [unit for unit in self.layout.inside if unit.part == number]
            lines: list[Statement] = []
            for unit in units:
                node = self.text.statements[unit]
                if unit in self.extraction.displays:
                    lines += shown_lines(node, self.extraction.displays[unit], self.extraction.free)
                elif unit is self.extraction.shown:
                    lines += returning(node, self.extraction.exchange.gives)
                else:
                    lines.append(node)
            if number in self.extraction.figures.parts and not self._ends_with_show(lines):
                lines.append(cst.parse_statement(f"{self.extraction.figures.pyplot}.show()"))
            if lines and found:
                lines[0] = blank_before(self._headed(lines[0], number))
            found += lines
        footer = self.text.footer(last) if self.extraction.behind is None else ()
        if self.extraction.exchange.gives and self.extraction.shown is None:
            result = cst.parse_statement(f"return {', '.join(self.extraction.exchange.gives)}")
            found.append(with_lines(result, footer))
        elif self.extraction.shown is not None:
            found[-1] = with_lines(found[-1], footer)
        return found

    def _ends_with_show(self, lines: Sequence[Statement]) -> bool:
        code = cst.Module([]).code_for_node(lines[-1]).strip() if lines else ""
        return code == f"{self.extraction.figures.pyplot}.show()"

    def _headed(self, node: Statement, number: int) -> Statement:
        """Return the first statement of a cell below the text that stands above that cell."""
        region, notebook = self.layout.region, self.extraction.scene.notebook
        above = notebook.cells[region.parts[number].index - 1]
        sentence = first_sentence(above.source) if above.kind == "markdown" else ""
        return with_lines(node, [comment(sentence)]) if sentence else node

    def definition(self) -> str:
        """Return the function's text."""
        docstring = self.extraction.docstring
        node = self.text.function(self.signature, docstring, self.body())
        return self.text.code([self._with_footer(node)])

    def _with_footer(self, node: cst.FunctionDef) -> cst.FunctionDef:
        """Return the function with the comments at the end of the last cell."""
        footer = self.text.footer(len(self.layout.region.parts) - 1)
        returns = self.extraction.exchange.gives or self.extraction.shown is not None
        if not footer or returns or self.extraction.behind is not None:
            return node
        return node.with_changes(body=node.body.with_changes(footer=footer))

    def call(self) -> list[str]:
        """Return the lines that call the function, and what stands behind the call."""
        exchange, shown = self.extraction.exchange, self.extraction.shown
        targets = list(exchange.gives)
        lines: list[str] = []
        if shown is not None and targets:
            value = last_expression(self.text.statements[shown])
            if value not in targets:
                targets.append(self.extraction.free)
            lines.append(value if value in exchange.gives else self.extraction.free)
        lines.insert(0, self.signature.call(targets))
        lines[1:1] = self._imports()
        if self.extraction.behind is not None:
            lines.append(last_expression(self.text.statements[self.extraction.behind]))
        return lines

    def _imports(self) -> list[str]:
        """Return the imports of the function that later code needs too; they have no effect any more."""
        wanted = set(self.extraction.exchange.imports)
        found = []
        for item in self.layout.facts.imports:
            if item.top and item.bound in wanted:
                alias = item.bound if item.bound not in (item.name, item.module.partition(".")[0]) else ""
                dots = "." * item.level
                text = f"from {dots}{item.module} import {item.name}" if item.name else f"import {item.module}"
                found.append(f"{text} as {alias}" if alias else text)
        return list(dict.fromkeys(found))

    def _kept(self) -> str:
        """Return the text of what stays in the notebook."""
        pieces: list[str] = []
        for part in range(len(self.layout.region.parts)):
            units = [unit for unit in (*self.layout.leading, *self.layout.lifted) if unit.part == part]
            if units:
                pieces.append(self.text.code([self.text.statements[unit] for unit in units], part))
        return "\n".join(pieces)

    # the cells

    def cells(self) -> tuple[str, str]:
        """Return the sources of the cell with the function, and of the calling cell."""
        silent = self.layout.silent
        above = [self.extraction.figures.setup, self._kept() if silent else "", self.definition()]
        definition = "\n\n\n".join(piece for piece in above if piece)
        head = self.text.texts[-1].head.rstrip("\r\n")
        pieces = [head, "" if silent else self._kept(), *self.call()]
        call = "\n".join(piece for piece in pieces if piece)
        return self._ended(definition), self._ended(call)

    def same_cell(self) -> str:
        """Return the source of the cell in which lines have become a function."""
        part = self.layout.region.parts[0]
        source = split_lines(self.extraction.scene.notebook.cell(part.cell).source)
        count = len(split_lines(part.facts.source))
        above, below = source[: part.line], source[part.line + count :]
        new = [self._kept(), self.definition(), "\n".join(self.call())]
        middle = "\n\n\n".join(piece for piece in new if piece)
        top = "\n".join(above).rstrip("\n")
        text = f"{top}\n\n\n{middle}" if top.strip() else middle
        return self._ended("\n".join([text, *below]) if below else text)

    def _ended(self, text: str) -> str:
        return text if self.text.newline == "\n" else text.replace("\r\n", "\n").replace("\n", self.text.newline)
