"""The functions that become methods, and what stands in the way of that in each of them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from offbook.analysis import Definition, span_of
from offbook.analysis.variables import words_of
from offbook.notebook import CellId, may_fail
from offbook.refactor.history import history_use
from offbook.refactor.module.names import Builtin, Imported, Names, Single
from offbook.refactor.module.purity import Purity
from offbook.refactor.module.scene import Moment, RefusedError, Scene
from offbook.refactor.module.surroundings import has_doctest
from offbook.refactor.uses.finding import find_definition
from offbook.text import Span

_CLASSES_OWN = {"super", "__class__"}
_NAMESPACES = {"locals", "vars", "dir", "eval"}
_LOOKING = ("sys._getframe", "inspect.", "traceback.", "sys.exc_info", "sys.settrace", "sys.setprofile")


class Member(NamedTuple):
    """A function that becomes a method.

    Attributes:
        cell: its cell.
        moment: when it is defined.
        definition: the function.
    """

    cell: CellId
    moment: Moment
    definition: Definition

    @property
    def name(self) -> str:
        """The function's name, which the method keeps."""
        return self.definition.name

    @property
    def node(self) -> ast.FunctionDef | ast.AsyncFunctionDef:
        """The function."""
        node = self.definition.node
        assert not isinstance(node, ast.ClassDef), "checked where members are chosen"
        return node

    @property
    def whole(self) -> Span:
        """Its lines."""
        return self.definition.whole


def choose_members(scene: Scene, functions: Sequence[str], cells: Sequence[CellId]) -> list[Member]:
    """Return the chosen functions in the order of the notebook.

    Raises:
        RefusedError: where one cannot be a method.
    """
    names = list(functions)
    for cell in cells:
        found = scene.analysis.facts_of(cell).definitions if cell in scene.analysis.facts else ()
        names += (item.name for item in found if item.kind == "function")
    if not names:
        raise scene.refuse("no function was chosen", advice="Name functions, or choose cells that define some.")
    members: list[Member] = []
    for name in dict.fromkeys(names):
        where, definition = find_definition(scene, name)
        moment = Moment(scene.notebook.index(where), definition.whole.start.line)
        if isinstance(definition.node, ast.ClassDef):
            raise scene.refuse(f"`{name}` is a class already", where, definition.span, "Choose functions.")
        members.append(Member(where, moment, definition))
    members.sort(key=lambda member: member.moment)
    for member in members:
        _check(scene, member)
    _check_moved_up(scene, members)
    return members


def check_notebook(scene: Scene) -> None:
    """Refuse notebooks that show where code stands, or how it is called.

    Raises:
        RefusedError: with the place.
    """
    names = Names(scene)
    found = history_use(scene.analysis, numbered=True)
    if found is not None:
        where, span, what = found
        raise scene.refuse(f"cell {scene.number(where)} uses `{what}`, the history of the notebook", where, span)
    for index, cell, facts in scene.cells:
        if may_fail(cell):
            raise scene.refuse(f"cell {index + 1} may fail (`raises-exception`), and would show other code", cell.id)
        for call in facts.calls:
            dotted = names.dotted(call.node.func)
            if dotted.startswith(_LOOKING):
                raise scene.refuse(
                    f"cell {index + 1} calls `{dotted}`, which sees how code is called", cell.id, span_of(call.node)
                )


def check_free(scene: Scene, names: Iterable[str], taken: Collection[str]) -> None:
    """Refuse new names that have a meaning anywhere in the notebook, whose words are ``taken``.

    Raises:
        RefusedError: with the first place.
    """
    for name in names:
        if name in taken:
            cell = next((cell.id for _, cell, facts in scene.cells if name in words_of(facts.tree)), None)
            raise scene.refuse(f"`{name}` has a meaning already", cell, None, "Choose another name.")
        star = next((star for star in scene.stars if star.may_bind(name)), None)
        if star is not None:
            raise scene.refuse(f"`{name}` may come from a star import", star.cell, star.item.span)


def _check(scene: Scene, member: Member) -> None:
    """Refuse functions that would be other ones as methods."""
    node, name = member.node, member.name

    def refuse(reason: str, place: ast.AST | None = None, advice: str = "") -> RefusedError:
        return scene.refuse(reason, member.cell, span_of(place) if place else member.definition.span, advice)

    if node.decorator_list:
        raise refuse(f"`{name}` is decorated, and a decorator gets another function of a class")
    if name.startswith("__"):
        raise refuse(f"`{name}` is a name that Python gives a meaning in classes")
    if getattr(node, "type_params", []):
        raise refuse(f"`{name}` has type parameters")
    if has_doctest(node):
        raise refuse(f"the docstring of `{name}` has examples that call it", None, "Write them anew afterwards.")
    facts = scene.analysis.facts_of(member.cell)
    for magic in facts.masked.magics:
        if magic.kind == "cell" or magic.span.overlaps(member.whole):
            raise refuse(f"`{name}` stands with the magic `{magic.name}` in one cell", None, "Give it its own cell.")
    words = words_of(node)
    if "self" in words:
        raise refuse(f"`{name}` has a variable `self` already")
    taken = sorted(words & (_CLASSES_OWN | _NAMESPACES))
    if taken:
        raise refuse(f"`{name}` uses `{taken[0]}`, which gives something else in a method")
    for inner in ast.walk(node):
        word = getattr(inner, "attr", None) or getattr(inner, "id", None) or getattr(inner, "arg", None)
        if isinstance(word, str) and word.startswith("__") and not word.endswith("__"):
            raise refuse(f"`{name}` uses `{word}`, which Python calls otherwise in a class", inner)
    start = member.whole.start
    if start.column or facts.source.splitlines()[start.line][: start.column].strip():
        raise refuse(f"`{name}` does not stand on lines of its own")


def _check_moved_up(scene: Scene, members: Sequence[Member]) -> None:
    """Refuse where the head of a later function could give something else at the first one's place."""
    names = Names(scene)
    purity = Purity(names, lambda _name: None)
    first = members[0]
    for member in members:
        reads = [
            read
            for read in scene.analysis.facts_of(member.cell).reads
            if member.whole.start <= read.span.start < member.whole.end
        ]
        chosen = next((read for read in reads if any(read.name == other.name for other in members)), None)
        if chosen is not None:
            raise scene.refuse(f"the head of `{member.name}` uses `{chosen.name}`", member.cell, chosen.span)
        if member is first:
            continue
        impure = purity.statement(member.node)
        if impure is not None:
            raise scene.refuse(
                f"`{member.name}` evaluates {impure[1]} when it is defined, and the class stands above",
                *(member.cell, span_of(impure[0])),
                f"Move `{first.name}` and `{member.name}` into one cell.",
            )
        for read in reads:
            if not _is_there(names.meaning(read.name), first.moment) or names.star_for(read.name) is not None:
                raise scene.refuse(
                    f"the head of `{member.name}` reads `{read.name}`, which is not there where `{first.name}` stands",
                    *(member.cell, read.span),
                )


def _is_there(meaning: object, moment: Moment) -> bool:
    """Tell whether a name has its only value at a moment."""
    if isinstance(meaning, Builtin):
        return True
    if isinstance(meaning, Imported):
        return all(first is None or first < moment for first in meaning.first)
    return isinstance(meaning, Single) and Moment(meaning.index, meaning.binding.span.start.line) < moment
