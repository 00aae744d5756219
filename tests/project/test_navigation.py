from __future__ import annotations

from pathlib import Path

import pytest

from offbook.analysis import Analysis, analyze
from offbook.notebook import CellId
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Place
from offbook.text import Span

NOTEBOOK = """
# %% id=imports
import numpy as np
from lib.helpers import clean as tidy, LIMIT
import lib.helpers
import lib.shapes as sh
# %% id=own
def local(x):
    y = tidy(x)
    return y
value = 1
# %% id=uses
print(local(LIMIT), lib.helpers.clean("a"), sh.area(2), value)
tidy("b")
# %% id=again
value = 2
print(value, np.pi)
# %% id=deferred
def late():
    return value
"""
HELPERS = """\
LIMIT = 3


def clean(text):
    return text.strip(str(LIMIT))


def clean_all(texts):
    return [clean(text) for text in texts]
"""
FILES = {
    "lib/__init__.py": "from .helpers import clean\n",
    "lib/helpers.py": HELPERS,
    "lib/shapes.py": "from .helpers import *\nfrom math import pi\nfrom .deep.more import area\n",
    "lib/deep/__init__.py": "",
    "lib/deep/more.py": "def area(r):\n    return r\n",
    "other.py": "import lib\nfrom lib import helpers\n\nlib.clean('x')\nhelpers.clean('y')\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return with_notebook(tmp_path)


def notebook_analysis(root: Path, text: str = NOTEBOOK) -> Analysis:
    return analyze(parse_percent(text, root / "notebook.ipynb"))


def with_notebook(root: Path, overlays: dict[Path, str] | None = None) -> Project:
    return Project(root, overlays, {root / "notebook.ipynb": notebook_analysis(root)})


def at(project: Project, word: str, file: str = "notebook.ipynb", cell: str = "", nth: int = 0) -> Place:
    """Return the place of the nth ``word`` in a file or cell; ``|`` in it marks the cursor."""
    path = project.root / file
    if cell:
        source = next(analysis for analysis in project.notebooks() if analysis.notebook.path == path)
        text = source.notebook.cell(CellId(cell)).source
    else:
        found = project.read(path)
        assert found is not None
        text = found
    needle = word.replace("|", "")
    offset = -1
    for _ in range(nth + 1):
        offset = text.index(needle, offset + 1)
    offset += word.find("|") if "|" in word else 0
    line = text.count("\n", 0, offset)
    column = offset - (text.rfind("\n", 0, offset) + 1)
    return Place(path, CellId(cell) if cell else None, Span.on_line(line, column, column))


def shown(project: Project, places: list[Place]) -> list[str]:
    found = []
    for place in places:
        name = place.path.relative_to(project.root).as_posix()
        where = f"{name}[{place.cell}]" if place.cell is not None else name
        found.append(f"{where}:{place.span.start.line + 1}:{place.span.start.column}")
    return found


@pytest.mark.parametrize(
    ("word", "cell", "expected"),
    [
        ("local(LIMIT", "uses", ["notebook.ipynb[own]:1:4"]),
        ("LIMIT", "uses", ["lib/helpers.py:1:0"]),
        ('tidy("b', "uses", ["lib/helpers.py:4:4"]),
        ("tidy(x", "own", ["lib/helpers.py:4:4"]),
        ("clean", "uses", ["lib/helpers.py:4:4"]),
        ("lib.|helpers.clean", "uses", ["lib/helpers.py:1:0"]),
        ("sh.|area", "uses", ["lib/deep/more.py:1:4"]),
        ("sh.area", "uses", ["lib/shapes.py:1:0"]),
        ("clean as", "imports", ["lib/helpers.py:4:4"]),
        ("lib.helpers import", "imports", ["lib/helpers.py:1:0"]),
        ("value", "uses", ["notebook.ipynb[own]:4:0"]),
        ("print(|value", "again", ["notebook.ipynb[again]:1:0"]),
        ("np.pi", "again", ["notebook.ipynb[imports]:1:7"]),
        ("return |y", "own", []),
        ("print", "uses", []),
        ("= 1", "own", []),
    ],
)
def test_definition_from_a_cell(word: str, cell: str, expected: list[str], project: Project) -> None:
    assert shown(project, project.definition(at(project, word, cell=cell))) == expected


@pytest.mark.parametrize(
    ("word", "file", "expected"),
    [
        ("clean(text) for", "lib/helpers.py", ["lib/helpers.py:4:4"]),
        ("str(|LIMIT", "lib/helpers.py", ["lib/helpers.py:1:0"]),
        ("import |clean", "lib/__init__.py", ["lib/helpers.py:4:4"]),
        ("lib.|clean", "other.py", ["lib/helpers.py:4:4"]),
        ("helpers.|clean", "other.py", ["lib/helpers.py:4:4"]),
        ("import |helpers", "other.py", ["lib/helpers.py:1:0"]),
        ("area", "lib/shapes.py", ["lib/deep/more.py:1:4"]),
    ],
)
def test_definition_from_a_module(word: str, file: str, expected: list[str], project: Project) -> None:
    assert shown(project, project.definition(at(project, word, file))) == expected


def test_references_of_a_module_s_function_reach_back_into_cells(project: Project) -> None:
    expected = [
        "lib/__init__.py:1:21",
        "lib/helpers.py:4:4",
        "lib/helpers.py:9:12",
        "notebook.ipynb[imports]:2:24",
        "notebook.ipynb[own]:2:8",
        "notebook.ipynb[uses]:1:32",
        "notebook.ipynb[uses]:2:0",
        "other.py:4:4",
        "other.py:5:8",
    ]
    for place in (
        at(project, "clean(text):", "lib/helpers.py"),
        at(project, 'tidy("b', cell="uses"),
        at(project, "lib.|clean", "other.py"),
    ):
        assert sorted(shown(project, project.references(place))) == expected


def test_references_of_a_cell_s_own_name(project: Project) -> None:
    found = shown(project, project.references(at(project, "local", cell="own")))
    assert found == ["notebook.ipynb[own]:1:4", "notebook.ipynb[uses]:1:6"]
    assert project.references(at(project, "y = ", cell="own")) == []


def test_references_of_a_module(project: Project) -> None:
    found = shown(project, project.references(at(project, "import |helpers", "other.py")))
    assert sorted(found) == [
        "notebook.ipynb[imports]:3:7",
        "notebook.ipynb[uses]:1:24",
        "other.py:2:16",
        "other.py:5:0",
    ]


def test_unsaved_text_counts_more_than_the_disk(project: Project) -> None:
    path = project.root / "lib/helpers.py"
    edited = with_notebook(project.root, {path: "# new first line\n" + HELPERS})
    assert shown(edited, edited.definition(at(edited, 'tidy("b', cell="uses"))) == ["lib/helpers.py:5:4"]
    unsaved = with_notebook(project.root, {project.root / "new.py": "from lib.helpers import LIMIT\n"})
    found = shown(unsaved, unsaved.references(at(unsaved, "LIMIT", "lib/helpers.py")))
    assert "new.py:1:24" in found and "notebook.ipynb[uses]:1:12" in found


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "lib.py").write_text("def f():\n    pass\n")
    (tmp_path / "use.py").write_text("from lib import f\nf()\n")
    project = Project(tmp_path)
    assert shown(project, project.definition(at(project, "f()", "use.py"))) == ["lib.py:1:4"]
    (tmp_path / "lib.py").write_text("# longer now\ndef f():\n    pass\n")
    project = Project(tmp_path)
    assert shown(project, project.definition(at(project, "f()", "use.py"))) == ["lib.py:2:4"]


@pytest.mark.parametrize(
    "text",
    ["from a import f\n", "from b import *\nimport b as f\n", "from a import *\n", "def (", "import a.b.c as f\n"],
)
def test_circular_and_broken_modules_end_the_search(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(text)
    (tmp_path / "b.py").write_text("from a import f\nfrom a import *\n")
    project = Project(tmp_path)
    for places in (project.definition(at(project, "f\n", "b.py")), project.references(at(project, "f\n", "b.py"))):
        assert all(place.path.parent == tmp_path for place in places)


def test_emoji_before_a_name_do_not_move_it(tmp_path: Path) -> None:
    analysis = notebook_analysis(tmp_path, '# %% id=a\ndef f(): return 1\n# %% id=b\nx = "😀é"; f()')
    project = Project(tmp_path, None, {tmp_path / "notebook.ipynb": analysis})
    assert shown(project, project.references(at(project, "f()", cell="b"))) == [
        "notebook.ipynb[a]:1:4",
        "notebook.ipynb[b]:1:10",
    ]


def test_folders_that_a_cell_puts_on_the_path_are_searched(tmp_path: Path) -> None:
    (tmp_path / "tools" / "python").mkdir(parents=True)
    (tmp_path / "tools" / "python" / "deep.py").write_text("def f():\n    return 1\n")
    text = '# %% id=a\nimport sys\nsys.path.append("tools/python")\n# %% id=b\nfrom deep import f\nf()'
    project = Project(tmp_path, None, {tmp_path / "notebook.ipynb": notebook_analysis(tmp_path, text)})
    assert shown(project, project.definition(at(project, "f()", cell="b"))) == ["tools/python/deep.py:1:4"]
    assert shown(project, project.references(at(project, "f()", "tools/python/deep.py"))) == [
        "tools/python/deep.py:1:4",
        "notebook.ipynb[b]:1:17",
        "notebook.ipynb[b]:2:0",
    ]
