"""Small random notebooks: whatever literals go to a file of whatever form, they print the same in a fresh run."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_extract_config import ask
from test_extract_function_property import outputs

from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan

LITERALS = st.one_of(
    st.integers(-3, 10**20),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(max_size=8),
    st.sampled_from(["data/a.csv", "yes", "1e3", "0x1", "2020-01-01", "~", "a: b", "# no", " x", "'", "\\t"]),
    st.binary(max_size=3),
)
VALUES = st.recursive(
    LITERALS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=4), st.integers(0, 3), st.booleans()), inner, max_size=3),
    ),
    max_leaves=5,
).map(lambda value: repr(value).replace("inf", "1e999").replace("nan", "0.0"))
NAMES = ("LIMIT", "path", "seed", "columns", "rate", "json", "config", "x")
NAME = st.sampled_from(NAMES)
STATEMENTS = st.one_of(
    st.builds("{0} = {1}".format, NAME, VALUES),
    st.builds("{0} = {1}".format, NAME, VALUES),
    st.builds("{0}: object = {1}  # why".format, NAME, VALUES),
    st.builds("print(repr(read({0}={1})))".format, st.sampled_from(["max_depth", "alpha", "random_state"]), VALUES),
    st.builds("for i in range(2):\n    print(repr(read(alpha={0}, n_jobs=2)))".format, VALUES),
    st.builds("kept = {0}\nprint({0} is kept, {0} == kept)".format, NAME),
    st.builds("print(repr({0}), type({0}))".format, NAME),
    st.builds("if isinstance({0}, list):\n    {0}.append(1)".format, NAME),
    st.builds("def show():\n    return {0}".format, NAME),
    st.sampled_from(["print(repr(show()))", "import random; random.seed(42); print(random.random())"]),
)
OWN = "def read(**given):\n    return given\ndef show():\n    return 0"


@st.composite
def notebooks(draw: st.DrawFn) -> list[str]:
    """Draw cells: the first binds every name, or none; what it binds to a value is often not bound again."""
    first, later = OWN, STATEMENTS
    if draw(st.integers(0, 3)):
        kept = draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=4))
        values = {name: draw(VALUES) if name in kept else "None" for name in NAMES}
        first = "\n".join([*(f"{name} = {value}" for name, value in values.items()), OWN])
        if draw(st.integers(0, 3)):
            later = STATEMENTS.filter(lambda text: not text.startswith(tuple(kept)))
    return [first, *("\n".join(draw(st.lists(later, min_size=1, max_size=4))) for _ in range(draw(st.integers(1, 4))))]


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """Give a new working folder whose modules can be imported, and forget them afterwards."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.path.insert(0, folder)
        try:
            yield Path(folder)
        finally:
            sys.path.remove(folder)
            os.chdir(here)
            sys.modules.pop("settings", None)


def test_what_goes_to_a_file_comes_back() -> None:
    applied = 0

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks(), st.sampled_from(["settings.yaml", "settings.json", "settings.py"]), st.booleans())
    def check(sources: list[str], to: str, everything: bool) -> None:
        nonlocal applied
        with workspace() as root:
            cells = tuple(Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources))
            before = Notebook(root / "notebook.ipynb", cells)
            expected = outputs(before)
            plan = ask(before, root, {"to": to, "everything": everything})
            if not isinstance(plan, Plan) or "Error" in "".join(expected.values()):
                return
            applied += 1
            for file in plan.files:
                file.path.write_text(file.after, encoding="utf-8", newline="")
            after = outputs(apply_changes(before, plan.notebooks[0].changes))
            assert {cell: text for cell, text in after.items() if cell in expected} == expected

    check()
    assert applied > 75
