"""Whether code may draw with pyplot, whose figures a notebook shows at the end of each cell."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property

from offbook.analysis import CellFacts
from offbook.refactor.module.names import Imported, Names
from offbook.refactor.module.scene import Scene

_PYPLOT = "matplotlib.pyplot"
_DRAWING = re.compile(
    r"plot|hist|scatter|draw|imshow|figure|subplot|boxplot|barh?$|pie$|heatmap|contour|graph|^show|fill_between|"
    r"visuali[sz]e|errorbar|chart|matshow|hexbin|stem$|axes|^bar|_curve$|from_estimator|from_predictions|render|"
    r"display|line_?plot|dendrogram|probplot|image|picture",
    re.IGNORECASE,
)
"""Names of functions and methods that draw."""

_CALM = frozenset(
    "numpy pandas scipy sklearn statsmodels sympy joblib requests tqdm IPython PIL bs4 lxml nltk gensim patsy numba "
    "xgboost lightgbm openpyxl ipywidgets builtins torch tensorflow keras".split()
)
"""Libraries that draw only in functions whose names say so."""

_SETTINGS = frozenset(
    "matplotlib.pyplot.style.use matplotlib.style.use matplotlib.pyplot.rc matplotlib.rc "
    "matplotlib.pyplot.rcParams.update matplotlib.rcParams.update seaborn.set seaborn.set_theme seaborn.set_style "
    "seaborn.set_context seaborn.set_palette seaborn.color_palette seaborn.load_dataset".split()
)
"""Functions of libraries that draw, which draw nothing themselves."""

_OWN_WINDOW = frozenset({"notebook", "widget", "ipympl", "nbagg", "qt", "qt5", "tk", "osx", "gtk", "wx", "auto"})


class Drawing:
    """Judges code of one notebook."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = Names(scene)
        self._known: dict[str, bool] = {}

    def may_draw(self, nodes: Iterable[ast.AST]) -> bool:
        """Tell whether statements may leave a figure open, directly or in functions of the notebook that they use."""
        return any(self._draws(inner) for node in nodes for inner in ast.walk(node))

    def _draws(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return self._own(node.id)
        if not isinstance(node, ast.Call):
            return False
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        dotted = self.names.dotted(function)
        if dotted in _SETTINGS:
            return False
        if isinstance(function, ast.Attribute) and _through_plot(function):
            return True
        if dotted:
            top = dotted.partition(".")[0]
            calm = top in _CALM or top in sys.stdlib_module_names
            return not calm or (top != "builtins" and _DRAWING.search(name) is not None)
        return _DRAWING.search(name) is not None or (isinstance(function, ast.Attribute) and self._strangers)

    def _own(self, name: str) -> bool:
        """Tell whether a name stands for a function or class of the notebook that may draw."""
        if name not in self._known:
            self._known[name] = False
            nodes = [
                binding.node
                for _, binding in self.scene.flow.bindings(name)
                if binding.kind in ("function", "class") and binding.node is not None
            ]
            self._known[name] = self.may_draw(child for node in nodes for child in ast.iter_child_nodes(node))
        return self._known[name]

    @cached_property
    def _strangers(self) -> bool:
        """Whether the notebook imports modules whose objects may draw in methods of any name."""
        tops = {
            item.module.partition(".")[0]
            for _, _, facts in self.scene.cells
            for item in facts.imports
            if item.bound != "*" or item.module.partition(".")[0] not in _CALM
        }
        known = _CALM | {"matplotlib", "mpl_toolkits", "seaborn", "__future__", "plotly", "bokeh", "altair"}
        return any(top not in known and top not in sys.stdlib_module_names for top in tops)

    def pyplot_name(self, before: Sequence[CellFacts]) -> str | None:
        """Return the name under which the notebook has imported pyplot by then."""
        there = {item.bound for facts in before for item in facts.imports if item.top}
        return next((name for name in sorted(there) if self._is_pyplot(name)), None)

    def may_import(self, name: str) -> bool:
        """Tell whether the name may be bound to pyplot: nothing binds it yet, or imports of pyplot alone."""
        return name not in self.scene.flow.names or self._is_pyplot(name)

    def _is_pyplot(self, name: str) -> bool:
        meaning = self.names.meaning(name)
        return isinstance(meaning, Imported) and len(meaning.items) == 1 and meaning.items[0].dotted == _PYPLOT

    def is_set_up(self, before: Sequence[CellFacts]) -> bool:
        """Tell whether the notebook has surely drawn by then, or said ``%matplotlib inline``.

        Without that, ``plt.show()`` in the first cell that draws may show no picture, but its text alone.
        """
        for facts in before:
            if any(magic.name == "matplotlib" for magic in facts.masked.magics):
                return True
            for call in facts.calls:
                dotted = self.names.dotted(call.node.func)
                if not call.owner and dotted.startswith(f"{_PYPLOT}.") and _DRAWING.search(dotted.rpartition(".")[2]):
                    return True
        return False

    def other_backend(self) -> tuple[int, str] | None:
        """Return the cell that chooses where figures go, other than below their cell; and what it says."""
        for index, _, facts in self.scene.cells:
            for magic in facts.masked.magics:
                words = set(magic.argument.replace("'", " ").replace('"', " ").split())
                if magic.name == "matplotlib" and words & _OWN_WINDOW:
                    return index, f"%matplotlib {magic.argument}"
            for call in facts.calls:
                text = ast.unparse(call.node.func)
                if text.endswith(("switch_backend", "plt.ioff", "matplotlib.use", "mpl.use", "pyplot.ioff")):
                    return index, ast.unparse(call.node)
        return None


def _through_plot(function: ast.Attribute) -> bool:
    """Tell whether a call goes through ``.plot`` (``df.plot.scatter``) or ``plt.``-like accessors of an object."""
    node: ast.expr = function
    while isinstance(node, ast.Attribute):
        if _DRAWING.search(node.attr):
            return True
        node = node.value
    return False
