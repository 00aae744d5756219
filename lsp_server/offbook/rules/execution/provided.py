"""Names that every notebook has without any cell."""

from __future__ import annotations

import builtins

from offbook.text.patterns import pattern

_PROVIDED = frozenset(
    "display get_ipython In Out exit quit __name__ __doc__ __builtins__ ls lsmagic pwd quickref who whos".split()
)
"""Names of IPython; the last ones are magics that need no ``%`` as the only word of a cell."""
_HISTORY = pattern(r"_+$|_i*\d*$|_[iod]h$|__vsc_\w+__$")


def is_provided(name: str) -> bool:
    """Tell whether Python or IPython provides a name in every notebook."""
    return hasattr(builtins, name) or name in _PROVIDED or _HISTORY.match(name) is not None
