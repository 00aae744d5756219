"""The index of runs of statements: what is a clone, what a copy, and what is kept on the disk."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from offbook.app import checkcache
from offbook.app.check import Selection, check_paths
from offbook.app.plan import plan_file
from offbook.diagnostics import Diagnostic
from offbook.notebook import NotebookFile
from offbook.project import workspace
from offbook.project.clones import index, places
from offbook.project.clones import sources as clone_sources
from offbook.project.workspace import _indexes as index_of_process
from offbook.project.workspace import forget_workspaces, workspace_at
from offbook.refactor import Plan

SHARED = """def prepare(path):
    frame = pd.read_csv(path)
    frame = frame.dropna(subset=["price"])
    frame["day"] = pd.to_datetime(frame["day"])
    frame["price"] = frame["price"].clip(0, 100)
    frame = frame.sort_values("day").reset_index(drop=True)
    return frame.set_index("day")
"""
OWN = [f"value{n} = compute({n})\nprint(value{n})" for n in range(6)]
OTHER = [f"total{n} = gather({n})\nstore(total{n}, key={n})" for n in range(6)]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("clones")
    monkeypatch.setenv("OFFBOOK_CACHE_DIR", str(folder))
    forget()
    return folder


def forget() -> None:
    """Forget what this process knows, as a new one would."""
    forget_workspaces()
    index_of_process.clear()


def save(path: Path, *sources: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for n, source in enumerate(sources)
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_bytes(msgspec.json.encode(document))
    assert NotebookFile.read(path)
    return path


def found(paths: Sequence[Path], jobs: int = 1) -> dict[str, list[Diagnostic]]:
    forget()
    report = check_paths(paths, Selection(select=("OB404",)), jobs=jobs)
    return {check.path.name: list(check.diagnostics) for check in report.notebooks if check.diagnostics}


@pytest.mark.parametrize("jobs", [1, 2])
def test_both_notebooks_name_the_other(tmp_path: Path, jobs: int) -> None:
    (tmp_path / ".git").mkdir()
    save(tmp_path / "a.ipynb", *OWN, SHARED)
    save(tmp_path / "deep" / "b.ipynb", SHARED, *OTHER)
    result = found([tmp_path], jobs)
    assert {name: [item.message for item in items] for name, items in result.items()} == {
        "a.ipynb": ["these 7 lines stand in `deep/b.ipynb` (cell 1) too: move them to a module"],
        "b.ipynb": ["these 7 lines stand in `a.ipynb` (cell 7) too: move them to a module"],
    }


def test_what_is_proposed_for_a_function_can_be_done(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    imports = "import pandas as pd"
    save(tmp_path / "a.ipynb", imports, *OWN[:1], SHARED)
    save(tmp_path / "b.ipynb", imports, SHARED, *OTHER[:1])
    save(tmp_path / "deep" / "c.ipynb", imports, SHARED, *OTHER[:2])
    (tmp_path / "deep" / "steps.py").write_text(f"{imports}\n\n\n{SHARED}", encoding="utf-8")
    proposals = {name: items[0].proposal for name, items in found([tmp_path]).items()}
    assert {name: item and (item.refactoring, item.options) for name, item in proposals.items()} == {
        "a.ipynb": None,
        "b.ipynb": None,
        "c.ipynb": ("extract.module", {"names": ["prepare"], "to": "deep/steps.py"}),
    }
    (tmp_path / "deep" / "steps.py").unlink()
    (tmp_path / "deep" / "c.ipynb").unlink()
    proposals = {name: items[0].proposal for name, items in found([tmp_path]).items()}
    for name, proposal in proposals.items():
        assert proposal is not None
        assert proposal.title == "Share `prepare` by a module"
        plan = plan_file(proposal.refactoring, tmp_path / name, proposal.options, tmp_path).result
        assert isinstance(plan, Plan)
        assert {change.path.name for change in plan.notebooks} == {"a.ipynb", "b.ipynb"}


def test_what_a_module_has_is_imported_from_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    path = save(tmp_path / "a.ipynb", "import pandas as pd", SHARED)
    (tmp_path / "steps.py").write_text(f"import pandas as pd\n\n\n{SHARED}", encoding="utf-8")
    proposal = found([tmp_path])["a.ipynb"][0].proposal
    assert proposal is not None
    assert proposal.title == "Import `prepare` from `steps.py`"
    plan = plan_file(proposal.refactoring, path, proposal.options, tmp_path).result
    assert isinstance(plan, Plan)
    assert plan.files == ()


def test_statements_of_a_module_are_not_imported_by_name(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    lines = SHARED.split("\n")[1:-2]
    save(tmp_path / "a.ipynb", *OWN, "\n".join(line.strip() for line in [*lines, "show(frame, path)"]))
    body = "\n".join([*lines, "    show(frame, path)"])
    (tmp_path / "steps.py").write_text(f"def prepare(path):\n{body}\n", encoding="utf-8")
    (finding,) = found([tmp_path])["a.ipynb"]
    assert finding.message == "these 6 lines stand in `steps.py` (line 2) too: import them"
    assert finding.proposal is None


@pytest.mark.parametrize("extra", ["", "  # offbook: ignore[OB404]", "  # offbook: ignore[OB102]"])
def test_a_second_look_finds_what_a_first_one_would(tmp_path: Path, extra: str) -> None:
    """What others hold is not known before all are read: the first check adds it, the second knows it."""
    (tmp_path / ".git").mkdir()
    save(tmp_path / "a.ipynb", "print(missing)", SHARED.replace(":\n", f":{extra}\n", 1), "print(lost)")
    save(tmp_path / "b.ipynb", SHARED, *OTHER)
    forget()
    first = check_paths([tmp_path], texts=False)
    second = check_paths([tmp_path], texts=False)
    assert first.notebooks == second.notebooks
    codes = [item.code for item in first.notebooks[0].diagnostics]
    assert codes.count("OB102") >= 2
    assert ("OB404" in codes) == ("OB404" not in extra)


def test_a_kept_result_looks_into_other_notebooks_when_they_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkcache, "_FRESH", -(10**18))  # these files count as old
    looked: list[Path] = []
    original = places.find_place

    def noted(path: Path, digest: str, exact: str) -> tuple[int, int] | None:
        looked.append(path)
        return original(path, digest, exact)

    monkeypatch.setattr(places, "find_place", noted)
    (tmp_path / ".git").mkdir()
    one = save(tmp_path / "a.ipynb", *OWN, SHARED)
    other = save(tmp_path / "b.ipynb", SHARED, *OTHER)

    def said() -> list[str]:
        forget()
        [first, *_] = check_paths([one, other], Selection(select=("OB404",)), texts=False, cached=True).notebooks
        return [item.message for item in first.diagnostics]

    assert said() == ["these 7 lines stand in `b.ipynb` (cell 1) too: move them to a module"]
    assert looked
    looked.clear()
    assert said() == ["these 7 lines stand in `b.ipynb` (cell 1) too: move them to a module"]
    assert not looked
    save(other, "print()", SHARED, *OTHER)
    assert said() == ["these 7 lines stand in `b.ipynb` (cell 2) too: move them to a module"]
    assert looked


def test_one_notebook_alone_says_the_same(tmp_path: Path) -> None:
    one = save(tmp_path / "a.ipynb", *OWN, SHARED)
    save(tmp_path / "b.ipynb", SHARED, *OTHER)
    assert found([one]) == {"a.ipynb": found([tmp_path])["a.ipynb"]}


def test_modules_count_and_come_first(tmp_path: Path) -> None:
    one = save(tmp_path / "a.ipynb", *OWN, SHARED)
    save(tmp_path / "b.ipynb", SHARED, *OTHER)
    (tmp_path / "prices.py").write_text("import pandas as pd\n\n" + SHARED)
    [[item]] = found([one]).values()
    assert item.message == "these 7 lines stand in `prices.py` (line 3) and in 1 more file too: import them"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("lesson.ipynb", [*OWN, SHARED]), ("lesson_solution.ipynb", [SHARED, *OTHER])),
        (("solutions/lesson.ipynb", [*OWN, SHARED]), ("exercises/lesson.ipynb", [SHARED, *OTHER])),
        (("lesson.ipynb", [*OWN, SHARED]), ("lesson-Copy1.ipynb", [SHARED, *OTHER])),
        (("english.ipynb", [*OWN, SHARED]), ("french.ipynb", [*OWN[:4], SHARED, *OTHER])),
    ],
)
def test_versions_of_one_notebook_are_left_alone(
    tmp_path: Path, first: tuple[str, list[str]], second: tuple[str, list[str]]
) -> None:
    for name, sources in (first, second):
        save(tmp_path / name, *sources)
    (tmp_path / ".git").mkdir()
    assert found([tmp_path]) == {}


def test_numbered_lessons_are_different_notebooks(tmp_path: Path) -> None:
    save(tmp_path / "lesson1.ipynb", *OWN, SHARED)
    save(tmp_path / "lesson2.ipynb", SHARED, *OTHER)
    assert found([tmp_path]).keys() == {"lesson1.ipynb", "lesson2.ipynb"}


def test_only_changed_files_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = save(tmp_path / "a.ipynb", *OWN, SHARED)
    save(tmp_path / "b.ipynb", SHARED, *OTHER)
    save(tmp_path / "c.ipynb", *OTHER)
    assert found([one])
    read: list[str] = []
    original = clone_sources.code_of
    monkeypatch.setattr(clone_sources, "code_of", lambda path: read.append(path.name) or original(path))
    assert found([one])
    assert read == []
    save(tmp_path / "b.ipynb", *OTHER)
    assert found([one]) == {}
    assert read == ["b.ipynb"]


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x00" * 500])
def test_a_damaged_index_is_made_anew(tmp_path: Path, cache: Path, damage: bytes) -> None:
    one = save(tmp_path / "a.ipynb", *OWN, SHARED)
    save(tmp_path / "b.ipynb", SHARED, *OTHER)
    before = found([one])
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(damage)
    assert found([one]) == before


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("OFFBOOK_CACHE_DIR", str(tmp_path / "file" / "cache"))
    one = save(tmp_path / "a.ipynb", *OWN, SHARED)
    save(tmp_path / "b.ipynb", SHARED, *OTHER)
    assert found([one])


def test_broken_files_and_other_languages_are_passed_over(tmp_path: Path) -> None:
    one = save(tmp_path / "a.ipynb", *OWN, SHARED)
    save(tmp_path / "b.ipynb", SHARED, *OTHER)
    (tmp_path / "c.ipynb").write_text("{")
    (tmp_path / "d.ipynb").write_bytes(b"\xff\xfe")
    (tmp_path / "e.py").write_text("def broken(:\n")
    (tmp_path / "f.py").write_bytes(b"\xff\xfe")
    (tmp_path / "g.ipynb").symlink_to("nowhere")
    deep = "if a:\n    x = 1\n" + "".join(f"elif b{n}:\n    x = {n}\n" for n in range(3000))
    (tmp_path / "h.py").write_text(deep)
    assert found([one])


def test_the_index_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_MOST", {".ipynb": 2, ".py": 1})
    for name in ("a", "b", "c"):
        save(tmp_path / f"{name}.ipynb", *OWN, SHARED)
        (tmp_path / f"{name}.py").write_text(SHARED)
    forget()
    assert [path.name for path in workspace_at(tmp_path).clones.entries] == ["a.ipynb", "b.ipynb", "a.py"]


def test_a_check_of_one_reads_few_others_those_beside_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace.Workspace.index_clones, "__defaults__", (2,))
    (tmp_path / ".git").mkdir()
    for name in ("a", "b", "c", "deep/d", "deep/e"):
        save(tmp_path / f"{name}.ipynb", *OWN, SHARED)
    one = save(tmp_path / "deep" / "one.ipynb", *OTHER, SHARED)
    read: list[str] = []
    original = clone_sources.code_of
    monkeypatch.setattr(clone_sources, "code_of", lambda path: read.append(path.name) or original(path))
    [[item]] = found([one]).values()
    assert read == ["d.ipynb", "e.ipynb"]
    assert "and in 1 more file too" in item.message
    assert found([one])
    assert read == ["d.ipynb", "e.ipynb", "a.ipynb", "b.ipynb"]
    read.clear()
    [[item], *_] = (items for name, items in found([tmp_path]).items() if name == "one.ipynb")
    assert read == [], "what is checked need not be read twice"
    assert "and in 4 more files too" in item.message
