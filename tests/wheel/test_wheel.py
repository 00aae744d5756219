from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = pytest.mark.slow
LAB = "share/jupyter/labextensions/@offbook/jupyterlab"


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def test_wheel_holds_the_packages(names: list[str]) -> None:
    assert {"offbook/__init__.py", "offbook/py.typed", "offbook_jupyter/__init__.py"} <= set(names)


def test_wheel_holds_the_built_extension(names: list[str]) -> None:
    data = {name.split(".data/data/", 1)[1] for name in names if ".data/data/" in name}
    assert {f"{LAB}/package.json", f"{LAB}/install.json", f"{LAB}/static/style.js"} <= data
    assert any(name.startswith(f"{LAB}/static/remoteEntry") for name in data)
    assert "etc/jupyter/jupyter_server_config.d/offbook.json" in data


def test_wheel_holds_nothing_else(names: list[str]) -> None:
    packages = ("offbook/", "offbook_jupyter/", "offbook-")
    assert not [name for name in names if not name.startswith(packages)]
    assert not [name for name in names if "devtools" in name or name.endswith((".ts", ".pyc"))]
    assert len(names) == len(set(names))


def test_command_says_its_version(installed: Run, root: Path) -> None:
    version = json.loads((root / "package.json").read_text(encoding="utf-8"))["version"]
    assert installed("offbook", "--version").stdout == f"offbook {version}\n"


def test_installed_package_is_not_the_source_tree(installed: Run, root: Path) -> None:
    code = "import offbook, offbook_jupyter; print(offbook.__file__, offbook_jupyter.__file__)"
    where = installed("python", "-c", code)
    assert "site-packages" in where.stdout
    assert str(root) not in where.stdout


def test_dependencies_agree(installed: Run) -> None:
    result = installed("pip", "check")
    assert result.returncode == 0, result.stdout


def test_lab_extension_is_enabled(installed: Run) -> None:
    result = installed("jupyter", "labextension", "list")
    (line,) = [line for line in (result.stdout + result.stderr).splitlines() if "@offbook/jupyterlab" in line]
    assert "enabled" in line
    assert "OK" in line


def test_server_extension_is_enabled_and_valid(installed: Run) -> None:
    result = installed("jupyter", "server", "extension", "list")
    text = result.stdout + result.stderr
    assert "offbook_jupyter enabled" in text or "offbook_jupyter \x1b[32menabled\x1b[0m" in text, text
    assert "offbook_jupyter" in text.split("Validating offbook_jupyter")[1], text
    assert "OK" in text.split("Validating offbook_jupyter")[1].split("Validating")[0], text


def test_check_works_as_installed(installed: Run, root: Path, tmp_path: Path) -> None:
    notebook = tmp_path / "hidden_state.ipynb"
    shutil.copy(root / "examples" / "hidden_state.ipynb", notebook)
    result = installed("offbook", "check", "--format", "json", str(notebook))
    assert result.returncode == 1, result.stderr
    codes = {finding["code"] for finding in json.loads(result.stdout)["diagnostics"]}
    assert {"OB101", "OB102", "OB103"} <= codes
