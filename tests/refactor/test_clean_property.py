"""Small random notebooks: whatever cells clean takes away, the others show the same in a fresh run."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_clean import ask
from test_extract_function_property import outputs

from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan

FRAMES = st.sampled_from(["df", "other", "xs", "d"])
COLUMNS = st.sampled_from(["'a'", "'b'"])
LOOKS = st.one_of(
    st.builds("{0}.shape".format, FRAMES),
    st.builds("{0}.head({1})".format, FRAMES, st.integers(1, 3)),
    st.builds("{0}.sample(2{1})".format, FRAMES, st.sampled_from(["", ", random_state=1"])),
    st.builds("{0}.describe()".format, FRAMES),
    st.builds("{0}[{1}].unique()".format, FRAMES, COLUMNS),
    st.builds("{0}[{1}].value_counts().head()".format, FRAMES, COLUMNS),
    st.builds("len({0})".format, FRAMES),
    st.builds("type({0})".format, FRAMES),
    st.builds("{0}".format, FRAMES),
    st.builds("{0}.keys()".format, FRAMES),
    st.sampled_from(
        ["next(steps)", "d['new']", "xs.pop()", "len(list(steps))", "df.info()", "print(df.shape, len(xs))"]
    ),
    st.sampled_from(["df.columns", "look(df)", "_", "print(_)", "df.a.sum()", "xs.index(1)", "df.pop('b').head()"]),
)
STEPS = st.one_of(
    st.builds("{0}[{1}] = 1".format, st.sampled_from(["df", "other"]), COLUMNS),
    st.builds("{0} = {1}".format, FRAMES, FRAMES),
    st.sampled_from(["other = df.copy()", "df = df.dropna()", "steps = iter([1, 2, 3])", "xs.append(len(df))"]),
    st.sampled_from(
        ["print(df.shape)", "print(np.random.rand())", "print(next(steps))", "print(dict(d))", "print(xs)"]
    ),
)
START = """import collections
import numpy as np
import pandas as pd
np.random.seed(0)
df = pd.DataFrame({"a": [1, 2, 3, None], "b": list("wxyz")})
other = df.tail(3)
xs, steps, d = [1, 2, 3, 4, 5, 6, 7], iter(range(9)), collections.defaultdict(list)
def look(frame):
    xs.append(len(frame))
    return frame.shape"""
END = "print(df, other, xs, dict(d), list(steps), np.random.rand())"


@st.composite
def notebooks(draw: st.DrawFn) -> list[str]:
    cells = [START]
    for _ in range(draw(st.integers(2, 6))):
        looks = draw(st.lists(LOOKS, min_size=1, max_size=2))
        cells.append("\n".join(draw(st.one_of(st.just(looks), st.lists(STEPS, min_size=1, max_size=2), st.just([""])))))
    return [*cells, END]


def test_what_stays_shows_the_same() -> None:
    removed = 0

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks())
    def check(sources: list[str]) -> None:
        nonlocal removed
        cells = tuple(Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources))
        before = Notebook(Path("/nowhere/notebook.ipynb"), cells)
        plan = ask(before, Path("/nowhere"))
        expected = outputs(before)
        if isinstance(plan, Plan) and "Error" not in "".join(expected.values()):
            removed += len(plan.removed)
            after = outputs(apply_changes(before, plan.notebooks[0].changes))
            assert after == {cell: text for cell, text in expected.items() if cell not in plan.removed}

    check()
    assert removed > 50
