from __future__ import annotations

from pathlib import Path

import pytest

from offbook.analysis import analyze
from offbook.errors import UserError
from offbook.notebook import CellId
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.project.renaming import Renaming
from offbook.refactor import Place
from offbook.text import Lines, Span


def workspace(root: Path, notebook: str, files: dict[str, str] | None = None) -> Project:
    for name, text in (files or {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    path = root / "n.ipynb"
    return Project(root, None, {path: analyze(parse_percent(notebook, path))})


def place(project: Project, word: str, file: str = "n.ipynb") -> Place:
    """Return the first place of a word in a file; ``|`` marks the cursor."""
    needle, shift = word.replace("|", ""), max(word.find("|"), 0)
    unit = project.unit(project.root / file)
    assert unit is not None
    for cell, facts in unit.sources:
        if needle in facts.source:
            point = Lines(facts.source).position(facts.source.index(needle) + shift)
            return Place(unit.path, cell, Span(point, point))
    raise AssertionError(f"{needle} is not in {file}")


def renamed(project: Project, word: str, new: str, file: str = "n.ipynb") -> dict[str, str]:
    found: dict[str, str] = {}
    for change in Renaming(project).rename(place(project, word, file), new):
        name = change.path.relative_to(project.root).as_posix()
        key = f"{name}:{change.cell}" if change.cell is not None else name
        assert key not in found
        found[key] = change.after
    return found


NOTEBOOK = """
# %% id=a
rate = 2
def scale(value):
    global rate
    rate += 1
    return value * rate
# %% id=b
rate = [scale(rate) for rate in range(3)][-1] + rate
print(f"{rate:.2f}", scale(rate=3) if False else scale(1))
"""


def test_a_variable_everywhere_in_its_notebook(tmp_path: Path) -> None:
    assert renamed(workspace(tmp_path, NOTEBOOK), "rate = 2", "factor") == {
        "n.ipynb:a": "factor = 2\ndef scale(value):\n    global factor\n    factor += 1\n    return value * factor",
        "n.ipynb:b": (
            "factor = [scale(rate) for rate in range(3)][-1] + factor\n"
            'print(f"{factor:.2f}", scale(rate=3) if False else scale(1))'
        ),
    }


MODULE = """\
__all__ = ["clean", "Tree"]
from dataclasses import dataclass


def clean(text):
    return text.strip()


@dataclass
class Tree:
    left: "Tree | None"

    def copy(self) -> "Tree":
        return Tree(self.left)
"""
USERS = {
    "lib/__init__.py": "from .tools import clean\n",
    "lib/tools.py": MODULE,
    "use.py": "import lib.tools\nfrom lib import clean as tidy\n\ntidy(lib.tools.clean('x'))\n",
}


def test_a_function_in_its_module_and_in_everything_that_uses_it(tmp_path: Path) -> None:
    cells = "# %% id=a\nfrom lib.tools import clean\n# %% id=b\nclean('x'); clean = clean\n"
    project = workspace(tmp_path, cells, USERS)
    for word, file in (("clean('x'", "n.ipynb"), ("clean(text)", "lib/tools.py"), ("tools.|clean", "use.py")):
        assert renamed(project, word, "trim", file) == {
            "lib/__init__.py": "from .tools import trim\n",
            "lib/tools.py": MODULE.replace("clean", "trim"),
            "use.py": "import lib.tools\nfrom lib import trim as tidy\n\ntidy(lib.tools.trim('x'))\n",
            "n.ipynb:a": "from lib.tools import trim",
            "n.ipynb:b": "trim('x'); trim = trim",
        }


def test_annotations_in_quotes(tmp_path: Path) -> None:
    project = workspace(tmp_path, "# %% id=a\n1", USERS)
    assert renamed(project, "Tree:", "Node", "lib/tools.py") == {"lib/tools.py": MODULE.replace("Tree", "Node")}


def test_an_alias_of_a_library_changes_in_its_notebook_alone(tmp_path: Path) -> None:
    project = workspace(tmp_path, "# %% id=a\nimport numpy as np\n# %% id=b\nnp.zeros(3)", {"m.py": "np = 1\n"})
    expected = {"n.ipynb:a": "import numpy as num", "n.ipynb:b": "num.zeros(3)"}
    assert renamed(project, "np.zeros", "num") == expected
    assert renamed(project, "numpy as |np", "num") == expected


@pytest.mark.parametrize(
    ("cells", "word", "new", "reason"),
    [
        ("a = 1\n# %% id=b\nb = 2", "a = 1", "b", "`b` is a name in n.ipynb, code cell 2 already"),
        ("a = 1\nprint(a)", "a = 1", "print", "`print` is a name in n.ipynb, code cell 1 already"),
        ("a = 1\ndef f(b):\n    return a + b", "a = 1", "b", "would mean something else"),
        ("a = 1\n[a + b for b in x]", "a = 1", "b", "would mean something else"),
        ("a = 1\nf(lambda b: a)", "a = 1", "b", "would mean something else"),
        ("a = 1", "a = 1", "class", "no name that Python allows"),
        ("a = 1", "a = 1", "2b", "no name that Python allows"),
        ("a = 1\n!echo {a}", "a = 1", "b", "in a magic"),
        ("a = 1\ndf.query('x > @a')", "a = 1", "b", "reads `@a`"),
        ("a = 1\nglobals()['a']", "a = 1", "b", "by their text"),
        ("a = 1\n# %% id=b\nfor a in :", "a = 1", "b", "not Python that can be read"),
        ("import numpy\nnumpy.zeros(2)", "numpy.zeros", "np", "import it `as` another name"),
        ("import numpy as np\nnp.zeros(2)", "zeros", "ones", "not of this workspace"),
        ("import tools\ntools.x", "tools.x", "t", "is a module"),
        ("class A:\n    y = 1\n    z = y", "y = 1", "z", "can be renamed here"),
        ("a = 1\nprint(f'{a=}')", "a = 1", "b", "shows the name `a` itself"),
        ("a = 1\nmatch a:\n    case {'k': 1, **rest}:\n        print(rest)", "print(|rest", "more", "pattern"),
    ],
)
def test_what_is_refused(cells: str, word: str, new: str, reason: str, tmp_path: Path) -> None:
    project = workspace(tmp_path, f"# %% id=a\n{cells}", {"tools.py": "x = 1\n"})
    with pytest.raises(UserError, match=reason.replace("(", r"\(").replace("[", r"\[")):
        Renaming(project).rename(place(project, word), new)


@pytest.mark.parametrize(
    ("cell", "after"),
    [
        ("try:\n    1\nexcept OSError as a:\n    print(|a)", "try:\n    1\nexcept OSError as b:\n    print(b)"),
        ("with open('f') as |a:\n    a.read()", "with open('f') as b:\n    b.read()"),
        ("import os.path as a\n|a.join", "import os.path as b\nb.join"),
        ("if (|a := 2) > 1:\n    del a", "if (b := 2) > 1:\n    del b"),
        ("s = '😀'; |a = s\n'漢', a", "s = '😀'; b = s\n'漢', b"),
        ("|a: int = 1\na += 1", "b: int = 1\nb += 1"),
        ("for |a in range(3):\n    print(a)", "for b in range(3):\n    print(b)"),
        ("match x:\n    case [1, *a]:\n        print(|a)", "match x:\n    case [1, *b]:\n        print(b)"),
        (
            "from __future__ import annotations\nclass |a:\n    x: a",
            "from __future__ import annotations\nclass b:\n    x: b",
        ),
        ("def f(x=(|a := 3)):\n    return x.a, a, {'a': a}", "def f(x=(b := 3)):\n    return x.a, b, {'a': b}"),
        ("%time |a = 3\n%timeit -n1 a", "%time b = 3\n%timeit -n1 b"),
        (
            "def a():\n    def a(a):\n        return a\n    return a\n|a()",
            "def b():\n    def a(a):\n        return a\n    return a\nb()",
        ),
    ],
)
def test_every_form_of_a_binding(cell: str, after: str, tmp_path: Path) -> None:
    cell, mark = cell.replace("|", ""), cell.index("|")
    project = workspace(tmp_path, f"# %% id=a\n{cell}")
    point = Lines(cell).position(mark)
    (change,) = Renaming(project).rename(Place(tmp_path / "n.ipynb", CellId("a"), Span(point, point)), "b")
    assert change.after == after


@pytest.mark.parametrize(
    ("cell", "after"),
    [
        ("def f(x):\n    |y = x\n    return y, f'{y:>5}'", "def f(x):\n    b = x\n    return b, f'{b:>5}'"),
        ("def f(|a: int, *, c=a):\n    return a + c", "def f(b: int, *, c=a):\n    return b + c"),
        ("def f(a):\n    return |a\nf(1)", "def f(b):\n    return b\nf(1)"),
        (
            "def f(a):\n    def g(c):\n        return |a, c, [a for a in c], (lambda a: a)\n    return g",
            "def f(b):\n    def g(c):\n        return b, c, [a for a in c], (lambda a: a)\n    return g",
        ),
        ("def f():\n    for |a, *c in x:\n        del a", "def f():\n    for b, *c in x:\n        del b"),
        ("sorted(x, key=lambda |a: (a.a, -a[1]))", "sorted(x, key=lambda b: (b.a, -b[1]))"),
        ("class A:\n    def m(self, |a):\n        self.a = a", "class A:\n    def m(self, b):\n        self.a = b"),
        ("def f(*|a, **k):\n    return a\nf(a=1)", "def f(*b, **k):\n    return b\nf(a=1)"),
        ("a = 1\ndef f(|a):\n    return {'a': a}\nf(a)", "a = 1\ndef f(b):\n    return {'a': b}\nf(a)"),
    ],
)
def test_a_functions_own_variable(cell: str, after: str, tmp_path: Path) -> None:
    cell, mark = cell.replace("|", ""), cell.index("|")
    project = workspace(tmp_path, f"# %% id=a\n{cell}")
    point = Lines(cell).position(mark)
    here = Place(tmp_path / "n.ipynb", CellId("a"), Span(point, point))
    assert Renaming(project).name_at(here)[0] == cell[mark:].split()[0].strip(":,)=(")[:1]
    (change,) = Renaming(project).rename(here, "b")
    assert change.after == after


@pytest.mark.parametrize(
    ("cells", "word", "new", "reason"),
    [
        ("def f(a):\n    b = a\n    return b", "f(|a", "b", "`b` is a name in `f` already"),
        ("b = 1\ndef f(a):\n    return a + b", "f(|a", "b", "`b` is a name in `f` already"),
        ("def f(a):\n    return locals()", "f(|a", "b", "looks names up by their text"),
        ("def f(a):\n    return f'{a = }'", "f(|a", "b", "shows the name `a` itself"),
        ("def f(a):\n    return df.query('x > @a')", "f(|a", "b", "reads `@a`"),
        ("def f(a):\n    return a\n# %% id=b\nf(a=1)", "f(|a", "b", "code cell 2 of n.ipynb passes `a` by its name"),
        ("def f(a):\n    return a\npartial(f, a=1)", "f(|a", "b", "passes `a` by its name"),
        ("def f(a):\n    return a\nf(**options)", "f(|a", "b", "passes `a` by its name"),
        ("class A:\n    def __init__(self, a): self.x = a\nA(a=1)", "self, |a", "b", "passes `a` by its name"),
        ("def f(a):\n    def g():\n        nonlocal a\n        a = 1", "f(|a", "b", "declared in `f`"),
        ("def f():\n    import a\n    return a", "return |a", "b", "is imported"),
        ("def f():\n    a = 1\n    def b(): return a", "|a = 1", "b", "`b` is a name in `f` already"),
    ],
)
def test_what_is_refused_of_a_functions_own(cells: str, word: str, new: str, reason: str, tmp_path: Path) -> None:
    project = workspace(tmp_path, f"# %% id=a\n{cells}")
    with pytest.raises(UserError, match=reason):
        Renaming(project).rename(place(project, word), new)


def test_a_parameter_that_a_module_names_in_a_call_is_refused(tmp_path: Path) -> None:
    files = {"m.py": "def f(a):\n    return a\n", "other.py": "from m import f\nf(a=2)\n"}
    project = workspace(tmp_path, "# %% id=a\nx = 1", files)
    with pytest.raises(UserError, match=r"other\.py passes `a` by its name"):
        Renaming(project).rename(place(project, "f(|a", "m.py"), "b")
