from __future__ import annotations

from pathlib import Path

import pytest

from offbook.analysis import PathEntry, analyze, find_path_entries
from offbook.notebook.percent import parse_percent

IMPORTS = "# %%\nimport os\nimport pathlib\nimport sys\nfrom pathlib import Path\n"


def entries(text: str) -> list[PathEntry]:
    return list(find_path_entries(analyze(parse_percent(text, Path("/notebook.ipynb")))))


@pytest.mark.parametrize(
    ("expression", "folder"),
    [
        ('".."', ".."),
        ('"../src/"', "../src"),
        ('""', "."),
        ('"/opt/code"', "/opt/code"),
        ('os.path.abspath("..")', ".."),
        ('os.path.realpath(os.path.join("..", "src"))', "../src"),
        ("os.path.join(os.pardir, 'src')", "../src"),
        ("os.getcwd()", "."),
        ("os.path.dirname(os.getcwd())", ".."),
        ("os.path.dirname(os.path.abspath('..'))", "../.."),
        ("str(Path.cwd().parent)", ".."),
        ("str(pathlib.Path.cwd().parents[1] / 'src')", "../../src"),
        ('str(Path("..").resolve())', ".."),
        ('str(Path("..").resolve().parent)', "../.."),
        ('str(Path("..", "src").absolute())', "../src"),
        ("str('..' / Path('src'))", "../src"),
        ('os.fspath(Path("..").joinpath("src"))', "../src"),
        ('(Path() / ".." / "src").as_posix()', "../src"),
    ],
)
def test_folders_that_literals_name(expression: str, folder: str) -> None:
    (entry,) = entries(f"{IMPORTS}# %%\nsys.path.append({expression})")
    assert (entry.number, entry.folder, entry.first) == (1, folder, False)


@pytest.mark.parametrize(
    "expression",
    [
        'Path("..")',  # imports look into texts only
        'str(Path("..").parent)',  # is `.`
        'os.path.dirname("..")',
        'str((Path.cwd() / "..").parent)',
        'os.path.dirname(os.path.join(os.getcwd(), ""))',
        '"src/.."',  # elsewhere, where `src` is a link
        'os.path.join("src", "..")',
        'r"..\\src"',
        'f"../{name}"',
        'os.environ["CODE"]',
        'os.path.expanduser("~/code")',
        "sys.argv[0]",
        'find("..")',
        "other",
    ],
)
def test_folders_that_nobody_knows(expression: str) -> None:
    (entry,) = entries(f"{IMPORTS}# %%\nsys.path.append({expression})")
    assert entry.folder is None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('sys.path.insert(0, "..")', [("..", True)]),
        ('sys.path.insert(1, "..")', [("..", True)]),
        ('sys.path.extend(["..", "../src"])', [("..", False), ("../src", False)]),
        ('sys.path += [".."]', [("..", False)]),
        ('if ".." not in sys.path:\n    sys.path.append("..")', [("..", False)]),
        ('if ".." not in sys.path:\n    sys.path.insert(0, "..")', [("..", True)]),
        ('root = os.path.abspath("..")\nif root not in sys.path:\n    sys.path.append(root)', [("..", False)]),
        ('if "." not in sys.path:\n    sys.path.append("..")', [(None, False)]),
        ('if True:\n    sys.path.append("..")', [(None, False)]),
        ('def add():\n    sys.path.append("..")', [(None, False)]),
        ('sys.path.insert(place, "..")', [(None, True)]),
        ('sys.path = ["..", *sys.path]', [(None, True), (None, False)]),
        ('sys.path[:0] = [".."]', [(None, True)]),
        ("del sys.path[0]", [(None, True)]),
        ("sys.path.remove('')", [(None, False)]),
        ("sys.path += folders", [(None, False)]),
        ("import site\nsite.addsitedir('..')", [(None, False)]),
        ("sys.meta_path.insert(0, finder)", [(None, True)]),
        ("os.sys.path.append('..')", [(None, False)]),
        ("print(sys.path, '..' in sys.path)\nsys.path\nsys.path[0]", []),
        ("os.path.join('..', 'src')", []),
    ],
)
def test_statements(statement: str, expected: list[tuple[str | None, bool]]) -> None:
    assert [(entry.folder, entry.first) for entry in entries(f"{IMPORTS}# %%\n{statement}")] == expected


@pytest.mark.parametrize(
    "text",
    [
        "# %%\nimport os as sys\nsys.path.append('..')",
        "# %%\nimport sys\nstr = print\nsys.path.append(str('..'))",
        "# %%\nimport sys\nfrom tools import *\nsys.path.append('..')",
        "# %%\nimport sys\n# %% tags=raises-exception\nsys.path.append('..')",
        "# %%\nimport sys\n# %%\n%%timeit\nsys.path.append('..')",
        "# %% tags=parameters\nfolder = '..'\n# %%\nimport sys\nsys.path.append(folder)",
        "# %%\nimport sys\nfolder = '..'\nfolder = '.'\nsys.path.append(folder)",
        "# %%\nimport sys\nif sys.argv:\n    folder = '..'\nsys.path.append(folder)",
        "# %%\nimport sys\nfolder = folder\nsys.path.append(folder)",
    ],
)
def test_what_is_not_certain(text: str) -> None:
    assert [entry.folder for entry in entries(text) if entry.folder is not None] == []


def test_other_names_of_the_path() -> None:
    (entry,) = entries("# %%\nfrom sys import path as found\nfound.append('..')")
    assert (entry.folder, entry.moment) == ("..", (0, 1))
    (entry,) = entries("# %%\nfrom sys import *\npath.append('..')")
    assert entry.folder is None
