from __future__ import annotations

from pathlib import Path

import pytest

from offbook.notebook import Cell, CellId, Notebook
from offbook.running import find_importers

MODULES = {
    "src/pkg/__init__.py": "",
    "src/pkg/deep/tools.py": "from .. import base\n",
    "src/pkg/base.py": "def f(:\n",
    "notebooks/helpers.py": "import pkg.deep.tools as t\n",
    "scripts/clean.py": "",
}


def importers(changed: str, *sources: str) -> bool:
    cells = tuple(Cell(CellId(str(index)), "code", source) for index, source in enumerate(sources))
    path = "notebooks/n.ipynb"
    return find_importers({path: Notebook(Path(path), cells)}, MODULES, {changed}) == {path}


@pytest.mark.parametrize(
    ("changed", "source", "expected"),
    [
        ("src/pkg/base.py", "import pkg.base", True),
        ("src/pkg/base.py", "from pkg import base as b", True),
        ("src/pkg/base.py", "def later():\n    from helpers import x", True),
        ("src/pkg/__init__.py", "import pkg.base", True),
        ("src/pkg/base.py", "import base64, pkgother", False),
        ("scripts/clean.py", "import helpers", False),
        ("scripts/clean.py", "%run -i ../scripts/clean.py arg", True),
        ("scripts/clean.py", "%run clean.py", False),
        ("gone.py", "import gone", True),
        ("src/pkg/base.py", "x = (", False),
    ],
)
def test_what_a_changed_module_concerns(changed: str, source: str, expected: bool) -> None:
    assert importers(changed, "x = 1", source) is expected
