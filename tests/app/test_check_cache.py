import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from offbook.app import checkcache, checking
from offbook.app.check import Selection, check_paths
from offbook.app.checkcache import CheckCache, Reading, digest_of, stamp_of
from offbook.app.checktasks import Done, Task
from offbook.app.results import NotebookCheck
from offbook.rules import RuleSettings
from offbook.rules.checker import Checked

OLD = 1_000_000_000
"""A time stamp (seconds) that no later write can leave."""


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OFFBOOK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "check"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the notebooks that are really checked."""
    names: list[str] = []
    original = checking._perform

    def noted(task: Task) -> Done:
        names.append(task.path.name)
        return original(task)

    monkeypatch.setattr(checking, "_perform", noted)
    yield names


def write(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": s, "metadata": {}, "outputs": []} for n, s in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def check(*paths: Path, select: str = "", jobs: int = 1) -> list[NotebookCheck]:
    selection = Selection(tuple(select.split(",")) if select else ())
    return list(check_paths(paths, selection, jobs=jobs, texts=False, cached=True).notebooks)


def test_a_second_check_says_the_same_and_checks_nothing(tmp_path: Path, checked: list[str]) -> None:
    for number in range(5):
        write(tmp_path / "nb" / f"n{number}.ipynb", "x = y", "y = 1", "open('gone.txt')", "x ?" * number)
    (tmp_path / "nb" / "broken.ipynb").write_text("{")
    first = check(tmp_path / "nb")
    assert sum(len(item.diagnostics) for item in first) > 10
    assert len(checked) == 6
    assert check(tmp_path / "nb") == first
    assert len(checked) == 6
    fresh = check_paths([tmp_path / "nb"], texts=False).notebooks
    assert list(fresh) == first, "a check without the cache says the same"


def test_what_was_touched_and_holds_the_same_is_not_checked_again(tmp_path: Path, checked: list[str]) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "y")
    check(path)
    for seconds in (OLD, OLD + 1, OLD + 1):
        os.utime(path, (seconds, seconds))
        check(path)
    assert checked == ["a.ipynb"]


def test_another_content_of_the_same_size_and_time_is_noticed(tmp_path: Path, checked: list[str]) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "print(aaaa)")
    os.utime(path, (OLD, OLD))
    assert "`aaaa`" in check(path)[0].diagnostics[0].message
    write(path, "print(bbbb)")
    os.utime(path, (OLD, OLD))
    assert "`bbbb`" in check(path)[0].diagnostics[0].message
    assert len(checked) == 2


def test_a_file_that_comes_or_goes_makes_a_result_invalid(tmp_path: Path, checked: list[str]) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "text = open('data.txt').read()")
    assert [item.code for item in check(path)[0].diagnostics] == ["OB606"]
    (tmp_path / "nb" / "data.txt").touch()
    assert not check(path)[0].diagnostics
    (tmp_path / "nb" / "data.txt").unlink()
    assert [item.code for item in check(path)[0].diagnostics] == ["OB606"]
    assert len(checked) == 3


def test_settings_and_versions_have_results_of_their_own(
    tmp_path: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "print(y)")
    assert check(path)[0].diagnostics
    assert not check(path, select="OB201")[0].diagnostics
    (tmp_path / "nb" / "offbook.toml").write_text("known-names = ['y']")
    assert not check(path)[0].diagnostics
    assert len(checked) == 3
    check(path)
    check(path, select="OB201")
    assert len(checked) == 4, "another folder of settings is another question, the rest is kept"
    monkeypatch.setattr(checkcache, "_build", lambda: b"another build")
    check(path)
    assert len(checked) == 5


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_KEYS = st.fixed_dictionaries(
    {
        "content": st.binary(max_size=4),
        "enabled": st.frozensets(st.sampled_from(["OB101", "OB102", "OB606"])),
        "names": st.frozensets(st.sampled_from(["spark", "dbutils"])),
        "options": st.dictionaries(st.sampled_from(["long-output"]), st.integers(0, 3)),
        "answers": st.dictionaries(
            st.tuples(st.just("file"), _TEXTS),
            st.booleans() | st.none() | st.tuples(_TEXTS, st.integers(0, 2)),
            max_size=2,
        ),
    }
)


class Around:
    """What is around a notebook, as a table."""

    def __init__(self, answers: dict[tuple[str, str], object]) -> None:
        self.answers = answers

    def answer(self, kind: str, key: str) -> object:
        return self.answers.get((kind, key))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_KEYS, _KEYS)
def test_a_result_holds_for_nothing_else(tmp_path: Path, one: dict, other: dict) -> None:  # type: ignore[type-arg]
    path = tmp_path / "nb" / "a.ipynb"
    path.parent.mkdir(exist_ok=True)

    def settings_of(key: dict) -> RuleSettings:  # type: ignore[type-arg]
        return RuleSettings(key["enabled"], key["options"], key["names"], Around(key["answers"]))  # type: ignore[arg-type]

    cache = CheckCache(tmp_path / "cache" / "property")
    (tmp_path / "cache" / "property").mkdir(parents=True, exist_ok=True)
    for file in (tmp_path / "cache" / "property").iterdir():
        file.unlink()
    path.write_bytes(one["content"])
    reading = Reading(stamp_of(path.stat()), digest_of(one["content"]))
    cache.store(NotebookCheck(path, None, problem="one"), reading, settings_of(one), one["answers"])
    cache.save()
    path.write_bytes(other["content"])
    found = CheckCache(tmp_path / "cache" / "property").find(path, settings_of(other))
    same = all(one[key] == other[key] for key in ("content", "enabled", "names", "options"))
    holds = all(other["answers"].get(question) == answer for question, answer in one["answers"].items())
    assert (found is not None) == (same and holds)
    assert found is None or found.problem == "one"


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\x91" * 100_000, b"half", msgspec.msgpack.encode({"a.ipynb": [1]})])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, cache_folder: Path, checked: list[str], damage: bytes) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "print(y)")
    found = check(path)
    [file] = cache_folder.iterdir()
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] if damage == b"half" else damage)
    assert check(path) == found
    assert check(path) == found
    assert len(checked) == 2
    assert file.read_bytes() == data


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path, cache_folder: Path, checked: list[str]) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "print(y)")
    cache_folder.parent.write_text("a file where the folder should be")
    assert check(path) == check(path)
    assert len(checked) == 2


def test_half_an_emoji_is_not_kept_and_stops_nothing(tmp_path: Path, checked: list[str]) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "print('\ud83d', y)")
    assert check(path) == check(path)


def test_many_at_once_leave_a_cache_that_serves(tmp_path: Path, cache_folder: Path, checked: list[str]) -> None:
    for number in range(6):
        write(tmp_path / "nb" / f"n{number}.ipynb", f"print(v{number})")
    expected = check_paths([tmp_path / "nb"], texts=False).notebooks
    results: list[list[NotebookCheck]] = []

    def work(number: int) -> None:
        for _ in range(4):
            results.append(check(*(tmp_path / "nb" / f"n{(number + step) % 6}.ipynb" for step in range(6))))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 16
    for result in results:
        assert sorted(result, key=lambda item: item.path) == sorted(expected, key=lambda item: item.path)
    assert [file.suffix for file in cache_folder.iterdir()] == [".msgpack"], "no half-written files stay"
    checked.clear()
    check(tmp_path / "nb")
    assert not checked


def test_the_cache_is_bounded(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkcache, "_FOLDERS", 5)
    for number in range(9):
        check(write(tmp_path / "nb" / str(number) / "a.ipynb", "x = 1"))
    assert len(list(cache_folder.iterdir())) == 5
    path = write(tmp_path / "nb" / "many" / "a.ipynb", "x = 1")
    for number in range(9):
        write(path, f"x = {number}")
        check(path)
    newest = max(cache_folder.iterdir(), key=lambda file: file.stat().st_mtime_ns)
    [results] = msgspec.msgpack.decode(newest.read_bytes()).values()
    assert len(results) == 4


def test_notebooks_that_are_gone_are_forgotten(tmp_path: Path, cache_folder: Path) -> None:
    first = write(tmp_path / "nb" / "a.ipynb", "x = 1")
    check(first)
    first.unlink()
    check(write(tmp_path / "nb" / "b.ipynb", "x = 1"))
    [file] = cache_folder.iterdir()
    assert list(msgspec.msgpack.decode(file.read_bytes())) == ["b.ipynb"]


def test_a_rule_that_crashed_is_asked_again(
    tmp_path: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "nb" / "a.ipynb", "x = 1")
    template = check_paths([write(tmp_path / "other.ipynb", "print(y)")], texts=False).diagnostics[0]
    crash = replace(template, code=checking.INTERNAL_CODE)
    checked.clear()
    with monkeypatch.context() as patch:
        patch.setattr(checking, "check_once", lambda *_: Checked([crash]))
        assert [item.code for item in check(path)[0].diagnostics] == [checking.INTERNAL_CODE]
    assert not check(path)[0].diagnostics
    assert checked == ["a.ipynb", "a.ipynb"]
