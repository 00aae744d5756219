"""Makes variables of the notebook parameters of the functions that read them, so that these can move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from offbook.analysis import analyze
from offbook.notebook import apply_changes
from offbook.refactor.add_parameter import with_parameters
from offbook.refactor.module.closure import Closure, VariableError
from offbook.refactor.module.finder import ClosureFinder
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.registry import Context

_MOST = 12
"""A function with more new parameters is better taken apart first."""


@dataclass(frozen=True, slots=True)
class Added:
    """A variable that became a parameter.

    Attributes:
        function: the function.
        variable: the variable.
        calls: how many calls pass it.
    """

    function: str
    variable: str
    calls: int


@dataclass(frozen=True, slots=True)
class Parameterized:
    """A notebook whose functions take what they read.

    Attributes:
        context: the notebook, with the workspace.
        finder: what finds the code of it that has to move.
        added: the new parameters.
    """

    context: Context
    finder: ClosureFinder
    added: tuple[Added, ...] = ()


def parameterize(context: Context, finder: ClosureFinder, names: Iterable[str]) -> Parameterized:
    """Return the notebook in which the named definitions, and what they need, take variables as parameters.

    A definition that could not move even then stays as it is.
    """
    result = Parameterized(context, finder)
    for name in names:
        result = _attempt(result, name)
    return result


def _attempt(start: Parameterized, name: str) -> Parameterized:
    """Return the notebook in which one definition can move; ``start`` where that needs nothing, or is not enough."""
    result = start
    while len(result.added) < len(start.added) + _MOST:
        try:
            result.finder.extended(Closure(), result.finder.chosen(name))
        except VariableError as error:
            try:
                result = _with(result, error)
            except RefusedError:
                return start
        except RefusedError:
            return start
        else:
            return result
    return start


def _with(before: Parameterized, error: VariableError) -> Parameterized:
    """Make the variable a parameter of the function that reads it; of one that it calls first, where that does too."""
    scene = before.finder.scene
    function = _reader(scene, error.definition, error.variable, set()) or error.definition
    change, calls = with_parameters(scene, function, [error.variable])
    notebook = apply_changes(before.context.analysis.notebook, change.changes)
    added = (*before.added, Added(function, error.variable, calls))
    context = replace(before.context, analysis=analyze(notebook))
    return Parameterized(context, ClosureFinder(Scene(context)), added)


def _reader(scene: Scene, function: str, variable: str, seen: set[str]) -> str | None:
    """Return the innermost of a function and those that it calls that reads a variable."""
    seen.add(function)
    defined = {item.name for _, _, facts in scene.cells for item in facts.definitions if item.kind == "function"}
    read = [item.name for _, _, facts in scene.cells for item in facts.deferred if item.owner == function]
    for name in dict.fromkeys(read):
        if name in defined and name not in seen:
            found = _reader(scene, name, variable, seen)
            if found is not None:
                return found
    return function if variable in read else None
