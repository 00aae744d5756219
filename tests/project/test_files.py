from __future__ import annotations

from pathlib import Path

from offbook.project import find_files, find_root
from offbook.project.files import is_own
from offbook.project.project import Project


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def names(root: Path, paths: tuple[Path, ...]) -> list[str]:
    return [path.relative_to(root).as_posix() for path in paths]


def test_environments_hidden_folders_and_packages_of_others_are_left_out(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "a.ipynb",
        "src/pkg/mod.py",
        "src/deep/b.ipynb",
        "notes.txt",
        ".git/hooks/x.py",
        ".ipynb_checkpoints/a-checkpoint.ipynb",
        "node_modules/x/y.py",
        "env/pyvenv.cfg",
        "env/lib/z.py",
        "miniconda/conda-meta/x.json",
        "miniconda/bin/w.py",
        "__pycache__/a.py",
    )
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = find_files(tmp_path)
    assert names(tmp_path, found.notebooks) == ["a.ipynb", "src/deep/b.ipynb"]
    assert names(tmp_path, found.modules) == ["src/pkg/mod.py"]
    assert found.complete


def test_the_walk_is_bounded(tmp_path: Path) -> None:
    touch(tmp_path, *(f"folder{number}/m{number}.py" for number in range(20)))
    found = find_files(tmp_path, limit=25)
    assert not found.complete
    assert 0 < len(found.modules) < 20


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert find_files(tmp_path / "no").modules == ()


def test_the_root_is_the_nearest_marked_folder(tmp_path: Path) -> None:
    touch(tmp_path, "pyproject.toml", "notebooks/deep/a.ipynb", "inner/offbook.toml", "inner/a.ipynb")
    assert find_root(tmp_path / "notebooks/deep/a.ipynb") == tmp_path.resolve()
    assert find_root(tmp_path / "inner/a.ipynb") == tmp_path.resolve() / "inner"


def test_unsaved_modules_are_among_the_files(tmp_path: Path) -> None:
    touch(tmp_path, "a.py", "bad.ipynb")
    project = Project(tmp_path, {tmp_path / "pkg/new.py": "x = 1", tmp_path / "notes.md": "x"})
    assert names(tmp_path, project.files.modules) == ["a.py", "pkg/new.py"]
    assert project.read(tmp_path / "pkg/new.py") == "x = 1"
    assert project.holds_modules(tmp_path / "pkg") and not project.holds_modules(tmp_path / "other")
    assert list(project.notebooks()) == []
    assert project.read(tmp_path / "missing.py") is None


def test_a_file_is_the_projects_own_where_the_walk_finds_it(tmp_path: Path) -> None:
    inside = ["src/pkg/mod.py", "top.py"]
    others = [".hidden/x.py", "node_modules/x/y.py", "env/lib/z.py", "src/conda/bin/w.py"]
    touch(tmp_path, *inside, *others, "env/pyvenv.cfg", "src/conda/conda-meta/x.json")
    found = find_files(tmp_path).modules
    for name in (*inside, *others):
        assert is_own(tmp_path / name, tmp_path) == (tmp_path / name in found) == (name in inside)
    assert not is_own(tmp_path / "top.py", tmp_path / "src")
