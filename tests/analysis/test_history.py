from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from offbook.analysis import History, analyze_cell
from offbook.analysis.staleness import Stale, find_stale
from offbook.notebook import CellId, Run

A, B, C = CellId("a"), CellId("b"), CellId("c")
SOURCES = {A: "df = load()", B: "df['y'] = 1\nn = 2", C: "df.plot(n)"}


def run(cell: CellId, count: int, source: str = "") -> Run:
    return Run(cell, source or SOURCES[cell], count)


def stale(runs: list[Run], **edited: str) -> dict[CellId, Stale]:
    facts = {cell: analyze_cell(edited.get(cell, source)) for cell, source in SOURCES.items()}
    return find_stale(History.of(tuple(runs)), facts)


def test_a_run_rests_on_what_reached_it_in_the_order_of_execution() -> None:
    history = History.of([run(C, 1), run(A, 2), run(B, 3), run(C, 4)])
    assert {(rest.name, rest.cell, rest.number) for rest in history.executions[C].rests} == {
        ("df", A, 1),
        ("df", B, 2),
        ("n", B, 2),
    }
    assert not History.of([run(C, 1), run(A, 2)]).executions[C].rests


def test_a_new_kernel_forgets_values_and_runs_but_not_edits() -> None:
    runs = [run(A, 1), run(B, 2), run(C, 3)]
    assert stale([*runs, run(A, 4)]) == {B: Stale(A, "df", "ran"), C: Stale(A, "df", "ran")}
    assert stale([*runs, run(B, 1), run(A, 2)]) == {}
    assert History.of([*runs, run(B, 1), run(C, 2)]).executions[C].rests[0].cell == B
    assert all(rest.cell == B for rest in History.of([*runs, run(B, 1), run(C, 2)]).executions[C].rests)
    edited = "df = load(2)"
    assert stale([*runs, run(A, 2, edited)], a=edited) == {B: Stale(A, "df", "edited"), C: Stale(A, "df", "edited")}


def test_a_cell_that_is_gone_is_no_cause() -> None:
    history = History.of([run(A, 1), run(C, 2), run(A, 3)])
    assert set(find_stale(history, {C: analyze_cell(SOURCES[C])})) == set()


def test_a_restart_in_which_a_cell_gets_its_old_count_again() -> None:
    assert stale([run(A, 1), run(A, 1, "df = 3")], a="df = 3") == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.integers(1, 6)), max_size=12))
def test_a_history_that_is_continued_is_the_one_from_the_start(steps: list[tuple[CellId, int]]) -> None:
    runs = tuple(run(cell, count) for cell, count in steps)
    continued = History()
    for _, end in pairwise(range(len(runs) + 2)):
        continued = History.of(runs[:end], continued)
    assert continued.executions == History.of(runs).executions
