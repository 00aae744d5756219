"""Evaluates expressions over abstract values."""

from __future__ import annotations

import ast
from abc import abstractmethod

from offbook.analysis.learning.events import Copying, History
from offbook.analysis.learning.rows import EXAMPLES, NUMBERS, Copied, Part, Rows, Source, joined, left_out, onto
from offbook.analysis.learning.selecting import RowSelector
from offbook.analysis.learning.stacking import stacks
from offbook.analysis.learning.values import (
    UNKNOWN,
    Constant,
    Cut,
    Data,
    Estimator,
    Fitted,
    Function,
    Instance,
    Loop,
    Mapping,
    Method,
    Reference,
    Scope,
    Sequence,
    Spot,
    Statistic,
    Unknown,
    Value,
    collected,
    compared,
    current,
    first_data,
    named,
    taints_of,
)
from offbook.analysis.nodes import text_of
from offbook.notebook import CellId

_BUDGET = 25_000
_SHAPES = frozenset({"shape", "columns", "dtypes", "dtype", "size", "ndim", "name", "names", "feature_names"})
_SAME_ROWS = frozenset(
    {"reshape", "astype", "to_numpy", "values", "as_matrix", "copy", "ravel", "toarray", "tolist", "unique"}
)
_INDEXERS = frozenset({"loc", "iloc", "ix", "values"})
_LEARNED = frozenset(
    {
        "support_",
        "scores_",
        "ranking_",
        "pvalues_",
        "components_",
        "labels_",
        "mean_",
        "statistics_",
        "feature_importances_",
        "coef_",
    }
)
_SCORES = frozenset({"best_score_", "cv_results_"})
_INNER = frozenset({"best_estimator_", "best_model", "model", "estimator", "booster_"})


class ExpressionEvaluator(RowSelector):
    """Holds the variables and evaluates all expressions but calls.

    ``scopes`` are those of the notebook and of the functions that are entered. ``round`` counts the rounds of loops, so
    that a split made anew in each is a new split; ``folds`` are the cuts of the loops over folds that are running,
    ``looped`` the loops that are running, ``branches`` the sides of ``if`` statements that are executed.
    """

    def __init__(self) -> None:
        self.cell = CellId("")
        self.scopes = [Scope()]
        self.results: list[Value] = []
        self.history = History([], [], [], {}, {})
        self.folds: list[str] = []
        self.branches: list[tuple[int, int, str]] = []
        self.looped: list[Loop] = []
        self.noises: set[str] = set()
        self.fits = 0
        self.last_fitted: Value = UNKNOWN
        self.fitted_so: dict[tuple[object, ...], Fitted] = {}
        self.calls = 0
        self.splits: dict[tuple[object, ...], str] = {}
        self.round = 0
        self._budget = _BUDGET

    def spend(self) -> bool:
        """Use up one step; tell whether there are any left."""
        self._budget -= 1
        return self._budget > 0

    def bind(self, name: str, value: Value) -> None:
        """Set a variable of the innermost function."""
        scope = self.scopes[0] if name in self.scopes[-1].shared else self.scopes[-1]
        scope.names[name] = named(value)

    def lookup(self, name: str) -> Value:
        """Return a variable's value; a name that nothing binds may be a library's (star import)."""
        inner = self.scopes[-1]
        for names in (inner.names, inner.around, self.scopes[0].names):
            if name in names:
                return current(names[name])
        return Reference(name)

    def local_names(self) -> dict[str, Value]:
        """Return the variables of the function that is running; none at the top."""
        return self.scopes[-1].names if len(self.scopes) > 1 else {}

    def spot(self, node: ast.expr) -> Spot:
        """Return the place of a node in the current cell."""
        return Spot(self.cell, node)

    def evaluate(self, node: ast.expr) -> Value:
        """Return what an expression's value is known to be."""
        if not self.spend():
            return UNKNOWN
        if isinstance(node, ast.Name):
            return self.lookup(node.id)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Constant):
            return Constant(repr(node.value))
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return Sequence([named(self.evaluate(element)) for element in node.elts])
        return self._operation(node)

    def windowed(self, rows: Rows, key: ast.Slice) -> Rows:
        """Return rows of which windows are taken that overlap."""
        self.history.copies[id(key)] = Copying("windows", Spot(self.cell, key), windows=True)
        return Copied(rows, id(key), windows=True)

    @abstractmethod
    def call(self, node: ast.Call) -> Value:
        """Evaluate a call; the call evaluator does."""

    def data_at(self, node: ast.expr, value: Value) -> Data | None:
        """Return a value as data. What cannot be seen into, but is used as data, is a data set from now on."""
        found = first_data(value)
        if found is None and isinstance(value, Statistic) and value.taints:
            return self.grouped_rows(value)
        if found is not None or isinstance(value, Statistic):
            return found
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_ROWS:
            return self.data_at(node.func.value, self.evaluate(node.func.value))
        if value is UNKNOWN and isinstance(node, ast.Attribute) and node.attr in _INDEXERS:
            return self.data_at(node.value, self.evaluate(node.value))
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return None
        plain = isinstance(value, Sequence) and all(isinstance(item, Constant | Unknown) for item in value.items)
        if value is not UNKNOWN and not plain and not (isinstance(value, Reference) and "." not in value.path):
            return None
        if isinstance(node, ast.Subscript):
            whole = self.data_at(node.value, self.evaluate(node.value))
            return None if whole is None else self.select(whole, node.slice)
        owner = self.evaluate(node.value) if isinstance(node, ast.Attribute) else UNKNOWN
        if isinstance(owner, Instance) and isinstance(node, ast.Attribute):
            made = named(Data(Source(f"unseen {text_of(node)} {self.calls} {self.round}")))
            owner.attributes[node.attr] = made
            return first_data(made)
        texts = isinstance(value, Sequence) and bool(value.items) and all(map(_is_text, value.items))
        made = Data(Source(f"{EXAMPLES}{id(node)}" if texts else f"unseen {text_of(node)}"))
        if isinstance(node, ast.Name):
            self.bind(node.id, made)
            return first_data(self.lookup(node.id))
        return made

    def grouped_rows(self, statistic: Statistic) -> Data:
        """Return statistics of groups as a data set of its own, whose rows are the groups."""
        groups = min((taint.spot.cell, taint.spot.node.lineno) for taint in statistic.taints)
        return Data(Source(f"groups {groups}"), statistic.taints)

    def _operation(self, node: ast.expr) -> Value:
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.UnaryOp):
            value = self.evaluate(node.operand)
            if isinstance(value, Cut) and isinstance(node.op, ast.Invert):
                return Cut(value.cut, value.inverse or f"not {value.side}", value.side)
            return Constant(text_of(node)) if isinstance(value, Constant) else value
        if isinstance(node, ast.Dict):
            return self._dict(node)
        if isinstance(node, ast.IfExp):
            value = self.evaluate(node.body)
            return value if value is not UNKNOWN else self.evaluate(node.orelse)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return self._comprehension(node)
        if isinstance(node, ast.DictComp):
            return self._dict_comprehension(node)
        if isinstance(node, ast.Lambda):
            return Function(node, self.cell, self.local_names())
        if isinstance(node, ast.Starred | ast.Await):
            return self.evaluate(node.value)
        if isinstance(node, ast.Yield) and node.value is not None:
            value = self.evaluate(node.value)
            self.results[-1:] = [value if found is UNKNOWN else found for found in self.results[-1:]]
            return UNKNOWN
        if isinstance(node, ast.JoinedStr | ast.BoolOp):
            parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
            known = [value for value in map(self.evaluate, parts) if isinstance(value, Data | Estimator)]
            return known[0] if known and isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) else UNKNOWN
        if isinstance(node, ast.NamedExpr):
            value = self.evaluate(node.value)
            self.bind(node.target.id, value)
            return value
        return UNKNOWN

    def _dict(self, node: ast.Dict) -> Mapping:
        items: dict[str, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                items[_key(self.evaluate(key), key)] = named(self.evaluate(value))
        return Mapping(items)

    def _attribute(self, node: ast.Attribute) -> Value:
        owner = self.evaluate(node.value)
        if isinstance(owner, Reference):
            return Reference(f"{owner.path}.{node.attr}")
        if isinstance(owner, Data):
            return self._part_of(owner, node)
        if isinstance(owner, Statistic):
            return owner
        if isinstance(owner, Estimator):
            return self._learned(owner, node.attr)
        if isinstance(owner, Instance):
            return self.attribute_of(owner, node.attr)
        if isinstance(owner, Mapping) and node.attr in owner.items:
            return owner.items[node.attr]
        stored = self.lookup(text_of(node))
        if isinstance(stored, Reference):
            return UNKNOWN if owner is UNKNOWN and node.attr in _INDEXERS else Method(owner, node.attr)
        return stored

    def _part_of(self, owner: Data, node: ast.Attribute) -> Value:
        """Return an attribute of data: a column, or what tells nothing about rows."""
        if node.attr in _SHAPES:
            return Constant(text_of(node))
        predicted = owner.frame.predicted.get(node.attr) if owner.frame is not None else None
        return Data(owner.rows, owner.taints, predicted or owner.predicted_by)

    @abstractmethod
    def attribute_of(self, owner: Instance, name: str) -> Value:
        """Return an attribute of an object of the notebook's own; the object evaluator does."""

    def _learned(self, owner: Estimator, name: str) -> Value:
        """Return an attribute of an estimator."""
        owner.told = owner.told or name in _SCORES
        if name in _LEARNED and owner.fits:
            rows = [taint.rows for taint in owner.fits if taint.by == owner.name]
            return Data(rows[0], owner.fits) if name == "labels_" and rows else Statistic(owner.fits)
        return owner if name in _INNER else UNKNOWN

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self.evaluate(node.value)
        if isinstance(owner, Data):
            return self.select(owner, node.slice, by_label=_is_loc(node.value))
        if isinstance(owner, Mapping):
            return self._item(owner, node.slice)
        if isinstance(owner, Sequence):
            if isinstance(node.slice, ast.Slice):
                return owner
            return self._element(owner, node.slice)
        chosen = UNKNOWN if isinstance(node.slice, ast.Slice) else self.evaluate(node.slice)
        if (isinstance(chosen, Cut) or self._is_unbound(node.value)) and (data := self.data_at(node.value, owner)):
            return self.select(data, node.slice)
        if (
            isinstance(owner, Statistic)
            and owner.grouped
            and (isinstance(chosen, Cut) or isinstance(node.slice, ast.Slice))
        ):
            return self.select(self.grouped_rows(owner), node.slice, by_label=_is_loc(node.value))
        found = next((value for value in (owner, chosen) if isinstance(value, Statistic)), None)
        return found or (Constant(text_of(node)) if isinstance(owner, Constant) else UNKNOWN)

    def _is_unbound(self, node: ast.expr) -> bool:
        """Tell whether an expression is a name that no cell binds: a frame of a cell that is gone."""
        return isinstance(node, ast.Name) and self.lookup(node.id) == Reference(node.id)

    def _element(self, owner: Sequence, index: ast.expr) -> Value:
        """Return an element; by a number that is not known, the first one stands for all, but for a literal."""
        try:
            return current(owner.items[int(text_of(index))])
        except (ValueError, IndexError):
            first = owner.items[0] if owner.items else UNKNOWN
            return UNKNOWN if isinstance(first, Constant) else current(first)

    def _item(self, owner: Mapping, key: ast.expr) -> Value:
        """Return a dictionary's item; by a key that is not known, its only one."""
        if isinstance(key, ast.Slice):
            return UNKNOWN
        found = owner.items.get(_key(self.evaluate(key), key))
        if found is None and len(owner.items) == 1 and not isinstance(key, ast.Constant):
            found = next(iter(owner.items.values()))
        return UNKNOWN if found is None else current(found)

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if isinstance(left, Sequence) and isinstance(right, Sequence) and isinstance(node.op, ast.Add):
            return Sequence([*left.items, *right.items])
        mask = self.combined(node, node.op, left, right)
        if mask is not None:
            return mask
        taints = taints_of(left) | taints_of(right)
        if isinstance(node.op, ast.Sub) and isinstance(right, Data) and (others := left_out(right.rows)):
            return Data(others)  # ``set(range(n)) - set(drawn)``
        if isinstance(left, Data) and isinstance(right, Data) and stacks(node, left, right):
            return Data(joined([left.rows, right.rows]), taints)
        for value, other in ((left, right), (right, left)):
            if isinstance(value, Data):
                if self.is_noise(node.right if value is left else node.left):
                    return Data(Part(value.rows, f"mirrored {id(node)}", "in"), taints, value.predicted_by)
                first = compared(value.predicted_by, other)
                model = first or (compared(other.predicted_by, value) if isinstance(other, Data) else None)
                return Data(value.rows, taints, model)
        if isinstance(left, Statistic) or isinstance(right, Statistic):
            return Statistic(taints)
        if isinstance(node.op, ast.Mult) and (isinstance(left, Sequence) or isinstance(right, Sequence)):
            return left if isinstance(left, Sequence) else right
        known = isinstance(left, Constant) and isinstance(right, Constant)
        return Constant(text_of(node)) if known else UNKNOWN

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
        generator = node.generators[0]
        over = self.evaluate(generator.iter)
        if generator.ifs and (numbers := self._filtered_numbers(node, generator)) is not None:
            return numbers
        inner = self.scopes[-1]
        self.scopes.append(Scope({**inner.names}, inner.around))
        found: list[Value] = []
        items = self.elements(over)
        self.looped.append(self.started(generator, generator.iter))
        for item in items:
            self.assign(generator.target, item)
            found.append(collected(self.evaluate(node.elt)))
        self.looped.pop()
        self.scopes.pop()
        if isinstance(over, Data) and onto(over.rows, over.rows) is not None:
            return collected(found[0])
        if isinstance(over, Data):
            taints = over.taints | frozenset(taint for value in found for taint in taints_of(value))
            return Data(over.rows, taints, over.predicted_by)
        return Sequence(found)

    def _filtered_numbers(self, node: ast.expr, generator: ast.comprehension) -> Data | None:
        """Return the row numbers of ``[i for i in range(n) if i not in drawn]``."""
        for condition in generator.ifs:
            if isinstance(condition, ast.Compare) and isinstance(condition.ops[0], ast.NotIn):
                drawn = self.evaluate(condition.comparators[0])
                others = left_out(drawn.rows) if isinstance(drawn, Data) else None
                if others is not None:
                    return Data(others)
        counted = isinstance(generator.iter, ast.Call) and text_of(generator.iter.func) in ("range", "np.arange")
        return Data(Part(Source(f"{NUMBERS}{id(node)}"), "filtered", "in")) if counted else None

    def _dict_comprehension(self, node: ast.DictComp) -> Value:
        """Return a dictionary whose keys are not known; of statistics, it is one."""
        pairs = ast.copy_location(ast.ListComp(node.value, node.generators), node)
        found = self._comprehension(pairs)
        items = found.items if isinstance(found, Sequence) else [found]
        if any(isinstance(item, Statistic) for item in items):
            return Statistic(taints_of(found))
        return Mapping({str(number): item for number, item in enumerate(items)})

    @abstractmethod
    def elements(self, value: Value) -> list[Value]:
        """Return what a loop over a value takes; the statement interpreter knows."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a target; the statement interpreter does."""


def _is_text(value: Value) -> bool:
    return isinstance(value, Constant) and value.text.startswith(("'", '"'))


def _is_loc(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("loc", "iloc", "ix")


def _key(value: Value, node: ast.expr) -> str:
    """Return the text of a dictionary's key."""
    return (value.text if isinstance(value, Constant) else text_of(node)).strip("'\"")
