"""What star imports bind, told without running anything, is what they bind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from offbook.project.project import Project
from offbook.refactor.module.stars import star_names

LISTED = """import os
__all__ = ["a", "b"]
__all__ += ("c",)
__all__.extend(["d", "e"])
a = b = c = d = e = hidden = os.sep
"""


def install(root: Path, text: str) -> Path:
    """Write a package into the workspace's own environment; return the folder of its modules."""
    (root / ".venv").mkdir()
    (root / ".venv" / "pyvenv.cfg").touch()
    modules = root / ".venv" / "lib" / "python3.11" / "site-packages"
    (modules / "given").mkdir(parents=True)
    (modules / "given" / "__init__.py").write_text(text)
    return modules


def bound(module: str, modules: Path | None = None) -> frozenset[str]:
    """Run the import."""
    code = (
        f"import sys\nsys.path[:0] = sys.argv[1:]\nnames = {{}}\nexec('from {module} import *', names)\nprint(*names)"
    )
    arguments = [str(modules)] if modules else []
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split()) - {"__builtins__"}


def test_a_list_of_an_installed_package_is_read(tmp_path: Path) -> None:
    modules = install(tmp_path, LISTED)
    assert star_names("given", tmp_path, Project(tmp_path)) == bound("given", modules) == frozenset("abcde")


@pytest.mark.parametrize("module", ["pandas", "numpy.random", "hypothesis.strategies", "nbformat", "json", "string"])
def test_what_is_known_of_libraries_is_what_they_bind(module: str, tmp_path: Path) -> None:
    known = star_names(module, tmp_path, Project(tmp_path))
    assert known is not None
    assert known == bound(module)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1",
        "__all__ = sorted(globals())",
        '__all__ = ["a"]\nif a:\n    __all__.append("b")',
        '__all__ = ["a"]\n__all__ += other.__all__',
        '__all__ = ["a"]\n__all__.extend("bc")',
        '__all__ = ["a"]\n__all__.remove("a")',
        '__all__ = ["a"]\n__all__ = __all__ + ["b"]',
        "__all__ = [",
    ],
)
def test_a_list_that_code_computes_is_not_known(text: str, tmp_path: Path) -> None:
    install(tmp_path, text)
    assert star_names("given", tmp_path, Project(tmp_path)) is None


def test_a_folder_of_that_name_hides_what_is_installed(tmp_path: Path) -> None:
    install(tmp_path, LISTED)
    (tmp_path / "given").mkdir()
    assert star_names("given", tmp_path, Project(tmp_path)) is None
