"""Whether one function can stand for several copies: parameters for what differs, and the same data flow."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from offbook.refactor.deduplication.alignment import Alignment, DifferentError, Literal, align
from offbook.refactor.deduplication.copies import Copy

_MOST_LITERALS = 8
"""A function with more parameters for literals says less than the copies."""

_OTHER_FLOW = "no other copy has the same data flow"

_READERS = re.compile(r"read_|open$|load|imread|to_csv$|savefig$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that stands for literals.

    Attributes:
        name: its name.
        nodes: the literals in the first copy.
        values: the text of its value at each copy.
    """

    name: str
    nodes: tuple[ast.Constant, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Sharing:
    """One function for several copies.

    Attributes:
        copies: the copies, in document order; the function's body is the first's.
        alignments: how each differs from the first.
        needs: parameters that stand for names, as the first copy calls them.
        gives: what the function returns, as the first copy calls it.
        literals: parameters that stand for literals.
    """

    copies: tuple[Copy, ...]
    alignments: tuple[Alignment, ...]
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    literals: tuple[Parameter, ...]

    def accepts(self, copy: Copy) -> bool:
        """Tell whether the call gives a copy what it needs, and takes what it gives, now that others are calls."""
        try:
            alignment = _aligned(self.copies[0], copy)
        except DifferentError:
            return False
        needs = {alignment.name(name) for name in self.needs}
        gives = {alignment.name(name) for name in self.gives}
        return (
            needs.issuperset(copy.exchange.needs)
            and gives.issuperset(copy.exchange.gives)
            and all(copy.around.is_settled_before(name) for name in needs.difference(copy.exchange.needs))
            and all(_is_settled(copy, name) for name in gives.difference(copy.exchange.gives))
        )


def share(copies: Sequence[Copy]) -> tuple[Sharing | None, list[tuple[Copy, str]]]:
    """Return one function for as many of the copies as possible, and why each of the others is left."""
    best: tuple[Sharing | None, list[tuple[Copy, str]]] = (None, [])
    for number, first in enumerate(copies):
        found, left = _share_first(first, copies[number + 1 :])
        if number == 0 or (found is not None and (best[0] is None or len(found.copies) > len(best[0].copies))):
            best = found, [*((copy, _OTHER_FLOW) for copy in copies[:number]), *left]
    return best


def _share_first(first: Copy, others: Sequence[Copy]) -> tuple[Sharing | None, list[tuple[Copy, str]]]:
    """Return the function of the first copy and all that agree with it."""
    taken, alignments = [first], [_aligned(first, first)]
    left: list[tuple[Copy, str]] = []
    for copy in others:
        try:
            alignment = _aligned(first, copy)
            _check_flow(first, copy, alignment)
        except DifferentError as error:
            left.append((copy, str(error)))
        else:
            taken.append(copy)
            alignments.append(alignment)
    if len(taken) < 2:
        return None, [*left, (first, _OTHER_FLOW)]
    try:
        return _joined(taken, alignments), left
    except DifferentError as error:
        return None, [*left, *((copy, str(error)) for copy in taken)]


def _aligned(first: Copy, copy: Copy) -> Alignment:
    found = align(first.body, copy.body)
    passed = _passed(first, copy, found)
    for name in sorted(_free(first) - passed):
        if found.name(name) != name:
            raise DifferentError(f"`{found.name(name)}` stands for `{name}`, which is no variable")
    return found


def _free(copy: Copy) -> set[str]:
    """Return the names that a copy looks up in the notebook, wherever it stands."""
    read = {item.name for item in copy.facts.reads} | {item.name for item in copy.facts.deferred}
    return read - copy.exchange.local - set(copy.exchange.needs)


def _passed(first: Copy, copy: Copy, alignment: Alignment) -> set[str]:
    """Return the names that a function has to be given, and the first copy finds in the notebook: constants."""
    return {
        name
        for name in _free(first)
        if alignment.name(name) != name
        and first.around.is_constant(name)
        and copy.around.is_constant(alignment.name(name))
        and first.around.is_settled_before(name)
    }


def _check_flow(first: Copy, copy: Copy, alignment: Alignment) -> None:
    """Raise where a copy takes other names than the first, or might not give what the first gives."""
    needs = {alignment.name(name) for name in first.exchange.needs}
    other = needs ^ set(copy.exchange.needs)
    if other:
        raise DifferentError(f"`{min(other)}` comes from before in one of them only")
    for name in _passed(first, copy, alignment):
        if not copy.around.is_settled_before(alignment.name(name)):
            raise DifferentError(f"`{alignment.name(name)}` is not bound before")
    gives = {alignment.name(name) for name in first.exchange.gives} ^ set(copy.exchange.gives)
    for name in sorted(gives):
        if not _is_settled(copy, name):
            raise DifferentError(f"`{name}` is bound only on some paths")


def _is_settled(copy: Copy, name: str) -> bool:
    """Tell whether a copy surely binds a name."""
    events = copy.facts.by_name.get(name)
    return events is not None and not events.deletions and any(binding.definite for binding in events.bindings)


def _joined(copies: Sequence[Copy], alignments: Sequence[Alignment]) -> Sharing:
    """Return the function for copies that agree with the first; raise where it would say too little."""
    first = copies[0]
    back = [{other: name for name, other in alignment.names.items()} for alignment in alignments]
    given = {names.get(name, name) for copy, names in zip(copies, back, strict=True) for name in copy.exchange.gives}
    order = dict.fromkeys(binding.name for binding in first.facts.bindings)
    pairs = zip(copies, alignments, strict=True)
    passed = dict.fromkeys(name for copy, alignment in pairs for name in sorted(_passed(first, copy, alignment)))
    literals = _parameters(copies, alignments)
    if len(literals) > _MOST_LITERALS:
        raise DifferentError(f"they differ in {len(literals)} values")
    return Sharing(
        tuple(copies),
        tuple(alignments),
        (*first.exchange.needs, *passed),
        tuple(name for name in order if name in given),
        tuple(literals),
    )


def _parameters(copies: Sequence[Copy], alignments: Sequence[Alignment]) -> list[Parameter]:
    """Return a parameter for every literal that differs; literals that are the same everywhere share one."""
    found: dict[ast.Constant, Literal] = {}
    others: list[dict[ast.Constant, ast.Constant]] = []
    for alignment in alignments:
        others.append({literal.node: literal.other for literal in alignment.literals})
        for literal in alignment.literals:
            found.setdefault(literal.node, literal)
    alike: dict[tuple[str, ...], list[Literal]] = {}
    for node, literal in sorted(found.items(), key=lambda item: (item[0].lineno, item[0].col_offset)):
        alike.setdefault(tuple(repr(other.get(node, node).value) for other in others), []).append(literal)
    taken = set(_words(copies[0].body))
    parameters = []
    for literals in alike.values():
        name = _free_name(_wish(literals), taken)
        taken.add(name)
        node = literals[0].node
        values = tuple(
            copy.text_of(other[node]) if node in other else copies[0].text_of(node)
            for copy, other in zip(copies, others, strict=True)
        )
        parameters.append(Parameter(name, tuple(literal.node for literal in literals), values))
    return parameters


def _wish(literals: Iterable[Literal]) -> str:
    """Return a name for a parameter, from the places of its literals."""
    wishes = [_wish_of(literal) for literal in literals]
    return next((wish for wish in wishes if wish not in ("text", "value")), wishes[0])


def _wish_of(literal: Literal) -> str:
    around = literal.parents[-1]
    text = isinstance(literal.node.value, str)
    if isinstance(around, ast.List | ast.Tuple) and len(literal.parents) > 1:
        around = literal.parents[-2]
    if isinstance(around, ast.keyword) and around.arg:
        return around.arg
    if isinstance(around, ast.Subscript):
        return "column" if text else "index"
    if isinstance(around, ast.Assign) and isinstance(around.targets[0], ast.Name):
        return f"{around.targets[0].id}_value"
    if isinstance(around, ast.Call) and text:
        called = around.func.attr if isinstance(around.func, ast.Attribute) else getattr(around.func, "id", "")
        if called.rpartition("_")[2] in ("title", "xlabel", "ylabel", "suptitle", "label"):
            return called.rpartition("_")[2]
        return "path" if _READERS.search(called) else "text"
    return "text" if text else "value"


def _words(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield every name that statements use or bind, and more."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                yield node.id
            elif isinstance(node, ast.arg):
                yield node.arg
            elif isinstance(node, ast.alias):
                yield (node.asname or node.name).partition(".")[0]
            else:
                name = getattr(node, "name", None)
                if isinstance(name, str):
                    yield name


def _free_name(wish: str, taken: set[str]) -> str:
    wish = f"{wish}_value" if hasattr(builtins, wish) or keyword.iskeyword(wish) else wish
    name, number = wish, 1
    while name in taken:
        number += 1
        name = f"{wish}_{number}"
    return name
