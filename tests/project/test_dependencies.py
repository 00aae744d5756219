"""What a workspace declares, in every form that real projects use."""

from pathlib import Path

import pytest

from offbook.project import NotebookSurroundings
from offbook.project.workspace import forget_workspaces

FORMS = {
    "requirements.txt": "requests\nscikit_learn==1.5  # models\n-e git+https://example.org/x.git#egg=Lifelines\n",
    "requirements-dev.in": "-r other.txt\nrequests [socks] ; python_version > '3.8'\n",
    "pyproject.toml": '[project]\ndependencies = ["requests>=2"]\n[project.optional-dependencies]\n'
    'ml = ["scikit-learn"]\n[dependency-groups]\ndev = ["lifelines", {include-group = "ml"}]\n',
    "environment.yml": "name: x\nchannels:\n  - torch\ndependencies:\n  - conda-forge::requests=2\n"
    "  - scikit-learn>=1  # models\n  - pip\n  - pip:\n    - 'lifelines'\n",
    "setup.cfg": "[options]\ninstall_requires =\n    requests\n    lifelines\n"
    "[options.extras_require]\nml =\n  scikit-learn\n",
    "setup.py": "from setuptools import setup\nneeds = ['requests', 'lifelines']\n"
    "setup(name='x', install_requires=needs, extras_require={'ml': ['scikit-learn']})\n",
    "Pipfile": '[packages]\nrequests = "*"\nlifelines = {version = "*"}\n[dev-packages]\nscikit-learn = "*"\n',
    "pixi.toml": '[dependencies]\nrequests = "*"\nlifelines = "*"\n'
    '[feature.ml.pypi-dependencies]\nscikit-learn = "*"\n',
}
TABLES = {
    "poetry": '[tool.poetry.dependencies]\npython = "^3.11"\nrequests = "*"\nlifelines = "*"\n'
    '[tool.poetry.group.dev.dependencies]\nscikit-learn = "*"\n',
    "pdm": '[project]\ndependencies = ["requests", "lifelines"]\n[tool.pdm.dev-dependencies]\nx = ["scikit-learn"]\n',
    "uv": '[project]\ndependencies = ["requests", "lifelines"]\n[tool.uv]\ndev-dependencies = ["scikit-learn"]\n',
    "hatch": '[project]\ndependencies = ["requests", "lifelines"]\n'
    '[tool.hatch.envs.x]\ndependencies = ["scikit-learn"]\n',
    "pixi": '[tool.pixi.dependencies]\nrequests = "*"\nlifelines = "*"\nscikit-learn = "*"\n',
}


def needs(folder: Path, module: str) -> str | None:
    """Return the distribution that an import in `folder/a.ipynb` needs and nobody declares."""
    forget_workspaces()
    found = NotebookSurroundings.of(folder / "a.ipynb", folder).answer("import", module)
    assert found is None or isinstance(found, tuple)
    return str(found[0]) if found else None


@pytest.mark.parametrize(
    ("name", "text"),
    [*FORMS.items(), *(("pyproject.toml", text) for text in TABLES.values())],
    ids=[*FORMS, *TABLES],
)
def test_declared_and_not(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text(text)
    (tmp_path / "other.txt").write_text("lifelines\nscikit-learn\n")
    for module in ("requests", "sklearn", "lifelines"):
        assert needs(tmp_path, module) is None, module
    assert needs(tmp_path, "torch") == "torch"
    assert needs(tmp_path, "cv2") == "opencv-python"
    assert needs(tmp_path, "pqdm") == "pqdm"
    assert needs(tmp_path, "CHAID") == "chaid"
    assert needs(tmp_path, "langchain_core") == "langchain-core"
    assert needs(tmp_path, "json") is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.ruff]\nline-length = 120\n"),
        ("pyproject.toml", "[project]\nname = 'x'\ndynamic = ['dependencies']\n"),
        ("pyproject.toml", "[project\n"),
        ("setup.py", "from setuptools import setup\nsetup(install_requires=open('r').read().split())\n"),
        ("setup.cfg", "[options]\ninstall_requires = file: needs.txt\n"),
        ("environment.yml", "steps:\n  - test\n"),
        ("README.md", "pip install pandas\n"),
    ],
)
def test_a_workspace_that_declares_nothing_that_can_be_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert needs(tmp_path, "torch") is None


def test_an_empty_list_declares_that_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\ndependencies = []\n")
    assert needs(tmp_path, "torch") == "torch"


def test_files_above_the_notebook_and_beside_the_project_count(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    deep = tmp_path / "notebooks" / "first"
    deep.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("requests\n")
    (tmp_path / "binder").mkdir()
    (tmp_path / "binder" / "environment.yml").write_text("dependencies:\n- pytorch\n")
    (tmp_path / "Dockerfile").write_text("RUN pip install --no-cache-dir 'keras>2' jupyter\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "requirements.txt").write_text("shap\n")
    for module in ("requests", "torch", "keras"):
        assert needs(deep, module) is None, module
    assert needs(deep, "shap") == "shap"


def test_without_a_project_the_folders_above_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (tmp_path / "requirements.txt").write_text("requests\n")
    assert needs(folder, "requests") is None
    assert needs(folder, "torch") == "torch"


def test_modules_of_the_workspace_are_its_own(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements.txt").write_text("requests\n")
    (tmp_path / "lib" / "emcee").mkdir(parents=True)
    (tmp_path / "lib" / "emcee" / "core.py").touch()
    (tmp_path / "lib" / "corner.py").touch()
    assert needs(tmp_path, "emcee") is None
    assert needs(tmp_path, "corner") is None
    assert needs(tmp_path, "torch") == "torch"


def test_what_comes_along_with_a_declared_package(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("seaborn\npymc\n")
    for module in ("numpy", "pandas", "matplotlib", "mpl_toolkits", "PIL", "xarray"):
        assert needs(tmp_path, module) is None, module
    assert needs(tmp_path, "sklearn") == "scikit-learn"


def _install(site: Path, name: str, version: str, module: str, *requires: str) -> None:
    metadata = site / f"{name}-{version}.dist-info"
    metadata.mkdir(parents=True)
    lines = "".join(f"Requires-Dist: {item}\n" for item in requires)
    (metadata / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n{lines}\nRequires-Dist: nothing\n")
    (metadata / "RECORD").write_text(f"{module}/__init__.py,,\n{name}-{version}.dist-info/RECORD,,\n")
    (site / module).mkdir()


def test_the_workspaces_environment_tells_versions_and_names(tmp_path: Path) -> None:
    site = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages"
    _install(site, "Odd_Name", "2.1", "oddly")
    _install(site, "torch", "2.5.1", "torch")
    _install(site, "big", "1", "big", "middle (>=1)", 'torch ; extra == "gpu"')
    _install(site, "middle", "1", "middle", "shap>0.1")
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    (tmp_path / "requirements.txt").write_text("big\n")
    forget_workspaces()
    around = NotebookSurroundings.of(tmp_path / "a.ipynb", tmp_path)
    assert around.answer("import", "oddly") == ("odd-name", "2.1", "requirements.txt")
    assert around.answer("import", "torch") == ("torch", "2.5.1", "requirements.txt")
    assert around.answer("import", "never_heard_of_it") is None
    assert around.answer("import", "shap") is None, "it comes with `middle`, which comes with `big`"


def test_a_new_requirement_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("requests\n")
    assert needs(tmp_path, "torch") == "torch"
    file.write_text("requests\ntorch\n")
    assert needs(tmp_path, "torch") is None
