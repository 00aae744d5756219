"""The text of a pipeline: the lines by hand go, and the model's lines are the pipeline's."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import analyze_cell, span_of
from offbook.notebook import CellChange, CellId, DeleteCell, ReplaceSource
from offbook.refactor.module.names import Imported
from offbook.refactor.module.scene import Moment, RefusedError
from offbook.refactor.pipelines.finding import Finder
from offbook.refactor.pipelines.steps import ByHand, Learner, Step
from offbook.text import Edit, Lines, Position, Span, apply_edits

_MAKER = "make_pipeline"
_MODULE = "sklearn.pipeline"


class Writer:
    """Writes one pipeline into its notebook."""

    def __init__(self, finder: Finder, ours: ByHand) -> None:
        self.finder = finder
        self.scene = finder.scene
        self.ours = ours
        self.names = self._free_names()
        self.edits: dict[CellId, list[Edit]] = {}

    def changes(self) -> Iterator[CellChange]:
        """Yield the changed cells; those that hold nothing any more go.

        Raises:
            RefusedError: where lines stand so that they cannot be taken out alone.
        """
        self._import()
        for step in self.ours.lines:
            self._remove(step)
        for learner, name in zip(self.ours.learners, self.names, strict=True):
            self._fit(learner, name)
            for use in learner.uses:
                self._rename(use.cell, use.model, name)
                self._rename(use.cell, _first_name(use.call), use.rows.source)
        for look in self.ours.looks:
            self._rename(look.cell, look.place, look.rows.source)
        for cell, edits in self.edits.items():
            before = self.scene.notebook.cell(cell).source
            after = apply_edits(before, edits)
            after = after if before.endswith("\n") else after.rstrip("\n")
            self._check_shown(cell, after)
            yield ReplaceSource(cell, after) if after.strip() else DeleteCell(cell)

    def _free_names(self) -> list[str]:
        """Return a new name for each pipeline; where there are several, that of its model is in it."""
        words = set(self.scene.flow.names)
        for _, _, facts in self.scene.cells:
            words |= {node.id for node in ast.walk(facts.tree or ast.Module([], [])) if isinstance(node, ast.Name)}
        found: list[str] = []
        for learner in self.ours.learners:
            wish = "pipeline" if len(self.ours.learners) == 1 else f"{learner.fit.model}_pipeline"
            number, name = 1, wish
            while name in words:
                number += 1
                name = f"{wish}_{number}"
            words.add(name)
            found.append(name)
        return found

    def _add(self, cell: CellId, span: Span, text: str) -> None:
        for magic in self.scene.analysis.facts_of(cell).masked.magics:
            wrapping = magic.kind == "cell" and magic.name in ("time", "capture")
            if not wrapping and (magic.kind == "cell" or magic.span.overlaps(span)):
                raise self._refuse(f"cell {self.scene.number(cell)} runs the line by a magic", cell, span)
        self.edits.setdefault(cell, []).append(Edit(span, text))

    def _refuse(self, reason: str, cell: CellId, span: Span) -> RefusedError:
        return self.scene.refuse(reason, cell, span, "Write it on lines of its own, as plain Python.")

    def _lines(self, cell: CellId) -> Lines:
        return Lines(self.scene.notebook.cell(cell).source)

    def _rename(self, cell: CellId, node: ast.Name, new: str) -> None:
        span = span_of(node)
        if self._lines(cell).slice(span) != node.id:
            raise self._refuse(f"`{node.id}` stands inside a text", cell, span)
        if node.id != new:
            self._add(cell, span, new)

    def _rest(self, cell: CellId, span: Span) -> str:
        """Return what stands behind a statement on its line; refuse where another statement does."""
        lines = self._lines(cell)
        rest = lines.line(span.end.line)[span.end.column :].strip()
        if lines.line(span.start.line)[: span.start.column].strip() or (rest not in ("", ";") and rest[0] != "#"):
            raise self._refuse("another statement stands on the same line", cell, span)
        return rest

    def _import(self) -> None:
        """Put the import below that of the transformer, where there is none yet."""
        meaning = self.finder.names.meaning(_MAKER)
        if isinstance(meaning, Imported) and meaning.items[0].dotted == f"{_MODULE}.{_MAKER}":
            first = meaning.first[0]
            fit = self.ours.learners[0].fit
            if first is not None and first < Moment(fit.when.cell, span_of(fit.node).start.line):
                return
        if self.scene.flow.bindings(_MAKER) or self.finder.names.star_for(_MAKER) is not None:
            raise self.finder.refuse(
                f"`{_MAKER}` has a meaning already, or is imported too late", self.ours.learners[0].fit
            )
        made = self.finder.time.made(self.ours.transformer, self.ours.first.step.when)
        root = next(node for node in ast.walk(made.func) if isinstance(node, ast.Name)) if made else None
        bound = next(iter(self.finder.time.bindings(root.id)), None) if root is not None else None
        if bound is None:
            raise self.finder.refuse(f"no import names the class of `{self.ours.transformer}`", self.ours.first.step)
        cell = self.scene.notebook.cells[bound[0].cell].id
        span = span_of(self.finder.time.statement(bound[0]))
        self._rest(cell, span)
        end = self._line_end(cell, span)
        self._add(cell, Span(end, end), f"\nfrom {_MODULE} import {_MAKER}")

    def _line_end(self, cell: CellId, span: Span) -> Position:
        return Position(span.end.line, len(self._lines(cell).line(span.end.line).rstrip("\r\n")))

    def _remove(self, step: Step) -> None:
        """Take a statement out, with its line; a comment behind it stays."""
        span, lines = span_of(step.node), self._lines(step.cell)
        rest = self._rest(step.cell, span)
        last = span.end.line
        if rest.startswith("#"):
            behind = lines.line(last).index("#", span.end.column)
            self._add(step.cell, Span(span.start, Position(last, behind)), "")
        elif last + 1 < len(lines):
            self._add(step.cell, Span(Position(span.start.line, 0), Position(last + 1, 0)), "")
        else:
            end = Position(last, len(lines.line(last)))
            self._add(step.cell, Span(Position(span.start.line, 0), end), "")

    def _fit(self, learner: Learner, name: str) -> None:
        """Make the pipeline above the line that fits the model, and let that line fit the pipeline."""
        fit = learner.fit
        span, lines = span_of(fit.node), self._lines(fit.cell)
        self._rest(fit.cell, span)
        function = fit.call.func
        assert isinstance(function, ast.Attribute)
        make = f"{name} = {_MAKER}({', '.join((*learner.rows.path, fit.model))})"
        whole = Span(span.start, span_of(function.value).end)
        if fit.made is None and isinstance(fit.node, ast.Assign):
            if lines.slice(whole) != f"{fit.model} = {fit.model}":
                raise self._refuse(f"`{fit.model}` is not fitted in one plain line", fit.cell, span)
            self._add(fit.cell, whole, make)
        elif fit.made is None:
            if lines.slice(whole) != fit.model:
                raise self._refuse(f"`{fit.model}` stands in brackets", fit.cell, span)
            self._add(fit.cell, whole, f"{make}\n{name}")
        else:
            made = lines.slice(span_of(fit.made))
            if not lines.slice(whole).startswith(f"{fit.model} = {made}"):
                raise self._refuse(f"`{fit.model}` is not made and fitted in one plain line", fit.cell, span)
            self._add(fit.cell, whole, f"{fit.model} = {made}\n{make}")
        self._rename(fit.cell, _first_name(fit.call), learner.rows.source)
        if self.scene.analysis.facts_of(fit.cell).display is fit.call:
            end = self._line_end(fit.cell, span)
            self._add(fit.cell, Span(end, end), f"\n{fit.model}")

    def _check_shown(self, cell: CellId, after: str) -> None:
        """Refuse where a cell would show something else at its end, or is no Python any more."""
        before, new = self.scene.analysis.facts_of(cell), analyze_cell(after)
        if new.tree is None or (before.display is None) != (new.display is None):
            raise self._refuse(f"cell {self.scene.number(cell)} would show something else", cell, Span.on_line(0))


def _first_name(call: ast.Call) -> ast.Name:
    name = call.args[0]
    assert isinstance(name, ast.Name)
    return name
