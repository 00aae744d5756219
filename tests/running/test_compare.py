from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.notebook import CellId
from offbook.running import CellRun, Comparison, RunReport, Trial, compare_trials
from offbook.running.display import _printed
from offbook.running.normalize import html_text, normalize, same_json, same_text


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {key.replace("_", "/"): value for key, value in data.items()}}


def trial(folder: Path, written: dict[str, bool] | None = None, **cells: list[dict[str, Any]]) -> Trial:
    runs = tuple(
        CellRun(CellId(name), index, 0.1, index + 1, tuple(outs)) for index, (name, outs) in enumerate(cells.items())
    )
    return Trial(RunReport("passed", cells=runs), folder, written or {})


def what(found: Comparison) -> list[str]:
    return [difference.what for difference in found.differences]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<object at 0x7f3a5c0d1e80>", "<object at 0x7f0000000000>"),
        (
            "CPU times: user 2 ms, sys: 0 ns\nWall time: 2.1 ms\n45",
            "CPU times: user 9 ms, sys: 1 ns\nWall time: 3 s\n45",
        ),
        ("1.2 µs ± 3 ns per loop (mean ± std. dev. of 7 runs, 10 loops each)", "9 ms ± 1 ms per loop (mean of 7 runs)"),
        ("/tmp/ipykernel_12/345.py:3: FutureWarning: x", "/tmp/ipykernel_99/1.py:8: FutureWarning: x"),
        ("/w/helpers.py:3: UserWarning: x", "/tmp/ipykernel_99/1.py:8: UserWarning: x"),
        ("saved /tmp/tmpab12cd34/x.csv", "saved /tmp/tmpzz99yy88/x.csv"),
        ("100%|██████| 20/20 [00:00<00:00, 5.1it/s]", "100%|██████| 20/20 [00:02<00:00, 9.1it/s]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("<Figure size 640x480 with 1 Axes>", "<Figure size 432x288 with 1 Axes>"),
        ("id 9f86d081884c7d659a2feaa0c55ad015", "id 0cc175b9c0f1b6a831c399e269772661"),
    ],
)
def test_what_changes_from_run_to_run_is_taken_out(one: str, other: str) -> None:
    assert same_text(normalize(one), normalize(other))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("loss 0.123456789", "loss 0.123456788", True),
        ("loss 0.12", "loss 0.13", False),
        ("rows 100", "rows 101", False),
        ("1e-3 and -2.50", "0.001 and -2.5", True),
        ("2024-01-01", "2024-01-02", False),
        ("a 1.0", "b 1.0", False),
        ("1.0 2.0", "1.0", False),
        (f"{2**200}", f"{2**200 + 1}", False),
        ("<Figure size 640x480 with 1 Axes>", "<Figure size 640x480 with 2 Axes>", False),
    ],
)
def test_numbers_have_a_tolerance_and_whole_ones_none(one: str, other: str, same: bool) -> None:
    assert same_text(normalize(one), normalize(other)) is same


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text(), st.text())
def test_a_text_agrees_with_itself_and_the_order_does_not_matter(one: str, other: str) -> None:
    assert same_text(one, one)
    assert same_text(one, other) == same_text(other, one)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)), st.integers(0, 20))
def test_another_whole_number_is_always_seen(values: list[float], at: int) -> None:
    text = " ".join(map(str, values))
    assert not same_text(f"{text} n={at}", f"{text} n={at + 1}")


def test_json_by_value() -> None:
    assert same_json({"a": [1, 0.1 + 0.2]}, {"a": [1, 0.3]})
    assert not same_json({"a": 1}, {"a": 1, "b": 2})
    assert not same_json([1], [True])


def test_html_is_compared_by_its_text() -> None:
    one = "<style>#T_1{color:red}</style><table id='T_1'><td>4.5</td></table>"
    assert html_text(one) == html_text("<table  id='T_2'><td> 4.5 </td></table>") == "4.5"


def test_the_folder_of_the_copy_is_no_difference(tmp_path: Path) -> None:
    one, other = tmp_path / "1", tmp_path / "2"
    assert what(compare_trials(trial(one, a=[stream(f"in {one}/x")]), trial(other, a=[stream(f"in {other}/x")]))) == []


def test_the_first_difference_says_the_cell_and_both_texts(tmp_path: Path) -> None:
    before = trial(tmp_path, a=[], b=[stream("same\nold\n")])
    found = compare_trials(before, trial(tmp_path, a=[], b=[stream("same\nnew\n")]))
    assert what(found) == ["cell 2 shows another text"]
    assert (found.differences[0].before, found.differences[0].after) == ("old\n", "new\n")


def test_what_differs_far_behind_is_what_is_shown(tmp_path: Path) -> None:
    lines = [f"line {at}" for at in range(2000)]
    before, after = (trial(tmp_path, a=[stream("\n".join([*lines, last, "end"]))]) for last in ("old", "new"))
    found = compare_trials(before, after).differences[0]
    assert (found.before, found.after) == ("old\nend", "new\nend")
    before, after = (trial(tmp_path, a=[stream("x" * 5000 + last)]) for last in (" old", " new"))
    found = compare_trials(before, after).differences[0]
    assert (found.before, found.after) == (f"…{'x' * 99} old", f"…{'x' * 99} new")


def test_deprecations_that_a_module_hides_are_no_difference(tmp_path: Path) -> None:
    warned = "/tmp/ipykernel_1/2.py:3: DeprecationWarning: old\n  old_function()\n"
    before = trial(tmp_path, a=[stream(warned, "stderr"), stream("1\n")])
    assert what(compare_trials(before, trial(tmp_path, a=[stream("1\n")]))) == []
    kept = trial(tmp_path, a=[stream("w.py:3: UserWarning: look\n", "stderr"), stream("1\n")])
    assert what(compare_trials(kept, trial(tmp_path, a=[stream("1\n")]))) == ["cell 1 shows other kinds of output"]


def test_moved_cells_are_compared_together(tmp_path: Path) -> None:
    before = trial(tmp_path, a=[stream("1\n")], b=[stream("2\n")], c=[])
    after = trial(tmp_path, z=[stream("1\n2\n")], c=[])
    moved = {CellId("a"): CellId("z"), CellId("b"): CellId("z")}
    assert what(compare_trials(before, after, moved)) == []
    assert what(compare_trials(before, after)) == [
        "cell 1 shows nothing any more",
        "cell 2 shows nothing any more",
        "a new cell shows something, and showed nothing before",
    ]


def test_a_deleted_cell_that_showed_nothing_is_no_difference(tmp_path: Path) -> None:
    assert what(compare_trials(trial(tmp_path, a=[], b=[stream("1")]), trial(tmp_path, b=[stream("1")]))) == []


def test_what_is_never_the_same_is_said_and_not_compared(tmp_path: Path) -> None:
    before, again = (trial(tmp_path, a=[display(text_plain=f"{n}.5"), stream("x")]) for n in (1, 2))
    other = trial(tmp_path, a=[display(text_plain="3.5"), stream("x")])
    found = compare_trials(before, other, again=again)
    assert what(found) == [] and found.unstable == (
        "Cell 1 gives something else in every run, so that is not compared.",
    )
    wrong = trial(tmp_path, a=[display(text_plain="3.5"), stream("y")])
    assert what(compare_trials(before, wrong, again=again)) == ["cell 1 shows another text"]


def test_all_that_is_never_the_same_is_one_sentence(tmp_path: Path) -> None:
    runs = [trial(tmp_path, **{name: [display(text_plain=f"{n}.5")] for name in ("a", "b", "c")}) for n in (1, 2, 3)]
    found = compare_trials(runs[0], runs[1], again=runs[2])
    assert found.unstable == ("Cells 1, 2 and 3 give something else in every run, so that is not compared.",)


def picture(shade: int, form: str = "PNG") -> str:
    image = pytest.importorskip("PIL.Image").new("RGB", (4, 4), (shade, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, form, **({"compress_level": shade % 9} if form == "PNG" else {}))
    return base64.b64encode(buffer.getvalue()).decode()


def test_pictures_are_compared_by_pixels(tmp_path: Path) -> None:
    def compared(one: str, other: str) -> list[str]:
        return what(
            compare_trials(trial(tmp_path, a=[display(image_png=one)]), trial(tmp_path, a=[display(image_png=other)]))
        )

    assert picture(100) != picture(101)
    assert compared(picture(100), picture(101)) == []
    assert compared(picture(100), picture(150)) == ["cell 1 shows another picture"]
    assert compared(picture(100), "no picture") == ["cell 1 shows another picture"]


def test_written_files_are_compared_by_content(tmp_path: Path) -> None:
    one, other = tmp_path / "1", tmp_path / "2"
    for folder, numbers in ((one, "1.0000000001"), (other, "1.0")):
        folder.mkdir()
        (folder / "table.csv").write_text(f"x\n{numbers}\n")
        (folder / "same.bin").write_bytes(b"\xff\x00")
        (folder / "other.bin").write_bytes(b"\xff" + folder.name.encode())
    names = {"table.csv": True, "same.bin": True, "other.bin": True}
    found = compare_trials(trial(one, {**names, "gone.txt": False}), trial(other, names))
    assert what(found) == ["`gone.txt` is not written now", "`other.bin` has other content"]


@pytest.mark.parametrize(
    "text", ["x" * 300_000, "1" * 300_000, " " * 300_000, "12:" * 100_000, "\x1b]" * 100_000, "/a" * 150_000]
)
def test_long_lines_take_no_longer_than_short_ones(text: str) -> None:
    started = time.process_time()
    assert _printed(text) == text and normalize(text)
    assert time.process_time() - started < 5
