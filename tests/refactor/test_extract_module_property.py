"""Small random notebooks: what is extracted prints the same in a fresh run, whatever the order of things."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_cases import run
from test_extract_module import ask

from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan

NAMES = st.sampled_from(["a", "b", "c"])
FUNCTIONS = st.sampled_from(["f", "g", "h"])
CLASSES = st.sampled_from(["K", "L"])
NUMBERS = st.integers(0, 9)

ATOMS = st.one_of(
    NUMBERS.map(str),
    NAMES.map(lambda name: f"repr({name})"),
    FUNCTIONS.map(lambda name: f"{name}(1)"),
    CLASSES.map(lambda name: f"{name}.size"),
    st.sampled_from(["math.floor(2.5)", "len('ab')", "m.pi", "x", "str(deque([x]))"]),
)
EXPRESSIONS = st.lists(ATOMS, min_size=1, max_size=3).map(lambda parts: f"({', '.join(parts)},)")

BODIES = st.one_of(
    EXPRESSIONS.map(lambda value: f"    return {value}"),
    st.builds(lambda name, value: f"    {name} = {value}\n    return {name}", NAMES, EXPRESSIONS),
    st.builds(lambda name, value: f"    return [{value} for {name} in range(2)]", NAMES, NUMBERS),
    st.builds(lambda name: f"    global {name}\n    {name} = 7\n    return {name}", NAMES),
    st.builds(lambda name: f"    {name}.append(x)\n    return {name}", NAMES),
    st.builds(lambda value: f"    def inner(y):\n        return {value}, y\n    return inner(x)", ATOMS),
)
STATEMENTS = st.one_of(
    st.builds(lambda name, value: f"{name} = {value}", NAMES, NUMBERS),
    st.builds(lambda name, value: f"{name} = ({value}, 2)", NAMES, NUMBERS),
    st.builds(lambda name, other: f"{name} = {other}", NAMES, NAMES),
    st.builds(lambda name: f"{name} = []", NAMES),
    st.builds(lambda name: f"{name} += [1]", NAMES),
    st.builds(lambda name, value: f"{name} = {value}", NAMES, EXPRESSIONS),
    st.builds(
        lambda name, value: f"# says {name}\n\nprint({value})", NAMES, EXPRESSIONS.filter(lambda e: "x" not in e)
    ),
    st.builds(lambda name, body: f"# {name}\ndef {name}(x):\n{body}", FUNCTIONS, BODIES),
    st.builds(lambda name, body: f"def {name}(x):\n{body}", FUNCTIONS, BODIES),
    st.builds(lambda name, default: f"def {name}(x, y={default}):\n    return x, y", FUNCTIONS, NAMES),
    st.builds(lambda name, size: f"class {name}:\n    size = {size}", CLASSES, ATOMS.filter(lambda atom: atom != "x")),
    st.builds(lambda name, other: f"{name} = {other}", FUNCTIONS, FUNCTIONS),
    st.builds(lambda name: f"for {name} in range(2):\n    print({name})", NAMES),
    st.builds(lambda name: f"if {name}:\n    {name} = 5", NAMES),
    st.builds(lambda name: f"del {name}", NAMES),
    st.builds(lambda name, value: f"{name}.size = {value}", CLASSES, NUMBERS),
    st.sampled_from(["import math", "from math import *", "import math as m", "import cmath as m", "m = 3"]),
)
CELLS = st.lists(st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join), min_size=1, max_size=6)
FIRST = "import math, math as m\nfrom collections import deque\na, b, c = 1, 2, 3"


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.booleans(), CELLS, st.lists(st.one_of(FUNCTIONS, CLASSES), max_size=2))
def test_what_is_extracted_prints_the_same(with_first: bool, sources: list[str], chosen: list[str]) -> None:
    if with_first:
        sources = [FIRST, *sources]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        cells = tuple(Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources))
        before = Notebook(root / "notebook.ipynb", cells)
        plan = ask(before, root, {"to": "helpers.py", "names": tuple(chosen), "everything": not chosen})
        if not isinstance(plan, Plan):
            return
        expected = run(before, root)
        for file in plan.files:
            file.path.write_text(file.after, encoding="utf-8")
        after = run(apply_changes(before, plan.notebooks[0].changes), root)
        if "Error " in expected:  # it fails: what it prints before that stays the same
            assert after.startswith(expected[: expected.index(expected.splitlines()[-1])])
        else:
            assert after == expected
