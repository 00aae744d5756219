"""What becomes a class: the functions, what they share, the names; and all edits that follow from that."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from offbook.analysis.variables import words_of
from offbook.notebook import CellId
from offbook.refactor.classes.draft import Draft
from offbook.refactor.classes.members import Member, check_free, check_notebook, choose_members
from offbook.refactor.classes.parameters import ParameterSharing, shared_parameters
from offbook.refactor.classes.state import StateSharing, shared_variables
from offbook.refactor.function.hazards import check_notebook as check_namespaces
from offbook.refactor.function.names import first_sentence
from offbook.refactor.module.scene import Scene
from offbook.refactor.module.surroundings import check_notebook as check_bindings
from offbook.refactor.registry import Context
from offbook.refactor.uses.elsewhere import check_elsewhere

_WORDS = 3


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """What the user chose; see the options of the refactoring."""

    functions: tuple[str, ...] = ()
    cells: tuple[CellId, ...] = ()
    name: str = ""
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is decided.

    Attributes:
        scene: the notebook.
        members: the functions, in order.
        name: the class.
        docstring: its first sentence.
        sharing: what they share, with the edits made.
    """

    scene: Scene
    members: list[Member]
    name: str
    docstring: str
    sharing: ParameterSharing | StateSharing


def prepare(context: Context, choice: ClassChoice) -> Prepared:
    """Decide everything, and edit a draft.

    Raises:
        RefusedError: where a class would behave differently.
    """
    scene = Scene(context)
    check_bindings(scene)
    check_namespaces(scene)
    check_notebook(scene)
    members = choose_members(scene, choice.functions, choice.cells)
    heading = _text_above(scene, members[0].cell)
    taken = set(scene.flow.names).union(*(words_of(facts.tree) for _, _, facts in scene.cells))
    name = choice.name or _class_name(heading, taken)
    if not name.isidentifier() or keyword.iskeyword(name):
        raise scene.refuse(f"`{name}` is no name", advice="Use letters, digits and underscores.")
    variable = _variable_name(name, taken)
    parameters = shared_parameters([member.node for member in members])
    variables = shared_variables(scene, members)
    draft = Draft(scene)
    sharing: ParameterSharing | StateSharing
    if set(choice.attributes) <= set(parameters) and parameters and len(members) > 1:
        wanted = parameters[: len(choice.attributes) or None]
        if choice.attributes and set(wanted) != set(choice.attributes):
            raise scene.refuse(f"{_listed(choice.attributes)} are not the first parameters", members[0].cell)
        sharing = ParameterSharing(draft, members, wanted, name, variable)
    else:
        shared = choice.attributes or variables
        stray = next((word for word in shared if not scene.flow.bindings(word)), None)
        if stray is not None or not shared:
            what = f"`{stray}` is no variable of the notebook" if stray else "the functions share nothing"
            advice = "Choose functions that have the same first parameters, or use the same variables of the notebook."
            raise scene.refuse(what, members[0].cell, members[0].definition.span, advice)
        sharing = StateSharing(draft, members, shared, name, variable)
    _check_attributes(scene, members, sharing)
    check_elsewhere(scene, [*(member.name for member in members), *sharing.shared])
    sharing.write()
    objects = [item.name for item in sharing.objects] if isinstance(sharing, ParameterSharing) else [variable]
    check_free(scene, [name, *objects], taken)
    shared_text = _listed(sharing.shared)
    docstring = heading or f"Functions that share {shared_text.replace('`', '')}."
    return Prepared(scene, members, name, docstring, sharing)


def _check_attributes(scene: Scene, members: list[Member], sharing: ParameterSharing | StateSharing) -> None:
    names = {member.name: member for member in members}
    for word in sharing.shared:
        if word in names or word.startswith("__") or word == "self":
            raise scene.refuse(
                f"`{word}` cannot be an attribute: a method has that name"
                if word in names
                else f"`{word}` cannot be an attribute",
                *(members[0].cell, members[0].definition.span),
            )


def _text_above(scene: Scene, cell: CellId) -> str:
    """Return the first sentence of the text right above a cell; empty where there is none."""
    index = scene.notebook.index(cell)
    above = scene.notebook.cells[index - 1] if index else None
    return first_sentence(above.source) if above is not None and above.kind == "markdown" else ""


def _class_name(heading: str, taken: set[str]) -> str:
    words = re.findall(r"[A-Za-z][A-Za-z0-9]*", heading)[:_WORDS]
    wish = "".join(word[:1].upper() + word[1:] for word in words) or "State"
    return _free(wish, taken)


def _variable_name(name: str, taken: set[str]) -> str:
    return _free(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_") or "shared", taken)


def _free(wish: str, taken: set[str]) -> str:
    """Return a name that nothing in the notebook has."""
    name, number = wish, 1
    while name in taken or name == "self" or keyword.iskeyword(name):
        number += 1
        name = f"{wish}_{number}"
    return name


def _listed(names: tuple[str, ...]) -> str:
    listed = [f"`{name}`" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
