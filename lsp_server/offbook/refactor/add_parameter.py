"""Add parameter: a variable of the notebook that a function reads becomes a parameter, passed by every call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from offbook.analysis import Definition
from offbook.notebook import CellId
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.module.surroundings import check_notebook
from offbook.refactor.options import about
from offbook.refactor.plan import NotebookChange, Plan, Refusal
from offbook.refactor.registry import Context, refactoring
from offbook.refactor.uses.edits import edited
from offbook.refactor.uses.elsewhere import check_elsewhere
from offbook.refactor.uses.finding import Use, find_definition, find_uses, shadowing_scope
from offbook.refactor.uses.signature import argument_edit, parameter_edit
from offbook.text import Edit


@dataclass(frozen=True, slots=True)
class AddParameterOptions:
    """Which function gets which parameters.

    Attributes:
        function: the function.
        variables: the variables of the notebook that it takes from now on.
    """

    function: str = field(metadata=about(metavar="NAME", ask="Function"))
    variables: tuple[str, ...] = field(metadata=about(metavar="a,b", ask="Variables that become parameters"))


@refactoring(id="add.parameter", title="Add parameter", kind="refactor.rewrite.parameter", options=AddParameterOptions)
def add_parameter(context: Context, options: AddParameterOptions) -> Plan | Refusal:
    """Make variables of the notebook parameters of a function that reads them; every call passes them by name.

    The function then depends on nothing that its calls do not show, and gets the same values as before. Refused where
    it sets the variables itself, where it reads them after its call (in a generator, an inner function or a lambda),
    where it is decorated or used as a value, where a call stands where the name means something else, and where
    another notebook runs this one (`%run`) and uses the function.
    """
    try:
        return _plan(Scene(context), options.function, list(dict.fromkeys(options.variables)))
    except RefusedError as error:
        return error.refusal


def _plan(scene: Scene, function: str, variables: list[str]) -> Plan:
    change, calls = with_parameters(scene, function, variables)
    names = " and ".join(f"`{name}`" for name in variables)
    passing = f"{calls} call{'s' * (calls != 1)} pass{'es' * (calls == 1)}"
    return Plan(
        refactoring="add.parameter",
        title=f"Make {names} {'a parameter' if len(variables) == 1 else 'parameters'} of `{function}`",
        notebooks=(change,),
        summary=(f"`{function}` takes {names}; {passing} {'it' if len(variables) == 1 else 'them'}.",),
    )


def with_parameters(scene: Scene, function: str, variables: list[str]) -> tuple[NotebookChange, int]:
    """Return the change that makes variables parameters of a function, and the number of calls that pass them.

    Raises:
        RefusedError: where the function could get other values.
    """
    check_notebook(scene)
    cell, definition = find_definition(scene, function)
    node = definition.node
    if isinstance(node, ast.ClassDef) or not variables:
        raise scene.refuse(f"`{function}` is no function" if variables else "no variable was named", cell)
    _check_function(scene, cell, definition, variables)
    check_elsewhere(scene, [function])
    uses = find_uses(scene, function)
    for use in uses:
        _check_use(scene, use, function, variables)
    edits: dict[CellId, list[Edit]] = {}
    edits.setdefault(cell, []).append(parameter_edit(_python(scene, cell), node, variables))
    for use in uses:
        assert use.call is not None, "checked above"
        edits.setdefault(use.cell, []).append(argument_edit(_python(scene, use.cell), use.call, variables))
    return edited(scene.notebook, edits), len(uses)


def _python(scene: Scene, cell: CellId) -> str:
    """Return a cell's Python, in which magics are masked; all else stands where it stands in the source."""
    return scene.analysis.facts_of(cell).masked.text


def _check_function(scene: Scene, cell: CellId, definition: Definition, variables: list[str]) -> None:
    """Refuse functions for which a parameter is not the same as the variable."""
    node, name = definition.node, definition.name
    inner = list(ast.walk(node))
    if definition.node.decorator_list:
        raise scene.refuse(f"`{name}` is decorated: who calls it is not known", cell, definition.span)
    if isinstance(node, ast.AsyncFunctionDef) or any(isinstance(item, ast.Yield | ast.YieldFrom) for item in inner):
        raise scene.refuse(f"the body of `{name}` runs after its call", cell, definition.span)
    if ">>>" in (ast.get_docstring(node) or ""):
        raise scene.refuse(f"the docstring of `{name}` has examples that call it", cell, definition.span)
    for variable in variables:
        _check_variable(scene, cell, definition, variable)


def _check_variable(scene: Scene, cell: CellId, definition: Definition, variable: str) -> None:
    node, name = definition.node, definition.name
    reads = [
        read
        for read in scene.analysis.facts_of(cell).deferred
        if read.name == variable and definition.whole.covers(read.span.start)
    ]
    if not reads:
        raise scene.refuse(f"`{name}` does not read a variable `{variable}` of the notebook", cell, definition.span)
    if any(read.guarded for read in reads):
        raise scene.refuse(f"`{name}` asks whether there is a `{variable}`", cell, reads[0].span)
    for index, found, facts in scene.cells:
        for binding in facts.bindings:
            if binding.name == variable and binding.kind == "global":
                raise scene.refuse(f"a function in cell {index + 1} sets `{variable}`", found.id, binding.span)
        for deletion in facts.deletions:
            if deletion.name == variable:
                raise scene.refuse(f"cell {index + 1} deletes `{variable}`", found.id, deletion.span)
    later = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp, ast.ClassDef)
    for part in ast.walk(node):
        names = (item.id for item in ast.walk(part) if isinstance(item, ast.Name))
        if part is not node and isinstance(part, later) and variable in names:
            raise scene.refuse(
                f"an inner function of `{name}` reads `{variable}`, perhaps after the call", cell, definition.span
            )
    if any(isinstance(item, ast.arg) and item.arg == variable for item in ast.walk(node)):
        raise scene.refuse(f"`{name}` has a parameter `{variable}` already", cell, definition.span)
    if any(star.may_bind(variable) for star in scene.stars):
        raise scene.refuse(f"`{variable}` may come from a star import", cell, definition.span)


def _check_use(scene: Scene, use: Use, function: str, variables: list[str]) -> None:
    number = use.number + 1
    if use.call is None:
        raise scene.refuse(
            f"cell {number} uses `{function}` as a value: whoever calls it passes no more arguments",
            *(use.cell, use.read.span),
            f"Pass `functools.partial({function}, ...)` or a lambda there first.",
        )
    if any(isinstance(argument, ast.GeneratorExp) and len(use.call.args) == 1 for argument in use.call.args):
        raise scene.refuse(
            f"the call in cell {number} has a generator as its only argument", use.cell, use.read.span,
            "Put it into parentheses first.",
        )  # fmt: skip
    tree = scene.analysis.facts_of(use.cell).tree
    assert tree is not None, "a cell with a use is Python"
    for variable in variables:
        scope = shadowing_scope(tree, use.name, variable)
        if scope is not None and getattr(scope, "name", None) != function:
            raise scene.refuse(
                f"`{variable}` means something else where cell {number} calls `{function}`", use.cell, use.read.span
            )
        for place in _first_calls(scene, use, set()):
            if not any(_bound_before(scene, place, variable)):
                message = f"cell {place.number + 1} may call `{function}` before `{variable}` is bound"
                raise scene.refuse(message, place.cell, place.read.span)


def _first_calls(scene: Scene, use: Use, seen: set[str]) -> Iterator[Use]:
    """Yield the places at top level from which a use can be reached: itself, or where its function is named."""
    if use.owner in ("", "<lambda>"):
        yield use
    elif use.owner not in seen:
        seen.add(use.owner)
        for named in find_uses(scene, use.owner):
            yield from _first_calls(scene, named, seen)


def _bound_before(scene: Scene, use: Use, variable: str) -> Iterator[bool]:
    yield from (binding.definite for _, binding in scene.flow.reaching(variable, use.number))
    line = use.read.span.start
    for index, binding in scene.flow.bindings(variable):
        if index == use.number and binding.span.end <= line:
            yield binding.unconditional
