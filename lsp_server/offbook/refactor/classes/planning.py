"""Puts the parts together: the edited cells, the functions cut out of them, the class, and the plan."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

import libcst as cst

from offbook.analysis import analyze, span_of
from offbook.notebook import CellChange, CellId, DeleteCell, ReplaceSource, apply_changes
from offbook.refactor.classes.choosing import ClassChoice, Prepared, prepare
from offbook.refactor.classes.parameters import ParameterSharing
from offbook.refactor.classes.reading import Reading
from offbook.refactor.extract_class import ExtractClassOptions
from offbook.refactor.function.text import BlankLines
from offbook.refactor.module.cells import CutCell, Statement, cut_cell
from offbook.refactor.module.scene import Moment, Piece, Scene
from offbook.refactor.plan import NotebookChange, Plan
from offbook.refactor.registry import Context
from offbook.refactor.uses.edits import edited
from offbook.text import Lines

_WIDTH = 88


def plan(context: Context, options: ExtractClassOptions) -> Plan:
    """Return the plan.

    Raises:
        RefusedError: where a class would behave differently.
    """
    choice = ClassChoice(options.functions, options.cells, options.name, options.attributes)
    prepared = prepare(context, choice)
    return _Writer(prepared, context).plan()


class _Writer:
    def __init__(self, prepared: Prepared, context: Context) -> None:
        self.prepared = prepared
        self.before = prepared.scene
        self.sharing = prepared.sharing
        change = edited(self.before.notebook, self.sharing.draft.edits)
        self.edited = {item.cell for item in change.changes if isinstance(item, ReplaceSource)}
        notebook = apply_changes(self.before.notebook, change.changes)
        self.after = Scene(Context(analyze(notebook), context.workspace))

    def plan(self) -> Plan:
        """Check the edits, and write the class."""
        self._check()
        changes = tuple(self._changes())
        removed = tuple(change.cell for change in changes if isinstance(change, DeleteCell))
        names = [member.name for member in self.prepared.members]
        return Plan(
            refactoring="extract.class",
            title=f"Make the class `{self.prepared.name}` of {_listed(names)}",
            notebooks=(NotebookChange(self.before.notebook.path, changes),),
            summary=tuple(self._summary()),
            warnings=tuple(self._warnings()),
            removed=removed,
            unsafe=True,
        )

    def _check(self) -> None:
        """Refuse where an edited cell, read back, does not say what it said."""
        reading = self._reading()
        for cell in self.edited:
            old, new = self.before.analysis.facts_of(cell), self.after.analysis.facts_of(cell)
            trees = copy.deepcopy([tree for tree in (old.tree, new.tree) if tree is not None])  # reading changes them
            if len(trees) < 2 or not reading.same(trees[0], trees[1]):
                raise self.before.refuse(f"cell {self.before.number(cell)} could not be rewritten faithfully", cell)

    def _reading(self) -> Reading:
        sharing = self.sharing
        parameters = isinstance(sharing, ParameterSharing)
        objects = (
            {item.name: item.values for item in sharing.objects}
            if isinstance(sharing, ParameterSharing)
            else {sharing.variable: sharing.shared}
        )
        names = [member.name for member in self.prepared.members]
        return Reading(self.prepared.name, names, sharing.shared, objects, parameters)

    def _changes(self) -> Iterator[CellChange]:
        cuts = {cell: self._cut(cell, {}) for cell in dict.fromkeys(item.cell for item in self.prepared.members)}
        moved = [statement for cut in cuts.values() for _, statement in cut.moved]
        if len(moved) != len(self.prepared.members):
            first = self.prepared.members[0]
            raise self.before.refuse("a function could not be found in its cell's text", first.cell)
        first = self.prepared.members[0]
        cuts[first.cell] = self._cut(first.cell, {(first.name,): self._class(moved)})
        for cell in sorted({*cuts, *self.edited}, key=self.before.notebook.index):
            source = cuts[cell].source if cell in cuts else self.after.notebook.cell(cell).source
            kept = source.strip() or self.before.notebook.cell(cell).tags
            yield ReplaceSource(cell, source.rstrip("\n") if cell in cuts else source) if kept else DeleteCell(cell)

    def _cut(self, cell: CellId, statements: dict[tuple[str, ...], str]) -> CutCell:
        names = {member.name for member in self.prepared.members if member.cell == cell}
        pieces = [
            Piece(cell, (item.name,), "function", item.node, item.whole, Moment(0, item.whole.start.line))
            for item in self.after.analysis.facts_of(cell).definitions
            if item.name in names
        ]
        return cut_cell(self.after, cell, pieces, statements)

    def _class(self, methods: list[Statement]) -> str:
        """Return the text of the class."""
        shared = self.sharing.shared
        head = f"    def __init__(self, {', '.join(self._parameters())}):"
        if len(head) > _WIDTH:
            head = "\n".join(
                ["    def __init__(", *(f"        {item}," for item in ("self", *self._parameters())), "    ):"]
            )
        lines = [f"class {self.prepared.name}:", f'    """{self.prepared.docstring}"""', "", head]
        template = cst.parse_statement(
            "\n".join([*lines, *(f"        self.{name} = {name}" for name in shared)]) + "\n"
        )
        assert isinstance(template, cst.ClassDef), "the template defines a class"
        body = list(template.body.body)
        body += (_separated(method) for method in methods)
        block = template.body.with_changes(body=body)
        node = template.with_changes(body=block).visit(BlankLines())
        assert isinstance(node, cst.ClassDef), "the visitor changes whitespace only"
        return cst.Module([node], default_newline="\n").code

    def _parameters(self) -> list[str]:
        if not isinstance(self.sharing, ParameterSharing):
            return list(self.sharing.shared)
        member = self.prepared.members[0]
        arguments, lines = member.node.args, Lines(self.before.notebook.cell(member.cell).source)
        defaults = dict(zip([item.arg for item in arguments.args][::-1], arguments.defaults[::-1], strict=False))
        found: list[str] = []
        for item in arguments.args[: len(self.sharing.shared)]:
            text, default = lines.slice(span_of(item)), defaults.get(item.arg)
            equals = " = " if item.annotation is not None else "="
            found.append(text if default is None else f"{text}{equals}{ast.unparse(default)}")
        return found

    # what is said

    def _summary(self) -> Iterator[str]:
        names = [member.name for member in self.prepared.members]
        attributes = _listed(self.sharing.shared)
        cell = self.before.number(self.prepared.members[0].cell)
        become = "becomes a method" if len(names) == 1 else "become methods"
        yield f"{_listed(names)} {become} of the class in cell {cell}."
        if isinstance(self.sharing, ParameterSharing):
            yield f"Its objects hold {attributes}, which they share."
            for item in self.sharing.objects:
                count = len(item.calls)
                yield f"`{item.name}` is made in cell {item.made.cell + 1}, and used by {count} calls."
        else:
            cell = self.sharing.made.cell + 1
            yield f"`{self.sharing.variable}` is made in cell {cell}, and holds {attributes}."
            if self.sharing.moving:
                verb = "changes" if len(self.sharing.moving) == 1 else "change"
                yield (
                    f"{_listed(self.sharing.moving)} {verb} later: all code finds the value in "
                    f"`{self.sharing.variable}` from then on."
                )

    def _warnings(self) -> Iterator[str]:
        if isinstance(self.sharing, ParameterSharing):
            for item in self.sharing.objects:
                yield _keeps(item.name, item.values, item.made.cell)
        elif set(self.sharing.shared) - set(self.sharing.moving):
            kept = [name for name in self.sharing.shared if name not in self.sharing.moving]
            yield _keeps(self.sharing.variable, kept, self.sharing.made.cell)


def _separated(method: Statement) -> Statement:
    """Return a method with one blank line above its comments, and none at its end."""
    lines = list(method.leading_lines)
    while lines and lines[0].comment is None:
        lines.pop(0)
    assert isinstance(method, cst.FunctionDef), "methods are functions"
    body = method.body
    if isinstance(body, cst.IndentedBlock):
        footer = list(body.footer)
        while footer and footer[-1].comment is None:
            footer.pop()
        body = body.with_changes(footer=footer)
    return method.with_changes(leading_lines=[cst.EmptyLine(indent=False), *lines], body=body)


def _keeps(name: str, values: Sequence[str], cell: int) -> str:
    """Warn that an object does not follow its variables."""
    are, them = ("it is", "it") if len(values) == 1 else ("they are", "them")
    return (
        f"`{name}` keeps {_listed(values)} as {are} when cell {cell + 1} runs: "
        f"run that again where you change {them} by hand."
    )


def _listed(names: Sequence[str]) -> str:
    listed = [f"`{name}`" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
