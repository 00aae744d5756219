"""Small random notebooks: any cells and any lines that become a function print the same in a fresh run."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_extract_function import ask

from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan

NAMES = st.sampled_from(["a", "b", "c", "n"])
LISTS = st.sampled_from(["xs", "ys", "d"])
FUNCTIONS = st.sampled_from(["f", "g"])
NUMBERS = st.integers(0, 4)

VALUES = st.one_of(
    NUMBERS.map(str),
    NAMES,
    st.builds(lambda one, two: f"{one} + {two}", NAMES, st.one_of(NAMES, NUMBERS.map(str))),
    st.builds(lambda name, number: f"{name}({number})", FUNCTIONS, NUMBERS),
    st.builds(lambda name: f"len({name})", LISTS),
    st.builds(lambda name, other: f"sum({name} for {name} in xs) + {other}", NAMES, NAMES),
)
SHOWN = st.one_of(
    VALUES,
    LISTS,
    st.sampled_from(["None", "xs.append(9)", "h", "f", "[h, g]", "(x for x in xs)"]),
    st.builds("{0}, {1}".format, NAMES, LISTS),
)
SIMPLE = st.one_of(
    st.builds("{0} = {1}".format, NAMES, VALUES),
    st.builds("{0}: len({1}) = {2}".format, NAMES, LISTS, VALUES),
    st.builds("{0} += {1}".format, NAMES, VALUES),
    st.builds("{0}, {1} = {2}, {3}".format, NAMES, NAMES, VALUES, VALUES),
    st.builds("print({0})".format, SHOWN),
    st.builds("xs.append({0})".format, VALUES),
    st.builds("xs += [{0}]".format, VALUES),
    st.builds("d[{0}] = {1}".format, NUMBERS, VALUES),
    st.sampled_from(["ys = xs", "ys = [x for x in xs if x]", "xs = list(ys)", "xs = sorted(xs, key=lambda x: -x * n)"]),
    st.builds("del {0}".format, NAMES),
    st.builds("h = lambda: {0}".format, NAMES),
    st.just("print(h())"),
    st.just("import math"),
    st.just("print(math.floor(n))"),
    st.sampled_from(["# a note", "c = 1; print(c)", "sum = sum(xs)", "t = '''a\n  b'''", "print(t)"]),
)
BLOCKS = st.one_of(
    st.builds("if {0}:\n    {1}\n    {2}".format, NAMES, SIMPLE, SIMPLE),
    st.builds("if {0}:\n    {1}\nelse:\n    {2}".format, NAMES, SIMPLE, SIMPLE),
    st.builds("for {0} in range({1}):\n    {2}".format, NAMES, NUMBERS, SIMPLE),
    st.builds("for {0} in xs[:3]:\n    {1}\n    {2}".format, NAMES, SIMPLE, SIMPLE),
    st.builds("try:\n    {0}\nexcept (KeyError, ZeroDivisionError):\n    {1}".format, SIMPLE, SIMPLE),
    st.builds("while {0}:\n    {1}\n    break".format, NAMES, SIMPLE),
)
DEFINITIONS = st.one_of(
    st.builds("def {0}(x):\n    return x + {1}".format, FUNCTIONS, VALUES),
    st.builds("def {0}(x: {1} + 1) -> {1}:\n    return x, [*{0}.__annotations__.values()]".format, FUNCTIONS, NAMES),
    st.builds("def {0}(x, y={1}):\n    return x + y".format, FUNCTIONS, NAMES),
    st.builds("def {0}(x):\n    global n\n    n = x\n    return n + {1}".format, FUNCTIONS, NAMES),
    st.builds("def {0}(x):\n    xs.append(x)\n    return len(xs)".format, FUNCTIONS),
    st.builds("class K:\n    size = {0}\n    def of(self):\n        return {1}".format, NAMES, NAMES),
    st.just("print(K.size)"),
    st.just("k = K"),
)
STATEMENTS = st.one_of(SIMPLE, SIMPLE, SIMPLE, BLOCKS, DEFINITIONS)
START = """a, b, c, n, t = 1, 2, 0, 3, "t"
xs, ys, d = [1, 2], [], {}
import math
h = lambda: n
class K:
    size = 1
def f(x):
    return x
def g(x):
    return x + n"""
END = "print(a, b, c, n, xs, ys, d, f(1), g(1))"


@st.composite
def notebooks(draw: st.DrawFn) -> list[str]:
    cells = [START]
    for _ in range(draw(st.integers(2, 5))):
        lines = draw(st.lists(STATEMENTS, min_size=1, max_size=4))
        if draw(st.booleans()):
            lines.append(draw(SHOWN))
        cells.append(draw(st.sampled_from(["\n", "\n\n"])).join(lines))
    names = draw(st.lists(st.one_of(NAMES, LISTS), min_size=0, max_size=3, unique=True))
    return [*cells, draw(st.sampled_from([END, f"print([{', '.join(names)}])"]))]


def outputs(notebook: Notebook) -> dict[CellId, str]:
    """Run the cells in this process, up to the first error; return what each prints and shows, without addresses."""
    found: dict[CellId, str] = {}
    space: dict[str, object] = {"__name__": "__main__", "display": lambda value: print(repr(value))}
    for cell in notebook.cells:
        printed = io.StringIO()
        failed = False
        with contextlib.redirect_stdout(printed):
            try:
                tree = ast.parse(cell.source)
                last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
                exec(compile(tree, "<cell>", "exec", dont_inherit=True), space)
                shown_last = last and compile(ast.Expression(last.value), "<cell>", "eval", dont_inherit=True)
                value = eval(shown_last, space) if shown_last else None
                if value is not None:
                    print(repr(value))
            except Exception as error:
                print("Error", type(error).__name__)
                failed = True
        found[cell.id] = re.sub(r" at 0x\w+", "", printed.getvalue())
        if failed:
            break
    return found


def shown(notebook: Notebook) -> str:
    """Run the cells in this process; return what is printed and shown."""
    return "".join(outputs(notebook).values())


def test_what_becomes_a_function_prints_the_same() -> None:
    tried = applied = 0

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks(), st.integers(0, 5), st.integers(1, 4), st.integers(0, 3), st.booleans())
    def check(sources: list[str], start: int, count: int, line: int, whole: bool) -> None:
        nonlocal tried, applied
        root = Path("/nowhere")
        cells = tuple(Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources))
        before = Notebook(root / "notebook.ipynb", cells)
        start = min(start, len(cells) - 1)
        chosen: dict[str, object] = {"cells": [cell.id for cell in cells[start : start + count]]}
        if not whole:
            chosen = {"lines": {"cell": cells[start].id, "first": line, "last": line + count - 1}}
        expected = shown(before)
        if "Error" in expected:
            return
        tried += 1
        plan = ask(before, root, {"name": "extracted", **chosen})
        if isinstance(plan, Plan):
            applied += 1
            assert shown(apply_changes(before, plan.notebooks[0].changes)) == expected

    check()
    assert applied > tried / 4
