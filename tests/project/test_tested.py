"""Which functions of a workspace no test calls."""

from pathlib import Path

import pytest

from offbook.project import NotebookSurroundings
from offbook.project.workspace import forget_workspaces

MODULE = '''
def clean(frame):
    return drop(frame)

def drop(frame):
    """Drop.

    Text.
    """
    return frame.dropna()

def shown(x):
    """Double.

    >>> shown(2)
    4
    """
    return x * 2

def later(x):
    raise NotImplementedError

def plot(frame):
    frame.plot()
    return None

class Model:
    pass
'''


def where(folder: Path, name: str) -> object:
    forget_workspaces()
    return NotebookSurroundings.of(folder / "notebooks" / "a.ipynb", folder).answer("untested", name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "prices.py").write_text(MODULE)
    return tmp_path


def test_without_tests_no_function_is_tested(project: Path) -> None:
    assert where(project, "prices:clean") == "src/prices.py"
    assert where(project, "prices:drop") == "src/prices.py"
    for name in ("prices:shown", "prices:later", "prices:plot", "prices:Model", "prices:missing", "pandas:concat"):
        assert where(project, name) is None, name


@pytest.mark.parametrize("test", ["test_prices.py", "tests/prices_test.py"])
def test_a_test_counts_for_what_it_calls_and_what_that_calls(project: Path, test: str) -> None:
    (project / "tests").mkdir()
    (project / test).write_text("import prices\n\ndef test_it():\n    assert prices.clean(f) == f\n")
    assert where(project, "prices:clean") is None
    assert where(project, "prices:drop") is None
    (project / test).write_text("import prices\n\ndef test_it():\n    assert prices.drop(f) is f\n")
    assert where(project, "prices:clean") == "src/prices.py"


def test_files_that_pytest_would_not_look_into_do_not_count(project: Path) -> None:
    (project / "check_prices.py").write_text("import prices\nprices.clean(1)\n")
    assert where(project, "prices:clean") == "src/prices.py"


def test_a_broken_module_has_no_functions(project: Path) -> None:
    (project / "src" / "prices.py").write_text("def clean(:\n")
    assert where(project, "prices:clean") is None
