"""pyplot: the module under any name, and its functions under their own (``from pylab import *``, ``%pylab``)."""

from __future__ import annotations

from offbook.rules.views import CellView

_MODULES = ("matplotlib.pyplot", "pylab", "matplotlib.pylab")
_FUNCTIONS = frozenset(
    "plot scatter bar barh hist hist2d boxplot violinplot errorbar fill_between fill_betweenx step stem hexbin "
    "semilogx semilogy loglog stackplot plot_date imshow pie matshow xlabel ylabel title suptitle legend figlegend "
    "figtext figure subplot subplots axes axis show draw xlim ylim xticks yticks savefig close clf cla gca gcf sca "
    "text annotate tight_layout axhline axvline colorbar twinx twiny subplot2grid".split()
)
"""The functions of pyplot that matter to figures."""


def is_pyplot(cell: CellView, name: str) -> bool:
    """Tell whether a name is ``matplotlib.pyplot``; ``plt`` is, where nothing binds it (``%pylab``)."""
    module = cell.imported_from(name)
    return module in _MODULES or (name == "plt" and module is None)


def is_pyplot_function(cell: CellView, name: str) -> bool:
    """Tell whether a bare name is a function of pyplot: imported, or nobody's but that of a star import of pyplot."""
    if name not in _FUNCTIONS:
        return False
    origin = cell.imported_from(name)
    if origin is not None:
        return origin.removesuffix(f".{name}") in _MODULES and origin != name
    return not any(found.events.bindings for found in cell.occurrences(name)) and cell.once(_has_bare_names)


def _has_bare_names(cell: CellView) -> bool:
    """Tell whether the notebook brings all of pyplot's names, and no other star import brings names of its own."""
    cells = (facts for place in cell.cells_with("stars") if (facts := cell.facts(place)) is not None)
    modules = {found.module for facts in cells for found in facts.imports if found.bound == "*"}
    shells = (facts for place in cell.cells_with("magics") if (facts := cell.facts(place)) is not None)
    magic = any(magic.name == "pylab" for facts in shells for magic in facts.masked.magics)
    known = all(module in _MODULES or module.partition(".")[0] in ("numpy", "scipy", "math") for module in modules)
    return known and (magic or not modules.isdisjoint(_MODULES))
