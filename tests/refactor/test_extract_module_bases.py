"""Modules outside the notebook's folder that its environment, or a line of the notebook, lets it find."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_cases import run
from test_across import write_notebook
from test_extract_module import ask

from offbook.analysis import analyze
from offbook.app.plan import plan_file
from offbook.lsp.planning import module_choices
from offbook.notebook import Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.project.dependencies.installed import Environment
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring
from offbook.refactor.across.overlay import Overlay

TEXT = "# %%\ndef f(x):\n    return x + 1\n\n# %%\nprint(f(1))"
ON_PATH = '# %%\nimport sys\nsys.path.append("../src")\n\n'


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def install(root: Path, lines: str, name: str = "_shop.pth") -> Path:
    """Make an environment of the workspace with some lines in a `.pth` file; return its folder of packages."""
    write(root / ".venv" / "pyvenv.cfg")
    return write(root / ".venv" / "lib" / "python3.11" / "site-packages" / name, lines).parent


def notebook(root: Path, text: str = TEXT) -> Notebook:
    (root / "notebooks").mkdir(exist_ok=True)
    return parse_percent(text, root / "notebooks" / "n.ipynb")


def move(root: Path, to: str = "src/shop/m.py", text: str = TEXT) -> Plan | Refusal:
    return ask(notebook(root, text), root, {"names": ("f",), "to": to})


def moved(root: Path, plan: Plan | Refusal, text: str = TEXT) -> list[str]:
    """Return the notebook's cells after a plan."""
    assert isinstance(plan, Plan), plan
    return [cell.source for cell in apply_changes(notebook(root, text), plan.notebooks[0].changes).cells]


def test_a_project_that_is_installed_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, f"# of shop\nimport os; print('never')\n\n{tmp_path}/src\n")
    write(tmp_path / "src" / "shop" / "__init__.py", '"""The shop."""\n')
    plan = move(tmp_path)
    assert moved(tmp_path, plan)[0] == "from shop.m import f"
    assert isinstance(plan, Plan)
    assert plan.summary[-1] == (
        "The notebook finds `shop.m` in `src`, since the workspace's environment has the project installed from there "
        "(`pip install -e .`)."
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "src"))  # what the environment does
    before = notebook(tmp_path)
    expected = run(before, tmp_path / "notebooks")
    write(plan.files[0].path, plan.files[0].after)
    assert run(apply_changes(before, plan.notebooks[0].changes), tmp_path / "notebooks") == expected


def test_a_notebook_in_the_top_folder_imports_as_the_project_does(tmp_path: Path) -> None:
    install(tmp_path, "../../../../src")
    write(tmp_path / "src" / "shop" / "__init__.py")
    before = parse_percent(TEXT, tmp_path / "n.ipynb")
    plan = ask(before, tmp_path, {"names": ("f",), "to": "src/shop/m.py"})
    assert isinstance(plan, Plan), plan
    assert apply_changes(before, plan.notebooks[0].changes).cells[0].source == "from shop.m import f"
    plan = ask(before, tmp_path, {"names": ("f",), "to": "helpers.py"})
    assert isinstance(plan, Plan), plan
    assert apply_changes(before, plan.notebooks[0].changes).cells[0].source == "from helpers import f"


def test_a_copy_of_the_package_comes_first(tmp_path: Path) -> None:
    site = install(tmp_path, f"{tmp_path}/src")
    write(tmp_path / "src" / "shop" / "__init__.py")
    (site / "shop.libs").mkdir()
    assert isinstance(move(tmp_path), Plan)
    write(site / "shop" / "__init__.py")
    refusal = move(tmp_path)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "an import of `shop` would find, before `src/shop/m.py`, the installed package `shop`"


def test_another_project_has_a_package_of_this_name(tmp_path: Path) -> None:
    root = tmp_path / "work"
    install(root, f"{tmp_path}/other\n{root}/src")
    write(root / "src" / "shop" / "__init__.py")
    write(tmp_path / "other" / "shop.py")
    refusal = move(root)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == f"an import of `shop` could mean `{tmp_path}/other/shop` as well as `src/shop/m.py`"


def test_lines_that_run_code_say_nothing(tmp_path: Path) -> None:
    install(tmp_path, f"import sys; sys.path.append('{tmp_path}/src')\n{tmp_path}/missing\n")
    write(tmp_path / "src" / "shop" / "__init__.py")
    write(tmp_path / "pyproject.toml")
    refusal = move(tmp_path)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "the notebook could not import `src/shop/m.py`: its kernel starts in `notebooks`"
    assert refusal.advice == (
        "Choose a module in that folder or below it, such as `notebooks/m.py`, or write "
        '`import sys; sys.path.append("../src")` in the first cell, or install the project (`pip install -e .`).'
    )


def test_a_link_on_the_way_is_no_way(tmp_path: Path) -> None:
    root = tmp_path / "work"
    write(tmp_path / "elsewhere" / "shop" / "__init__.py")
    root.mkdir()
    (root / "src").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert isinstance(move(root, text=ON_PATH + TEXT), Refusal)
    (root / "notebooks2").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    before = parse_percent('# %%\nimport sys\nsys.path.append("..")\n' + TEXT, root / "notebooks2" / "n.ipynb")
    assert isinstance(ask(before, root, {"names": ("f",), "to": "m.py"}), Refusal)


def test_a_link_to_the_workspace_is_the_workspace(tmp_path: Path) -> None:
    real = tmp_path / "real"
    install(real, f"{real}/src")
    write(real / "src" / "shop" / "__init__.py")
    link = tmp_path / "link"
    link.symlink_to(real, target_is_directory=True)
    assert moved(link, move(link))[0] == "from shop.m import f"


def test_the_plan_says_which_cell_puts_the_folder_on_the_path(tmp_path: Path) -> None:
    write(tmp_path / "src" / "shop" / "__init__.py")
    plan = move(tmp_path, text=ON_PATH + TEXT)
    assert isinstance(plan, Plan), plan
    assert plan.summary[-1] == "The notebook finds `shop.m` in `src`, which cell 1 puts on `sys.path`."
    plan = move(tmp_path, "tool_of_all.py", '# %%\nimport sys\nsys.path.insert(0, "..")\n\n' + TEXT)
    assert isinstance(plan, Plan), plan
    assert plan.summary[-1] == (
        "The notebook finds `tool_of_all` in the workspace's folder, which cell 1 puts on `sys.path`."
    )


def test_other_notebooks_import_it_where_they_find_it(tmp_path: Path) -> None:
    write(tmp_path / "src" / "shop" / "__init__.py")
    above = '# %%\nimport sys\nsys.path.append("..")\n\n'
    for name, text in {"a": ON_PATH + TEXT, "b": ON_PATH + TEXT, "c": TEXT, "d": above + TEXT}.items():
        write_notebook(tmp_path / "notebooks" / f"{name}.ipynb", text)
    options = {"names": ["f"], "to": "src/shop/m.py", "others": True}
    plan = plan_file("extract.module", tmp_path / "notebooks" / "a.ipynb", options, tmp_path).result
    assert isinstance(plan, Plan), plan
    written = {change.path.stem: [item.source for item in change.changes] for change in plan.notebooks}
    assert written == {
        "a": ["from shop.m import f"],
        "b": ["from shop.m import f"],
        "d": ["from src.shop.m import f"],
    }
    assert plan.summary[-1] == (
        "`c.ipynb` keeps its own `f`: the notebook could not import `src/shop/m.py`: its kernel starts in `notebooks`."
    )


def test_configuration_stays_beside_the_notebook(tmp_path: Path) -> None:
    refactoring = find_refactoring("extract.config")
    before = notebook(tmp_path, '# %%\nimport sys\nsys.path.append("..")\n# %%\nRATE = 0.5\nprint(RATE)')
    context = Context(analyze(before), Project(tmp_path))
    refusal = refactoring.run(context, refactoring.convert({"to": "config_of_all.py"}))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "`config_of_all.py` is no module of the notebook's folder"


def test_editors_propose_the_modules_that_a_notebook_finds(tmp_path: Path) -> None:
    for name in ("src/shop/__init__.py", "src/shop/m.py", "notebooks/own.py", "tools/other.py"):
        write(tmp_path / name)
    assert module_choices(Project(tmp_path), analyze(notebook(tmp_path))) == ["notebooks/own.py"]
    known = module_choices(Project(tmp_path), analyze(notebook(tmp_path, ON_PATH + TEXT)))
    assert known == ["notebooks/own.py", "src/shop/m.py"]


def test_an_environment_tells_what_it_holds(tmp_path: Path) -> None:
    site = install(tmp_path, "lines\n./lines/\n.hidden\n", "a.pth")
    for name in ("lines/x.txt", "one.py", "two/__init__.py", "three.cpython-311-x86_64-linux-gnu.so", "four.txt"):
        write(site / name)
    write(site / ".hidden.pth", str(tmp_path))
    environment = Environment((site,))
    assert environment.added_folders == (site / "lines",)
    held = [environment.holds(name) for name in ("one", "two", "three", "four", "a", "five")]
    assert held == [True, True, True, False, False, False]
    overlay = Overlay(Project(tmp_path), ())
    assert overlay.added_folders == (site / "lines",)
    assert overlay.is_installed("one")
