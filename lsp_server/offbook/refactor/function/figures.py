"""How figures of cells that become one stay apart: each cell's are shown behind its code."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from offbook.refactor.function.drawing import Drawing
from offbook.refactor.function.names import free_name
from offbook.refactor.module.scene import Scene
from offbook.refactor.region.layout import Layout
from offbook.refactor.region.names import Surroundings

_WITH_PYPLOT = frozenset({"matplotlib", "mpl_toolkits", "pylab", "seaborn"})
"""Packages that are there only together with pyplot."""


@dataclass(frozen=True)
class Figures:
    """What shows the figures of each cell apart.

    Attributes:
        parts: the cells behind whose code pyplot's figures are shown.
        pyplot: the name of pyplot; empty where it is not needed.
        imported: whether that name has to be imported first.
        inline: whether figures need `%matplotlib inline` to be shown inside a cell.
    """

    parts: frozenset[int] = frozenset()
    pyplot: str = ""
    imported: bool = False
    inline: bool = False

    @property
    def setup(self) -> str:
        """The lines above the function."""
        lines = ["%matplotlib inline"] if self.inline else []
        if self.imported:
            plain = self.pyplot == "pyplot"
            lines.append("from matplotlib import pyplot" if plain else f"import matplotlib.pyplot as {self.pyplot}")
        return "\n".join(lines)


def find_figures(scene: Scene, layout: Layout) -> Figures:
    """Return how the figures of a region's cells are shown.

    Raises:
        RefusedError: where they would be drawn over by one another.
    """
    region = layout.region
    drawing = Drawing(scene)
    found = [
        number
        for number in range(len(region.parts) - 1)
        if drawing.may_draw(node for unit in layout.inside if unit.part == number for node in unit.nodes)
    ]
    if not found:
        return Figures()
    other = drawing.other_backend()
    if other is not None:
        index, what = other
        raise scene.refuse(
            f"figures of several cells would be drawn in one, and cell {index + 1} chooses how they are shown "
            f"(`{what}`)",
            region.parts[found[0]].cell,
            None,
            "Extract each cell for itself.",
        )
    around = Surroundings(layout)
    magics = (magic.name for part in region.parts for magic in part.facts.masked.magics)
    inline = not ("matplotlib" in magics or drawing.is_set_up(around.before))
    name = drawing.pyplot_name(around.before)
    if name is not None and all(binding.name != name for binding in layout.facts.bindings):
        return Figures(frozenset(found), name, False, inline)
    if not has_pyplot(scene):
        part = region.parts[found[0]]
        raise scene.refuse(
            f"cell {part.index + 1} may draw, and its figure would be drawn over by the next cells",
            part.cell,
            None,
            "Import `matplotlib.pyplot as plt` before, or extract each cell for itself.",
        )
    free = "plt" if drawing.may_import("plt") else free_name(scene, "pyplot")
    return Figures(frozenset(found), free, True, inline)


def has_pyplot(scene: Scene) -> bool:
    """Tell whether a notebook that runs to its end has surely imported something that needs matplotlib."""
    for _, cell, facts in scene.cells:
        if "raises-exception" in cell.tags or any(output.kind == "error" for output in cell.outputs):
            continue
        for item in facts.imports:
            if not item.top or item.guarded or item.level:
                continue
            if item.module.partition(".")[0] in _WITH_PYPLOT and not any(scene.reached(item.module)):
                return True
            found = [module for module in scene.reached(item.module) if module.dotted == item.module]
            if found and all(_imports_pyplot(module.tree) for module in found):
                return True
    return False


def _imports_pyplot(tree: ast.Module | None) -> bool:
    """Tell whether a local module imports something that needs matplotlib whenever it is imported."""
    found: list[str] = []
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.append(node.module or "")
    return any(name.partition(".")[0] in _WITH_PYPLOT for name in found)
