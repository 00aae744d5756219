"""Evaluates objects of the notebook's own classes: their attributes hold data and models, their methods are entered."""

from __future__ import annotations

import ast

from offbook.analysis.learning import library
from offbook.analysis.learning.data_methods import DataEvaluator
from offbook.analysis.learning.estimators import kind_of_class
from offbook.analysis.learning.values import (
    UNKNOWN,
    Data,
    Estimator,
    Function,
    Instance,
    Method,
    Sequence,
    UserClass,
    Value,
    current,
    first_data,
)

_PLAIN_BASES = frozenset({"object", "ABC"})
_MAX_BASES = 5


class ObjectEvaluator(DataEvaluator):
    """Knows what objects of the notebook's classes do."""

    def made_by_class(self, node: ast.Call, found: UserClass) -> Value:
        """Return an object of a class of the notebook, made by its ``__init__``; some are estimators themselves.

        Objects of classes that are built on a library's are not seen into: a data set of data is those data.
        """
        kind, methods = kind_of_class(found), self._methods(found)
        if kind is not None or methods is None:
            values = self.arguments(node)
            if kind is None:
                return next((value for value in values if isinstance(value, Data)), UNKNOWN)
            return Estimator(kind, found.node.name, self.spot(node), node)
        instance = Instance(methods)
        if "__init__" in methods:
            self._run(methods["__init__"], instance, *self.given(node))
        return instance

    def _methods(self, found: UserClass, depth: int = 0) -> dict[str, Function] | None:
        """Return a class's methods, with those of its bases; ``None`` where a base is a library's."""
        methods: dict[str, Function] = {}
        for base in reversed(found.node.bases):
            name = base.id if isinstance(base, ast.Name) else ""
            value = self.lookup(name)
            inherited = self._methods(value, depth + 1) if isinstance(value, UserClass) and depth < _MAX_BASES else None
            if inherited is None and name not in _PLAIN_BASES:
                return None
            methods |= inherited or {}
        own = (item for item in found.node.body if isinstance(item, ast.FunctionDef))
        return methods | {item.name: Function(item, found.cell, found.around) for item in own}

    def object_method(self, node: ast.Call, name: str, owner: Instance) -> Value | None:
        """Evaluate ``owner.name(...)``; ``None`` for a model written by hand, whose ``fit`` fits no other."""
        stored = owner.attributes.get(name)
        if name not in owner.methods and not isinstance(stored, Function):
            return None
        before = self.fits
        arguments, keywords = self.given(node)
        made = (
            self.entered(stored, arguments, keywords)
            if isinstance(stored, Function)
            else self._run(owner.methods[name], owner, arguments, keywords)
        )
        data = next((value for value in (*arguments, *keywords.values()) if first_data(value)), None)
        if name in library.FITTING and data is not None and self.fits == before:
            return None
        return data if made is UNKNOWN and isinstance(data, Data) else made

    def _run(self, method: Function, owner: Instance, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        static = _is_decorated(method, "staticmethod")
        return self.entered(method, arguments if static else [owner, *arguments], keywords)

    def tried(self, name: str, values: list[Value]) -> None:
        """Run a function that an optimiser is given, in rounds: each tries other parameters."""
        objective = next((value for value in values if isinstance(value, Function)), None)
        if objective is None or name not in library.OPTIMISING:
            return
        self.looped.append(self.started(objective.node))
        for number in self.elements(UNKNOWN):
            self.next_round()
            self.entered(objective, [number], {})
        self.looped.pop()

    def attribute_of(self, owner: Instance, name: str) -> Value:
        """Return an attribute of an object; a property's method is entered."""
        method = owner.methods.get(name)
        if method is not None and _is_decorated(method, "property"):
            return self.entered(method, [owner], {})
        return current(owner.attributes[name]) if name in owner.attributes else Method(owner, name)

    def given(self, node: ast.Call) -> tuple[list[Value], dict[str, Value]]:
        """Evaluate the arguments of a call of the notebook's own code: by position, and by name."""
        arguments: list[Value] = []
        for argument in node.args:
            value = self.evaluate(argument)
            arguments += value.items if isinstance(argument, ast.Starred) and isinstance(value, Sequence) else [value]
        return arguments, {word.arg: self.evaluate(word.value) for word in node.keywords if word.arg}


def _is_decorated(function: Function, by: str) -> bool:
    decorators = [] if isinstance(function.node, ast.Lambda) else function.node.decorator_list
    return any(isinstance(found, ast.Name) and found.id == by for found in decorators)
