"""What a region takes from the notebook's names, gives back, and changes in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from offbook.analysis import DeferredRead, Read, span_of
from offbook.refactor.module.names import BUILTINS
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.region.escapes import escaping_reads, kept_alive
from offbook.refactor.region.layout import Layout
from offbook.refactor.region.names import Surroundings, unconditional_reads
from offbook.text import Span


@dataclass(frozen=True, slots=True)
class Exchange:
    """The data flow between a region and the rest of the notebook.

    Attributes:
        needs: variables that it takes from before, in the order of their first use.
        gives: names that it binds and that are looked up later, in the order of their first binding.
        imports: names that it imports for what comes later.
        local: names that are its own afterwards.
        changes: variables of ``needs`` whose objects it changes in place.
    """

    needs: tuple[str, ...]
    gives: tuple[str, ...]
    imports: tuple[str, ...]
    local: frozenset[str]
    changes: tuple[str, ...]


def find_exchange(scene: Scene, layout: Layout) -> Exchange:
    """Return the data flow of a region.

    Raises:
        RefusedError: where a name would mean something else in a function.
    """
    return _Finder(scene, layout).find()


class _Finder:
    def __init__(self, scene: Scene, layout: Layout) -> None:
        self.scene = scene
        self.layout = layout
        self.around = Surroundings(layout)
        self.facts = layout.facts
        self.body = [node for unit in layout.inside for node in unit.nodes]
        self.sure = unconditional_reads(self.body)
        self.bound = {binding.name: binding for binding in reversed(self.facts.bindings)}
        self.extra: set[str] = set()

    def find(self) -> Exchange:
        """Put needs and gives together."""
        for name, binding in self.bound.items():
            if self.around.global_in_functions(name):
                raise self.refuse(f"a function changes `{name}` (`global`), and the code binds it too", binding.span)
            if self.around.read_by_called(name):
                raise self.refuse(
                    f"the code binds `{name}`, and calls a function that reads the notebook's `{name}`",
                    binding.span,
                    f"Make `{name}` a parameter of that function.",
                )
        gives = [name for name in reversed(self.bound) if self._is_given(name)]
        imports = [name for name in gives if self._is_import(name)]
        gives = [name for name in gives if name not in imports]
        needs = list(dict.fromkeys(self._needs()))
        needs += [name for name in gives if name in self.extra and name not in needs]
        self._check_closures(gives)
        changed = {mutation.name for mutation in self.facts.mutations}
        return Exchange(
            tuple(needs),
            tuple(gives),
            tuple(imports),
            frozenset(self.bound),
            tuple(name for name in needs if name in changed),
        )

    def refuse(self, reason: str, span: Span, advice: str = "") -> RefusedError:
        """Return a refusal at a place of the joined text."""
        cell, place = self.layout.region.place(span)
        return self.scene.refuse(reason, cell, place, advice)

    def _is_import(self, name: str) -> bool:
        return all(binding.kind == "import" for binding in self.facts.by_name[name].bindings)

    # needs

    def _needs(self) -> Iterator[str]:
        for read in self.facts.reads:
            if read.exposure != "local" and self._is_needed(read):
                yield read.name
        for deferred in self.facts.deferred:
            if self._is_needed_later(deferred):
                yield deferred.name

    def _is_needed_later(self, read: DeferredRead) -> bool:
        """Tell whether a function in the code has to find what was bound before the code."""
        name = read.name
        settled = self.around.is_settled_before(name)
        if name not in self.bound:
            return self._is_variable(name) and settled and not self.around.rebound_after(name)
        bindings = self.facts.by_name[name].bindings
        if any(binding.unconditional and binding.span.start < read.span.start for binding in bindings):
            return False
        if self.around.bindings_before(name) and not settled:
            raise self.refuse(
                f"`{name}` is bound only on some paths before the code, and a function in it reads it", read.span
            )
        if self.around.has_star:
            raise self.refuse(f"a star import may bind `{name}`, which the code reads and binds", read.span)
        return settled or name in BUILTINS

    def _is_variable(self, name: str) -> bool:
        """Tell whether a name that the region does not bind is to be passed to it."""
        if not self.around.bindings_before(name) or self.around.is_definition(name):
            return False
        return not (self.around.is_constant(name) or self.around.global_in_functions(name))

    def _is_needed(self, read: Read) -> bool:
        name = read.name
        if name not in self.bound:
            if not self._is_variable(name):
                return False
            self._check_there(read)
            return True
        if self.around.bindings_before(name):
            self._check_there(read)
            return True
        if name in BUILTINS:
            return True
        if self.around.has_star and name not in self.sure:
            raise self.refuse(f"a star import may bind `{name}`, which the code reads and binds", read.span)
        return self.around.has_star and read.exposure == "exposed"

    def _check_there(self, read: Read) -> None:
        """Refuse where the argument may not be there yet, although the code might not have asked for it."""
        name = read.name
        if self.around.is_settled_before(name):
            return
        if read.exposure == "exposed" and name in self.sure and not read.guarded:
            return
        raise self.refuse(
            f"`{name}` is bound only on some paths before the code that reads it",
            read.span,
            f"Give `{name}` a value before.",
        )

    # gives

    def _is_given(self, name: str) -> bool:
        around = self.around
        later = list(around.reads_after(name))
        certain = bool(later) or any(around.early_reads(name))
        deferred = any(around.deferred_elsewhere(name)) or name in around.evaluated_elsewhere
        if not (certain or deferred or name in kept_alive(self.body)):
            return False
        if self._is_settled(name) or self._is_import(name):
            return True
        if around.is_settled_before(name):
            self.extra.add(name)
            return True
        if not around.bindings_before(name) and self._surely_read_later(name):
            return True  # a run that gets as far as that read has bound it
        if not certain and not around.deferred_elsewhere(name) and not later:
            return False
        span = self.bound[name].span
        raise self.refuse(
            f"`{name}` is bound only on some paths, and read later", span, f"Give `{name}` a value before the code."
        )

    def _is_settled(self, name: str) -> bool:
        events = self.facts.by_name[name]
        return any(binding.definite for binding in events.bindings) and not events.deletions

    def _surely_read_later(self, name: str) -> bool:
        """Tell whether the next code that has to do with the name surely reads what the region left."""
        for facts in self.around.after:
            events = facts.by_name.get(name)
            if events is None or not (events.reads or events.bindings):
                continue
            first = next((read for read in events.reads if read.exposure == "exposed" and not read.guarded), None)
            return first is not None and facts.tree is not None and name in unconditional_reads(facts.tree.body)
        return False

    # functions inside

    def _check_closures(self, gives: list[str]) -> None:
        """Refuse a function or lambda that outlives the region and reads a name that gets another value later."""
        for name, node in escaping_reads(self.body, set(gives)):
            own = name in self.bound
            if own and self.around.rebound_after(name):
                raise self.refuse(
                    f"a function in the code reads `{name}` when it is called, and `{name}` is bound again later",
                    span_of(node),
                    f"Pass `{name}` to it as a parameter.",
                )
            if not own and self._is_variable(name) and self.around.rebound_after(name):
                reads = self.facts.by_name[name].reads
                if any(isinstance(read.place, ast.AST) for read in reads):
                    raise self.refuse(
                        f"a function in the code reads `{name}` when it is called, and `{name}` is bound again later",
                        span_of(node),
                        f"Pass `{name}` to it as a parameter.",
                    )
