"""Evaluates the methods of lists and dictionaries."""

from __future__ import annotations

import ast

from offbook.analysis.learning.rows import Part
from offbook.analysis.learning.storage import StorageEvaluator
from offbook.analysis.learning.values import UNKNOWN, Constant, Data, Mapping, Sequence, Value, collected
from offbook.analysis.nodes import text_of


class ContainerEvaluator(StorageEvaluator):
    """Knows what a list or a dictionary gives and gets."""

    def container_method(self, node: ast.Call, name: str, owner: Sequence | Mapping) -> Value:
        """Evaluate a method of a list, a tuple, a set or a dictionary."""
        values = self.arguments(node)
        if isinstance(owner, Sequence):
            if name in ("append", "add", "insert") and values:
                owner.items.append(self._copied_here(node, owner, self._kept_here(collected(values[-1]))))
            elif name == "extend" and values and isinstance(values[0], Sequence):
                owner.items.extend(values[0].items)
            return UNKNOWN
        if name == "items":
            return Sequence([Sequence([Constant(repr(key)), value]) for key, value in owner.items.items()])
        if name == "values":
            return Sequence(list(owner.items.values()))
        if name == "keys":
            return Sequence([Constant(repr(key)) for key in owner.items])
        if name == "get" and node.args:
            return owner.items.get(text_of(node.args[0]).strip("'\""), UNKNOWN)
        return UNKNOWN

    def _kept_here(self, value: Value) -> Value:
        """Return what a list gets in a loop: on the two sides of an ``if`` in there, different rows."""
        if not isinstance(value, Data) or not self.looped or value.predicted_by is not None:
            return value
        rows = value.rows
        for node, _, side in self.branches[self.looped[-1].branches :]:
            rows = Part(rows, f"if {node} {self.looped[-1].start}", side)
        return Data(rows, value.taints, None, value.frame)

    def _copied_here(self, node: ast.Call, owner: Sequence, value: Value) -> Value:
        """Return what a list gets that holds these rows already: mirrored, or with noise, they are copies."""
        if not isinstance(value, Data) or not isinstance(value.rows, Part) or not value.rows.cut.startswith("mirrored"):
            return value
        whole = value.rows.parent
        held = next((item for item in owner.items if isinstance(item, Data) and item.rows == whole), None)
        if held is None or held.predicted_by is not None:
            return value
        copied = self.copied(node, Data(whole, held.taints | value.taints), "append")
        owner.items[:] = [copied if item is held else item for item in owner.items]
        return copied
