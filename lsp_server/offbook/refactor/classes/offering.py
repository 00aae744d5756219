"""Which functions of a notebook share something with one that a user points at; quick, as menus ask for it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from offbook.analysis import Definition
from offbook.refactor.classes.choosing import ClassChoice, prepare
from offbook.refactor.classes.parameters import shared_parameters
from offbook.refactor.module.scene import RefusedError
from offbook.refactor.registry import Context

_LEAST_PARAMETERS = 2


def sharing_functions(context: Context, touched: Sequence[Definition]) -> tuple[str, ...]:
    """Return the functions that share something with the first that is touched, where they can become a class.

    These are the other touched ones, or those that have the same two first parameters.
    """
    names = [item.name for item in touched]
    if len(names) == 1:
        names = [item.name for item in _relatives(context, touched[0])]
    if len(names) < 2:
        return ()
    try:
        prepare(context, ClassChoice(tuple(dict.fromkeys(names))))
    except RefusedError:
        return ()
    return tuple(dict.fromkeys(names))


def _relatives(context: Context, chosen: Definition) -> list[Definition]:
    found: list[Definition] = []
    for _, facts in context.analysis.cells:
        for item in facts.definitions:
            pair = (chosen.node, item.node)
            if item.node is chosen.node or isinstance(pair[0], ast.ClassDef) or isinstance(pair[1], ast.ClassDef):
                found += [item] if item.node is chosen.node else []
            elif len(shared_parameters((pair[0], pair[1]))) >= _LEAST_PARAMETERS:
                found.append(item)
    return found
