"""Functions that share variables of the notebook: one object holds these from the moment when all are there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from offbook.analysis import Binding, DeferredRead, Read, span_of
from offbook.analysis.variables import notebook_places
from offbook.notebook import CellId
from offbook.refactor.classes.draft import Draft
from offbook.refactor.classes.members import Member
from offbook.refactor.classes.parameters import first_line, home_of, statement_around
from offbook.refactor.module.names import Imported, Names, Single
from offbook.refactor.module.purity import Purity
from offbook.refactor.module.reads import evaluated_names
from offbook.refactor.module.scene import Moment, Scene
from offbook.refactor.uses.finding import Use, find_uses
from offbook.refactor.uses.signature import find_brackets
from offbook.text import Position, Span

_KINDS = {"assign", "augment", "global"}
_CALLING = {"map", "filter", "sorted", "min", "max"}
_CALLING_METHODS = {"apply", "map", "applymap", "sort"}
_ELSEWHERE = frozenset("multiprocessing multiprocess concurrent joblib dask pyspark ray tensorflow jax torch".split())
"""Libraries that run a function in another process, or compile it."""
_HIDDEN = ast.For | ast.AsyncFor | ast.With | ast.AsyncWith | ast.NamedExpr | ast.comprehension | ast.Delete


def shared_variables(scene: Scene, members: Sequence[Member]) -> tuple[str, ...]:
    """Return the notebook's variables that the functions share, in the order of their first use.

    These are the ones that two of them use, or that one of them rebinds; of a single function, all.
    """
    users: dict[str, set[str]] = {}
    for member in members:
        for name in _reads(scene, member):
            users.setdefault(name, set()).add(member.name)
    rebound = {name for member in members for name in _globals(member.node)}
    least = min(2, len(members))
    return tuple(name for name, using in users.items() if len(using) >= least or name in rebound)


def _reads(scene: Scene, member: Member) -> list[str]:
    """Return the variables that a function looks up in the notebook: no imports, definitions or constants."""
    names = Names(scene)
    facts = scene.analysis.facts_of(member.cell)
    found = [read for read in facts.deferred if member.whole.covers(read.span.start)]
    words = [read.name for read in sorted(found, key=lambda read: read.span.start)]
    words += sorted(_globals(member.node))
    return [name for name in dict.fromkeys(words) if _is_variable(scene, names, name)]


def _is_variable(scene: Scene, names: Names, name: str) -> bool:
    bindings = scene.flow.bindings(name)
    if not bindings or isinstance(names.meaning(name), Imported):
        return False
    if all(binding.kind in ("function", "class", "import") for _, binding in bindings):
        return False
    meaning = names.meaning(name)
    if not isinstance(meaning, Single) or scene.flow.mutations(name):
        return True
    node = meaning.binding.node
    pure = isinstance(node, ast.stmt) and Purity(names, lambda _name: None).statement(node) is None
    return not (pure or name.isupper())


def _globals(node: ast.AST) -> set[str]:
    return {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}


class StateSharing:
    """Edits functions and code so that an object holds variables of the notebook.

    Attributes:
        moving: the variables that get other values while the object is there: all code finds them in it.
        made: when the object is made.
        behind_class: whether it is made right behind the class.
    """

    def __init__(
        self, draft: Draft, members: Sequence[Member], shared: Sequence[str], name: str, variable: str
    ) -> None:
        self.draft = draft
        self.scene: Scene = draft.scene
        self.members = members
        self.shared = tuple(shared)
        self.name = name
        self.variable = variable
        self.moving: tuple[str, ...] = ()
        self.made = Moment(0, 0)
        self.behind_class = False

    def write(self) -> None:
        """Make all edits.

        Raises:
            RefusedError: where the functions would find something else.
        """
        names = [member.name for member in self.members]
        first = self._first_use(names)
        while self._changing(first) != self.moving:  # an earlier first use may make more variables moving ones
            self.moving = self._changing(first)
            first = min(first, self._first_use(names))
        statement = self._last_binding(first)
        for name in self.shared:
            self._check_variable(name, first)
        self._make(statement)
        for member in self.members:
            self._head(member)
            for use in find_uses(self.scene, member.name):
                self._use(member, use)
        for name in self.shared:
            self._variable(name, first)
        for _, cell, facts in self.scene.cells:
            tree = facts.tree or ast.Module([], [])
            for node in ast.walk(tree):
                if isinstance(node, ast.Global) and not set(self.shared).isdisjoint(node.names):
                    self._undeclare(cell.id, tree, node)

    # when

    def _first_use(self, names: Iterable[str]) -> Moment:
        """Return when code at top level first uses one of the functions, or something whose code needs the object."""
        wanted, waiting = set(names), [*names, *self.moving]
        while waiting:
            name = waiting.pop()
            for occurrence in self.scene.flow.occurrences(name):
                owners = {read.owner for read in occurrence.events.deferred if read.owner}
                owners |= self._rebinders(occurrence.cell, name)
                waiting += owners - wanted
                wanted |= owners
        moments = [moment for name in wanted for moment in self._uses_at_once(name)]
        moments += (moment for name in self.moving for moment in self._uses_at_once(name, called=True))
        return min(moments, default=Moment(len(self.scene.notebook.cells), 0))

    def _rebinders(self, cell: CellId, name: str) -> set[str]:
        definitions = self.scene.analysis.facts_of(cell).definitions
        return {item.name for item in definitions if name in _globals(item.node)}

    def _uses_at_once(self, name: str, *, called: bool = False) -> Iterator[Moment]:
        """Yield when statements read a name; lambdas and decorated functions count as if they were called at once.

        ``called`` leaves out what statements read themselves.
        """
        for occurrence in self.scene.flow.occurrences(name):
            facts = self.scene.facts_at(occurrence.number)
            decorated = {item.name for item in facts.definitions if item.node.decorator_list}
            spans = [read.span for read in occurrence.events.reads if not called]
            spans += [read.span for read in occurrence.events.deferred if not read.owner or read.owner in decorated]
            for span in spans:
                yield self._statement_at(occurrence.number, span.start.line)[0]

    def _statement_at(self, index: int, line: int) -> tuple[Moment, ast.stmt]:
        """Return the statement at top level that stands on a line of a cell."""
        tree = self.scene.facts_at(index).tree
        for statement in tree.body if tree is not None else ():
            start = first_line(statement).line
            if start <= line <= span_of(statement).end.line:
                return Moment(index, start), statement
        raise AssertionError("what a cell does stands in its statements")

    def _bindings(self, name: str) -> list[tuple[Moment, Binding]]:
        found = self.scene.flow.bindings(name)
        return [(Moment(index, binding.span.start.line), binding) for index, binding in found]

    def _last_binding(self, first: Moment) -> tuple[CellId, ast.stmt]:
        """Return the last statement that sets one of the variables before they are used."""
        early = [
            moment
            for name in self.shared
            for moment, binding in self._bindings(name)
            if moment < first and binding.kind != "global"
        ]
        home = self.members[0]
        moment = max([*early, home.moment])
        if moment == home.moment:
            return home.cell, home.node
        cell = self.scene.notebook.cells[moment.cell].id
        return cell, self._statement_at(moment.cell, moment.line)[1]

    def _changing(self, first: Moment) -> tuple[str, ...]:
        """Return the variables that get another value after their first use."""
        return tuple(
            name
            for name in self.shared
            if any(binding.kind == "global" or moment >= first for moment, binding in self._bindings(name))
        )

    # what is refused

    def _check_variable(self, name: str, first: Moment) -> None:
        bindings = self._bindings(name)
        home = self.members[0]
        if not any(moment < first and binding.unconditional for moment, binding in bindings):
            raise self.draft.refuse(
                home.cell, home.definition.span, f"`{name}` has no value before the functions are used"
            )
        if any(star.may_bind(name) for star in self.scene.stars):
            raise self.draft.refuse(home.cell, home.definition.span, f"`{name}` may come from a star import")
        for index, deletion in self.scene.flow.deletions(name):
            raise self.draft.refuse(
                self.scene.notebook.cells[index].id, deletion.span, f"cell {index + 1} deletes `{name}`"
            )
        for index, cell, facts in self.scene.cells:
            for call in facts.calls:
                if any(word == name for word, _ in evaluated_names(call.node)):
                    raise self.draft.refuse(cell.id, span_of(call.node), f"a text in cell {index + 1} names `{name}`")
        if name not in self.moving:
            return
        reads: list[tuple[int, Read | DeferredRead]] = [*self.scene.flow.reads(name), *self.scene.flow.deferred(name)]
        for index, read in reads:
            if read.guarded or not isinstance(read.place, ast.Name):
                raise self.draft.refuse(
                    *(self.scene.notebook.cells[index].id, read.span),
                    f"cell {index + 1} uses `{name}` in a magic, or asks whether it is there",
                )
        for moment, binding in bindings:
            late = moment >= first or binding.kind == "global"
            if late and (binding.kind not in _KINDS or isinstance(binding.node, _HIDDEN | ast.AnnAssign)):
                raise self.draft.refuse(
                    *(self.scene.notebook.cells[moment.cell].id, binding.span),
                    f"cell {moment.cell + 1} sets `{name}` in a way that no attribute can be set (`{binding.kind}`)",
                )

    # what is written

    def _make(self, where: tuple[CellId, ast.stmt]) -> None:
        cell, statement = where
        facts = self.scene.analysis.facts_of(cell)
        line = f"{self.variable} = {self.name}({', '.join(self.shared)})"
        self.behind_class = statement is self.members[0].node
        made = facts.masked.cell_magic is None and self.draft.line_below(
            cell, span_of(statement).end, f"\n\n\n{line}" if self.behind_class else f"\n{line}"
        )
        if not made:
            raise self.draft.refuse(
                cell, span_of(statement), f"`{self.variable}` cannot be made below this line", "Give it its own line."
            )
        self.made = Moment(self.scene.notebook.index(cell), span_of(statement).end.line)

    def _head(self, member: Member) -> None:
        """Add ``self`` in front of the parameters."""
        node = member.node
        opening, _ = find_brackets(self.scene.analysis.facts_of(member.cell).masked.text, node)
        arguments = node.args
        some = any((arguments.posonlyargs, arguments.args, arguments.vararg, arguments.kwonlyargs, arguments.kwarg))
        place = Position(opening.line, opening.column + 1)
        self.draft.insert(member.cell, place, "self, " if some else "self")

    def _use(self, member: Member, use: Use) -> None:
        inside = home_of(self.members, use.cell, use.read.span.start)
        if use.read.guarded:
            raise self.draft.refuse(
                use.cell, use.read.span, f"cell {use.number + 1} asks whether there is a `{member.name}`"
            )
        if use.call is None and not self._is_callback(use):
            raise self.draft.refuse(
                *(use.cell, use.read.span),
                f"cell {use.number + 1} uses `{member.name}` as a value, and may look at more than what it returns",
                "Call it there, in a lambda or a function.",
            )
        self.draft.rename(use.cell, use.name, f"{'self' if inside else self.variable}.{member.name}")

    def _is_callback(self, use: Use) -> bool:
        """Tell whether a function is handed to something that does nothing but call it."""
        imported = {item.module.partition(".")[0] for _, _, facts in self.scene.cells for item in facts.imports}
        if not imported.isdisjoint(_ELSEWHERE):
            return False
        tree = self.scene.analysis.facts_of(use.cell).tree
        for node in ast.walk(tree or ast.Module([], [])):
            if isinstance(node, ast.Call) and any(
                part is use.name for part in (*node.args, *(keyword.value for keyword in node.keywords))
            ):
                function = node.func
                if isinstance(function, ast.Name):
                    return function.id in _CALLING and not self.scene.flow.bindings(function.id)
                return isinstance(function, ast.Attribute) and function.attr in _CALLING_METHODS
        return False

    def _variable(self, name: str, first: Moment) -> None:
        """Let code find a variable in the object."""
        for index, cell, facts in self.scene.cells:
            if facts.tree is None or name not in facts.by_name:
                continue
            places = notebook_places(facts.tree, name)
            self._check_places(name, cell.id, places)
            for place in places:
                span = span_of(place)
                inside = home_of(self.members, cell.id, span.start)
                statement = statement_around(facts.tree, place)
                assert statement is not None, "a place stands in a statement"
                deferred = self._is_deferred(cell.id, place)
                late = deferred or Moment(index, first_line(statement).line) >= first
                if inside is not None:  # heads are evaluated where the class stands, before there is an object
                    if deferred:
                        self.draft.rename(cell.id, place, f"self.{name}")
                elif name in self.moving and late:
                    self.draft.rename(cell.id, place, f"{self.variable}.{name}")

    def _is_deferred(self, cell: CellId, place: ast.Name) -> bool:
        facts = self.scene.analysis.facts_of(cell)
        spans = [read.span for read in facts.deferred if read.name == place.id]
        spans += [binding.span for binding in facts.bindings if binding.kind == "global" and binding.name == place.id]
        return span_of(place) in spans

    def _check_places(self, name: str, cell: CellId, places: Sequence[ast.Name]) -> None:
        """Refuse where two ways of finding a variable's places do not agree."""
        events = self.scene.analysis.facts_of(cell).by_name[name]
        known = {item.span for item in events.bindings} | {item.span for item in events.reads}
        known |= {item.span for item in events.deferred}
        unclear = known ^ {span_of(place) for place in places}
        if name not in self.moving:
            unclear = {span for span in unclear if home_of(self.members, cell, span.start)}
        if unclear:
            span = min(unclear)
            raise self.draft.refuse(cell, span, f"it cannot be seen what `{name}` means here")

    def _undeclare(self, cell: CellId, tree: ast.Module, node: ast.Global) -> None:
        """Take variables out of a ``global`` statement, or the statement out of its function."""
        lines, span = self.draft.lines(cell), span_of(node)
        rest = [name for name in node.names if name not in self.shared]
        if rest:
            self.draft.put(cell, span, f"global {', '.join(rest)}")
            return
        body = next(
            block
            for parent in ast.walk(tree)
            for block in (
                getattr(parent, "body", None),
                getattr(parent, "orelse", None),
                getattr(parent, "finalbody", None),
            )
            if isinstance(block, list) and any(item is node for item in block)
        )
        before, behind = lines.line(span.start.line)[: span.start.column], lines.line(span.end.line)[span.end.column :]
        if len(body) == 1 or before.strip() or behind.strip() or span.start.line != span.end.line:
            self.draft.put(cell, span, "pass")
            return
        self.draft.put(cell, Span(Position(span.start.line, 0), Position(span.start.line + 1, 0)), "")
