"""Tells whether an expression gives the same value, with no effect, whenever it is evaluated.

What a definition evaluates on the spot (decorators, defaults, base classes, class bodies) and the values of constants
are evaluated in a module when it is imported, which may be earlier than in the notebook. So they must be pure.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from offbook.refactor.module.names import Names, Single
from offbook.refactor.module.settled import is_frozen

_BUILTIN_CALLS = frozenset(
    "abs all any bin bool bytes chr complex dict divmod enumerate float frozenset hex int len list max min oct ord pow "
    "range reversed round set slice sorted str sum tuple zip object property staticmethod classmethod".split()
)
_TEXT_METHODS = frozenset(
    "capitalize center encode format join keys lower lstrip replace rsplit rstrip split splitlines strip title upper "
    "values items zfill copy maketrans".split()
)
_PURE_CALLS = frozenset(
    "re.compile collections.namedtuple collections.OrderedDict collections.Counter collections.defaultdict "
    "collections.deque typing.NamedTuple typing.TypeVar typing.NewType typing.ParamSpec pathlib.Path pathlib.PurePath "
    "fractions.Fraction decimal.Decimal datetime.timedelta datetime.date datetime.datetime datetime.time "
    "functools.partial functools.lru_cache operator.itemgetter operator.attrgetter dataclasses.field enum.auto "
    "os.path.join numpy.array numpy.arange numpy.linspace numpy.zeros numpy.ones numpy.eye numpy.deg2rad numpy.radians "
    "numpy.sqrt numpy.log numpy.exp numpy.dtype numpy.float32 numpy.float64 numpy.int64 numpy.int32 string.Template "
    "itertools.chain itertools.product itertools.permutations itertools.combinations textwrap.dedent "
    "builtins.str.maketrans builtins.bytes.fromhex "
    "builtins.dict.fromkeys builtins.float.fromhex".split()
)
_DISTRIBUTIONS = frozenset(
    "bernoulli beta binom cauchy chi2 expon f gamma geom gumbel_l gumbel_r hypergeom laplace logistic lognorm "
    "multinomial multivariate_normal nbinom norm pareto poisson randint t triang truncnorm uniform weibull_max "
    "weibull_min".split()
)
"""Distributions of ``scipy.stats``; called, they are objects that draw from numpy's global generator."""

_PURE_DECORATORS = frozenset(
    "builtins.property builtins.staticmethod builtins.classmethod functools.lru_cache functools.cache functools.wraps "
    "functools.total_ordering functools.singledispatch functools.cached_property functools.singledispatchmethod "
    "functools.partial contextlib.contextmanager contextlib.asynccontextmanager dataclasses.dataclass "
    "abc.abstractmethod typing.overload typing.final typing.no_type_check typing.runtime_checkable "
    "typing_extensions.override typing.override enum.unique numba.jit numba.njit numba.vectorize numba.guvectorize "
    "numpy.vectorize torch.no_grad torch.inference_mode tensorflow.function tensorflow.custom_gradient jax.jit "
    "jax.vmap jax.grad jax.numpy.vectorize attr.s attr.attrs attrs.define attrs.frozen attr.define pytest.fixture "
    "toolz.curry".split()
)
_LIVE_ATTRIBUTES = frozenset(
    "sys.argv sys.path sys.stdout sys.stderr sys.stdin sys.modules sys.ps1 os.environ os.curdir "
    "matplotlib.pyplot.rcParams matplotlib.rcParams matplotlib.pyplot.style".split()
)
_TYPE_MODULES = frozenset("typing typing_extensions collections types numpy re contextlib os queue asyncio".split())

Impure = tuple[ast.AST, str]
"""The node that is not pure, and what it is in the user's words."""


class Purity:
    """Judges expressions and definitions of one notebook.

    ``definition`` returns the notebook's own function of a name, for decorators.
    """

    def __init__(self, names: Names, definition: Callable[[str], ast.stmt | None]) -> None:
        self.names = names
        self.definition = definition
        self._asked: list[ast.stmt] = []

    # expressions

    def expression(self, node: ast.expr | None) -> Impure | None:
        """Return what makes an expression impure."""
        if node is None or isinstance(node, ast.Constant | ast.Name):
            return None
        if isinstance(node, ast.Lambda):
            return self._first((*node.args.defaults, *node.args.kw_defaults))
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript) and not self._subscriptable(node.value):
            return node, f"`{ast.unparse(node)}`"
        if isinstance(node, _PLAIN):
            return self._first(_parts(node))
        return node, f"`{_short(node)}`"

    def _first(self, nodes: Iterable[ast.expr | None]) -> Impure | None:
        return next((found for node in nodes if (found := self.expression(node))), None)

    def _call(self, node: ast.Call) -> Impure | None:
        function = node.func
        dotted = self.names.dotted(self._unaliased(function))
        method = isinstance(function, ast.Attribute) and function.attr in _TEXT_METHODS and not dotted
        if method:
            bad = self.expression(function.value) if isinstance(function, ast.Attribute) else None
        elif _is_pure_call(dotted) or self._is_own_pure(function):
            bad = None
        else:
            bad = (node, f"the call `{_short(node)}`")
        bad = bad or next((found for keyword in node.keywords if (found := self._key(keyword))), None)
        return bad or self._first((*node.args, *(keyword.value for keyword in node.keywords)))

    def _key(self, keyword: ast.keyword) -> Impure | None:
        """Return a function that is called for each item, where it may do more than compute."""
        value = keyword.value
        if keyword.arg != "key" or self.names.dotted(value) or isinstance(value, ast.Call):
            return None
        pure = self._is_settled(value.body, value.args) if isinstance(value, ast.Lambda) else self._is_own_pure(value)
        return None if pure else (value, f"the function `{_short(value)}`")

    def _is_own_pure(self, node: ast.expr) -> bool:
        """Tell whether a function of the notebook only returns a pure value, or a class only keeps what it is given."""
        own = self.definition(node.id) if isinstance(node, ast.Name) else None
        if own is None or own in self._asked:
            return False
        self._asked.append(own)
        try:
            if isinstance(own, ast.FunctionDef) and not own.decorator_list:
                *above, last = own.body
                return (
                    all(map(_is_text, above))
                    and isinstance(last, ast.Return)
                    and self._is_settled(last.value, own.args)
                )
            return isinstance(own, ast.ClassDef) and self._only_keeps(own)
        finally:
            self._asked.pop()

    def _is_settled(self, value: ast.expr | None, arguments: ast.arguments) -> bool:
        """Tell whether a body's value is pure, and computed from its arguments and from what never changes."""
        if value is None:
            return True
        own = {item.arg for item in ast.walk(arguments) if isinstance(item, ast.arg)}
        read = [item for item in ast.walk(value) if isinstance(item, ast.Name)]
        own |= {item.id for item in read if not isinstance(item.ctx, ast.Load)}
        return not self.expression(value) and all(item.id in own or is_frozen(self.names, item.id) for item in read)

    def _only_keeps(self, node: ast.ClassDef) -> bool:
        """Tell whether objects of a class are made of what they are given, and stay as they are."""
        if node.decorator_list or node.keywords or any(ast.unparse(base) != "object" for base in node.bases):
            return False
        for member in node.body:
            if not isinstance(member, ast.FunctionDef) or member.name == "__new__":
                if not _is_text(member):
                    return False
            elif member.name == "__init__":
                values = [part.value for part in member.body if isinstance(part, ast.Assign) and _is_of_self(part)]
                texts = sum(map(_is_text, member.body))
                settled = all(self._is_settled(value, member.args) for value in values)
                if len(values) + texts < len(member.body) or not settled:
                    return False
            elif any(map(_may_change_self, ast.walk(member))):
                return False
        return True

    def _unaliased(self, node: ast.expr) -> ast.expr:
        """Return what another name of a builtin or an import stands for: ``Belief = set``."""
        meaning = self.names.meaning(node.id) if isinstance(node, ast.Name) else None
        bound = meaning.binding.node if isinstance(meaning, Single) else None
        return bound.value if isinstance(bound, ast.Assign) and isinstance(bound.targets[0], ast.Name) else node

    def _attribute(self, node: ast.Attribute) -> Impure | None:
        dotted = self.names.dotted(node)
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return self.expression(root)
        changed = any(
            mutation.detail == node.attr
            for _, mutation in self.names.scene.flow.mutations(root.id)
            if mutation.how == "attribute"
        )
        live = any(dotted == name or dotted.startswith(f"{name}.") for name in _LIVE_ATTRIBUTES)
        return (node, f"`{ast.unparse(node)}`, which can change") if changed or live else None

    def _subscriptable(self, node: ast.expr) -> bool:
        """Tell whether subscripts of an expression are types or constants' items."""
        if isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.Dict | ast.Subscript):
            return True
        dotted = self.names.dotted(node)
        if dotted:
            return dotted.startswith("builtins.") or dotted.partition(".")[0] in _TYPE_MODULES - {"os"}
        return isinstance(node, ast.Name) and isinstance(self.names.meaning(node.id), Single)

    # definitions

    def statement(self, node: ast.stmt) -> Impure | None:
        """Return what makes a definition, or an assignment of a constant, impure at the moment when it runs."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return self._function(node, frozenset())
        if isinstance(node, ast.ClassDef):
            return self._class(node, frozenset())
        if isinstance(node, ast.Assign):
            return self.expression(node.value)
        if isinstance(node, ast.AnnAssign):
            return self.annotation(node.annotation) or self.expression(node.value)
        return node, f"`{_short(node)}`"

    def annotation(self, node: ast.expr | None) -> Impure | None:
        """Return a call in an annotation that is not pure; all else in annotations only names types."""
        calls = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call)) if node is not None else ()
        return next((found for call in calls if (found := self._call(call))), None)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, local: frozenset[str]) -> Impure | None:
        arguments = node.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        return (
            next((found for item in node.decorator_list if (found := self._decorator(item, local))), None)
            or self._first((*arguments.defaults, *arguments.kw_defaults))
            or next((found for arg in every if arg and (found := self.annotation(arg.annotation))), None)
            or self.annotation(node.returns)
        )

    def _class(self, node: ast.ClassDef, local: frozenset[str]) -> Impure | None:
        bad = next((found for item in node.decorator_list if (found := self._decorator(item, local))), None)
        bad = bad or self._first((*node.bases, *(keyword.value for keyword in node.keywords)))
        inside: set[str] = set()
        for statement in node.body:
            if bad:
                return bad
            bad = self._member(statement, frozenset(inside))
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inside.add(statement.name)
        return bad

    def _member(self, node: ast.stmt, local: frozenset[str]) -> Impure | None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return self._function(node, local)
        if isinstance(node, ast.ClassDef):
            return self._class(node, local)
        if isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return None
        if isinstance(node, ast.Assign) and not all(isinstance(target, ast.Name) for target in node.targets):
            return node, f"`{_short(node)}`"
        return self.statement(node)

    def _decorator(self, node: ast.expr, local: frozenset[str]) -> Impure | None:
        """Return a decorator that may do more than wrap."""
        function = node.func if isinstance(node, ast.Call) else node
        arguments = (*node.args, *(keyword.value for keyword in node.keywords)) if isinstance(node, ast.Call) else ()
        accessor = (
            isinstance(function, ast.Attribute)
            and function.attr in ("setter", "getter", "deleter")
            and isinstance(function.value, ast.Name)
            and function.value.id in local
        )
        dotted = self.names.dotted(function)
        own = self.definition(function.id) if isinstance(function, ast.Name) and not dotted else None
        known = dotted in _PURE_DECORATORS or dotted.startswith("pytest.mark.") or self._renames_decorator(own)
        if not (accessor or known or self._only_wraps(own)):
            return node, f"the decorator `@{_short(node)}`"
        return self._first(arguments)

    def _renames_decorator(self, node: ast.stmt | None) -> bool:
        """Tell whether a statement gives a known decorator another name: ``cache = lru_cache(None)``."""
        if not isinstance(node, ast.Assign):
            return False
        function = node.value.func if isinstance(node.value, ast.Call) else node.value
        return self.names.dotted(function) in _PURE_DECORATORS

    def _only_wraps(self, node: ast.stmt | None) -> bool:
        """Tell whether a function of the notebook does nothing but define an inner function and return a name."""
        if not isinstance(node, ast.FunctionDef) or node.decorator_list:
            return False
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                if self._function(statement, frozenset()) and not self._only_wraps(statement):
                    return False
            elif isinstance(statement, ast.Return):
                if not isinstance(statement.value, ast.Name):
                    return False
            elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                return False
        return True


_PLAIN = (
    ast.Tuple
    | ast.List
    | ast.Set
    | ast.Dict
    | ast.UnaryOp
    | ast.BinOp
    | ast.BoolOp
    | ast.Compare
    | ast.IfExp
    | ast.JoinedStr
    | ast.FormattedValue
    | ast.Starred
    | ast.Slice
    | ast.Subscript
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)


def _parts(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions right below a node; a comprehension's clauses count as its own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.comprehension):
            yield from (child.target, child.iter, *child.ifs)


def _is_pure_call(dotted: str) -> bool:
    if dotted.startswith(("math.", "cmath.")):
        return dotted.count(".") == 1
    if dotted.startswith("scipy.stats."):
        return dotted.removeprefix("scipy.stats.") in _DISTRIBUTIONS
    return dotted in _PURE_CALLS or dotted.removeprefix("builtins.") in _BUILTIN_CALLS


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_of_self(node: ast.Assign) -> bool:
    """Tell whether a statement gives a value to attributes of ``self`` alone."""
    return all(
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
        for target in node.targets
    )


def _may_change_self(node: ast.AST) -> bool:
    """Tell whether a part of a method may change its object: ``self.x = 1``, ``self.x.append(1)``, ``g(self)``."""
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return True
    if isinstance(node, ast.Call):
        outer = node.func.value if isinstance(node.func, ast.Attribute) else None
        return isinstance(outer, ast.Attribute) or any(
            isinstance(item, ast.Name) and item.id == "self" for item in node.args
        )
    return isinstance(node, ast.Name) and node.id in ("setattr", "vars", "delattr")


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 40 else text[:37] + "..."
