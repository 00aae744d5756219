"""What names mean around a region: what is bound before it, read after it, and looked up by functions it may call."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property

from offbook.analysis import Binding, CellFacts, DeferredRead, NameEvents, Read
from offbook.refactor.module.reads import evaluated_names
from offbook.refactor.region.layout import Layout

_DEFINITIONS = frozenset({"import", "function", "class"})
_NOTHING = NameEvents((), (), (), (), ())
_CONDITIONAL = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Surroundings:
    """The names of a notebook, as one region sees them in a fresh run."""

    def __init__(self, layout: Layout) -> None:
        region = layout.region
        self.inside = layout.facts
        self.before: tuple[CellFacts, ...] = (*(segment.facts for segment in region.before), layout.kept)
        self.after: tuple[CellFacts, ...] = tuple(segment.facts for segment in region.after)

    # before

    def bindings_before(self, name: str) -> list[Binding]:
        """Return what may have bound a name when the region starts; ``global`` in functions left out."""
        found = (binding for facts in self.before for binding in facts.by_name.get(name, _NOTHING).bindings)
        return [binding for binding in found if binding.kind != "global"]

    def is_definition(self, name: str) -> bool:
        """Tell whether a name stands for an import, a function or a class when the region starts."""
        kinds = {binding.kind for binding in self.bindings_before(name)}
        return bool(kinds) and kinds <= _DEFINITIONS

    def is_constant(self, name: str) -> bool:
        """Tell whether a name is written as a constant, bound once in the whole notebook, and never changed."""
        everywhere = (*self.before, self.inside, *self.after)
        bindings = [binding for facts in everywhere for binding in facts.by_name.get(name, _NOTHING).bindings]
        mutated = any(facts.by_name.get(name, _NOTHING).mutations for facts in everywhere)
        return name.isupper() and len(bindings) == 1 and bindings[0].unconditional and not mutated

    def is_settled_before(self, name: str) -> bool:
        """Tell whether the name is surely bound when the region starts."""
        settled = False
        for facts in self.before:
            events = facts.by_name.get(name, _NOTHING)
            settled = settled or any(binding.definite and binding.kind != "global" for binding in events.bindings)
            if events.deletions:
                settled = events.bindings[-1:] != () and events.bindings[-1].definite
        return settled

    def global_in_functions(self, name: str) -> bool:
        """Tell whether some function rebinds the name (``global``)."""
        everywhere = (*self.before, self.inside, *self.after)
        return any(
            binding.kind == "global" for facts in everywhere for binding in facts.by_name.get(name, _NOTHING).bindings
        )

    @cached_property
    def has_star(self) -> bool:
        """Whether names may come from a star import."""
        return any(item.bound == "*" for facts in self.before for item in facts.imports)

    # after

    def reads_after(self, name: str) -> Iterator[Read]:
        """Yield the reads behind the region that may see what it has bound."""
        for facts in self.after:
            events = facts.by_name.get(name, _NOTHING)
            yield from (read for read in events.reads if read.exposure != "local")
            if any(binding.definite and binding.kind != "global" for binding in events.bindings) or any(
                deletion.definite for deletion in events.deletions
            ):
                return

    def early_reads(self, name: str) -> Iterator[Read]:
        """Yield the reads in front of the region that find nothing in a fresh run: they are run again later."""
        for facts in self.before:
            events = facts.by_name.get(name, _NOTHING)
            if events.bindings:
                return
            yield from (read for read in events.reads if not read.guarded)

    def deferred_elsewhere(self, name: str) -> Iterator[DeferredRead]:
        """Yield the reads in bodies of functions outside the region."""
        for facts in (*self.before, *self.after):
            yield from facts.by_name.get(name, _NOTHING).deferred

    def rebound_after(self, name: str) -> bool:
        """Tell whether code behind the region may give the name another value."""
        found = (facts.by_name.get(name, _NOTHING) for facts in self.after)
        return any(events.bindings or events.deletions for events in found)

    @cached_property
    def evaluated_elsewhere(self) -> frozenset[str]:
        """Names in texts that libraries evaluate in the caller (``df.query("x > @limit")``), outside the region."""
        calls = (call.node for facts in (*self.before, *self.after) for call in facts.calls)
        return frozenset(name for call in calls for name, _ in evaluated_names(call))

    # functions that the region may call

    def read_by_called(self, name: str) -> bool:
        """Tell whether something that the region may call looks the name up in the notebook."""
        for facts in self.before:
            for read in facts.by_name.get(name, _NOTHING).deferred:
                statement = _statement_at(facts, read)
                if statement is not None and not _touched(statement).isdisjoint(self._reachable):
                    return True
        return False

    @cached_property
    def _reachable(self) -> frozenset[str]:
        """Names that the region reads, and all names in the statements that made what these stand for."""
        edges: dict[str, set[str]] = {}
        for facts in self.before:
            for statement in facts.tree.body if facts.tree is not None else ():
                if isinstance(statement, ast.Import | ast.ImportFrom):
                    continue
                used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
                for name in _touched(statement):
                    edges.setdefault(name, set()).update(used)
        waiting = [*(read.name for read in self.inside.reads), *(read.name for read in self.inside.deferred)]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += edges.get(name, ())
        return frozenset(found)


def _statement_at(facts: CellFacts, read: DeferredRead) -> ast.stmt | None:
    line = read.span.start.line + 1
    body = facts.tree.body if facts.tree is not None else []
    return next((node for node in body if node.lineno <= line <= (node.end_lineno or line)), None)


def _touched(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, or whose objects it may change."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            found |= {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        found |= {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
    return found


def unconditional_reads(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Return names that statements surely read, whenever they run to their end."""
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.If | ast.While):
            found |= _surely(statement.test)
        elif isinstance(statement, ast.For | ast.AsyncFor):
            found |= _surely(statement.iter)
        elif isinstance(statement, ast.With | ast.AsyncWith):
            for item in statement.items:
                found |= _surely(item.context_expr)
            found |= unconditional_reads(statement.body)
        elif not isinstance(statement, ast.Try | ast.Match | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found |= _surely(statement)
            if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
                found.add(statement.target.id)
    return frozenset(found)


def _surely(node: ast.AST) -> set[str]:
    if isinstance(node, _CONDITIONAL):
        return set()
    if isinstance(node, ast.IfExp):
        return _surely(node.test)
    if isinstance(node, ast.BoolOp):
        return _surely(node.values[0])
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return _surely(node.generators[0].iter)
    found = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else set()
    for child in ast.iter_child_nodes(node):
        found |= _surely(child)
    return found
