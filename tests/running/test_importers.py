from __future__ import annotations

from pathlib import Path

import pytest

from offbook.notebook import Cell, CellId, Notebook
from offbook.running import find_importers, import_roots

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
    roots = import_roots(MODULES)
    return find_importers({path: Notebook(Path(path), cells)}, MODULES, {changed}, roots) == {path}


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


ELSEWHERE = {
    "b/utils.py": "",
    "b/pkg/__init__.py": "",
    "shared.py": "import tools\n",
    "lib/pyproject.toml": "",
    "lib/own/__init__.py": "from .deep import f\n",
    "lib/own/deep.py": "",
    "a/tools.py": "",
    "a/paths.py": "import sys\nsys.path.append('../b')\n",
    "vendored/tools.py": "",
    "run/script.py": "import beside\n",
    "run/beside.py": "",
}


@pytest.mark.parametrize(
    ("changed", "source", "expected"),
    [
        ("b/utils.py", "import utils", False),
        ("b/utils.py", "import sys\nsys.path.insert(0, '../b')\nimport utils", True),
        ("b/utils.py", "%cd ../b\nimport utils", True),
        ("b/utils.py", "import os; os.chdir('../b')\nimport utils", True),
        ("b/utils.py", "import paths\nimport utils", True),
        ("b/utils.py", "import b.utils", True),
        ("b/pkg/__init__.py", "import pkg", False),
        ("a/tools.py", "import shared", True),
        ("vendored/tools.py", "import shared", False),
        ("lib/own/deep.py", "import own", True),
        ("run/beside.py", "%run ../run/script.py", True),
        ("run/beside.py", "import beside", False),
        ("tools.py", "import tools", False),
        ("a/utils.py", "import utils", True),
    ],
)
def test_a_name_means_what_python_would_import(changed: str, source: str, expected: bool) -> None:
    notebook = Notebook(Path("a/x.ipynb"), (Cell(CellId("c"), "code", source),))
    modules = {path: text for path, text in ELSEWHERE.items() if path.endswith(".py")}
    roots = import_roots(ELSEWHERE)
    assert (find_importers({"a/x.ipynb": notebook}, modules, {changed}, roots) == {"a/x.ipynb"}) is expected


def test_a_folder_of_the_python_path_is_a_root() -> None:
    notebook = Notebook(Path("a/x.ipynb"), (Cell(CellId("c"), "code", "import utils"),))
    roots = import_roots(ELSEWHERE, ["b"])
    assert roots == {"", "src", "lib", "lib/src", "b"}
    assert find_importers({"a/x.ipynb": notebook}, {"b/utils.py": ""}, {"b/utils.py"}, roots) == {"a/x.ipynb"}
