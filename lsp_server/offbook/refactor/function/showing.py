"""Whether the value of an expression at the end of a cell is shown: never where it is ``None``."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Literal

from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import Scene

Shown = Literal["always", "never", "perhaps"]

_NONE_CALLS = frozenset(
    "builtins.print builtins.setattr builtins.delattr matplotlib.pyplot.show matplotlib.pyplot.tight_layout "
    "matplotlib.pyplot.grid matplotlib.pyplot.close matplotlib.pyplot.savefig matplotlib.pyplot.subplots_adjust "
    "numpy.random.seed random.seed random.shuffle numpy.random.shuffle time.sleep warnings.filterwarnings "
    "warnings.simplefilter seaborn.set seaborn.set_theme seaborn.set_style seaborn.set_context seaborn.despine "
    "pandas.set_option tqdm.tqdm.pandas tqdm.auto.tqdm.pandas tqdm.notebook.tqdm.pandas "
    "matplotlib.pyplot.rcParams.update matplotlib.rcParams.update matplotlib.pyplot.rc matplotlib.pyplot.style.use "
    "IPython.display.display pprint.pprint os.makedirs os.mkdir "
    "os.chdir json.dump pickle.dump numpy.save numpy.savetxt numpy.set_printoptions".split()
)
_NONE_METHODS = frozenset("append extend sort reverse".split())
_SHOWN_METHODS = frozenset(
    "head tail sample describe value_counts groupby agg aggregate sum mean median std var count nunique unique corr "
    "cov isnull isna notnull sort_values sort_index reset_index set_index merge join drop dropna fillna rename pivot "
    "pivot_table crosstab melt stack unstack transpose round astype reshape predict predict_proba transform "
    "fit_transform score min max argmax argmin cumsum quantile nlargest nsmallest duplicated to_frame copy query "
    "format lower upper split strip replace title keys values items rolling resample apply dot any all "
    "select_dtypes isin between abs clip diff shift rank mode memory_usage to_numpy tolist".split()
)
_SHOWN_ATTRIBUTES = frozenset(
    "shape columns dtypes dtype index size ndim T values loc iloc coef_ intercept_ classes_ feature_importances_ "
    "best_params_ best_score_ best_estimator_ pi e nan inf".split()
)
_NONE_FUNCTIONS = frozenset(
    "seed shuffle save savez savetxt set_printoptions fill_diagonal copyto put place put_along_axis set_option "
    "reset_option describe_option info register_matplotlib_converters to_pickle seterr".split()
)
"""Functions of numpy and pandas that may return ``None``."""

_SHOWN_CALLS = frozenset(
    "len sum min max abs sorted round type str int float bool list tuple dict set range zip enumerate isinstance "
    "any all repr divmod pow hex bin chr ord complex frozenset bytes id hash callable issubclass map filter "
    "reversed".split()
)


class Showing:
    """Judges expressions of one notebook."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = Names(scene)
        self._open: set[str] = set()

    def is_shown(self, node: ast.expr) -> Shown:
        """Tell whether a cell that ends with an expression shows its value."""
        if isinstance(node, ast.Constant):
            return "never" if node.value is None else "always"
        if isinstance(node, _VALUES):
            return "always"
        if isinstance(node, ast.Attribute):
            return "always" if node.attr in _SHOWN_ATTRIBUTES else "perhaps"
        if isinstance(node, ast.Subscript):
            sliced = isinstance(node.slice, ast.Slice | ast.List | ast.Compare)
            return "always" if sliced and self._only_libraries else "perhaps"
        if isinstance(node, ast.Call):
            return self._call(node)
        return self._name(node.id) if isinstance(node, ast.Name) else "perhaps"

    @cached_property
    def _only_libraries(self) -> bool:
        """Whether objects are surely of libraries' classes: the notebook defines none."""
        return not any(item.kind == "class" for _, _, facts in self.scene.cells for item in facts.definitions)

    def _name(self, name: str) -> Shown:
        """Tell whether everything that a name is bound to has a value."""
        if name in self._open:
            return "perhaps"
        self._open.add(name)
        values = [_value(binding.node, name) for _, binding in self.scene.flow.bindings(name)]
        known = bool(values) and all(value is not None and self.is_shown(value) == "always" for value in values)
        self._open.discard(name)
        return "always" if known else "perhaps"

    def _call(self, node: ast.Call) -> Shown:
        function = node.func
        dotted = self.names.dotted(function)
        last = dotted.rpartition(".")[2]
        if dotted in _NONE_CALLS:
            return "never"
        if dotted.startswith("builtins."):
            return "always" if last in _SHOWN_CALLS else "perhaps"
        if dotted.partition(".")[0] in ("numpy", "pandas"):
            return "perhaps" if last in _NONE_FUNCTIONS else "always"
        if dotted:
            return "always" if last[:1].isupper() and not last.isupper() else "perhaps"
        if isinstance(function, ast.Attribute):
            inplace = any(keyword.arg == "inplace" for keyword in node.keywords)
            if function.attr in _SHOWN_METHODS and not inplace:
                return "always" if self._only_libraries else "perhaps"
            if function.attr in _NONE_METHODS and self._only_libraries:
                return "never"
        if isinstance(function, ast.Name):
            return _own_function(self.scene, function.id)
        return "perhaps"


def _value(node: ast.AST | None, name: str) -> ast.expr | None:
    """Return what a statement binds a name to, where that is an expression of its own."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return node.value if isinstance(target, ast.Name) and target.id == name else None
    return None


def _own_function(scene: Scene, name: str) -> Shown:
    """Tell what the notebook's own function of a name returns."""
    bindings = scene.flow.bindings(name)
    if len(bindings) != 1 or not isinstance(bindings[0][1].node, ast.FunctionDef):
        return "perhaps"
    node = bindings[0][1].node
    if node.decorator_list:
        return "perhaps"
    inner = list(_own_statements(node))
    if any(isinstance(item, ast.Yield | ast.YieldFrom) for item in inner):
        return "always"
    values = [item.value for item in inner if isinstance(item, ast.Return)]
    return "never" if all(value is None for value in values) else "perhaps"


def _own_statements(node: ast.FunctionDef) -> list[ast.AST]:
    """Return the nodes of a function that are not inside other functions."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        item = waiting.pop()
        found.append(item)
        if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(item)
    return found


_VALUES = (
    ast.BinOp
    | ast.Compare
    | ast.JoinedStr
    | ast.Tuple
    | ast.List
    | ast.Set
    | ast.Dict
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
    | ast.Lambda
)
