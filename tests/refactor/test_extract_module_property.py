"""Small random notebooks: what is extracted prints the same in a fresh run, whatever the order of things."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_cases import run, shows_all, shows_the_same
from test_extract_module import ask

from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan

NAMES = st.sampled_from(["a", "b", "c"])
FUNCTIONS = st.sampled_from(["f", "g", "h"])
NUMBERS = st.integers(0, 9)

ATOMS = st.one_of(
    NUMBERS.map(str),
    NAMES.map(lambda name: f"repr({name})"),
    st.sampled_from(["K.size", "L.size", "L().size", "math.floor(2.5)", "m.pi", "str(deque([1]))", "len(str(h))"]),
)
EXPRESSIONS = st.lists(ATOMS, min_size=1, max_size=3).map(lambda parts: f"({', '.join(parts)},)")
CALLS = {"f": ["g(x)", "h(x)", "0"], "g": ["h(x)", "x"], "h": ["x", "x, x"]}


def bodies(calls: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda value, call: f"    return {value}, {call}", EXPRESSIONS, calls),
        st.builds(lambda name, value: f"    {name} = {value}\n    return {name}", NAMES, EXPRESSIONS),
        st.builds(lambda name, call: f"    return [({name}, {call}) for {name} in range(2)]", NAMES, calls),
        st.builds(lambda call: f"    def inner(y):\n        return {call}, y\n    return inner(x)", calls),
        st.builds(lambda name, call: f"    run = lambda {name}: ({name}, {call})\n    return run(x)", NAMES, calls),
    )


def functions(name: str) -> st.SearchStrategy[str]:
    default = st.sampled_from(["", "", ", y=2", ", y=a", ", y=m.pi", ", *y", ", y: 'K' = None"])
    return st.builds(
        lambda above, more, body: f"{above}def {name}(x{more}):\n{body}",
        st.sampled_from(["", "# a comment\n", "\n\n# a comment\n\n"]),
        default,
        bodies(st.sampled_from(CALLS[name])),
    )


DEFINITIONS = st.tuples(
    functions("h"),
    st.sampled_from(["class K:\n    size = 1", "class K(object):\n    size = (a, 1)\n    of = lambda self: b"]),
    functions("g"),
    st.sampled_from(
        ["class L(K):\n    pass", "class L:\n    size = math.pi\n\n    def __init__(self):\n        self.x = c"]
    ),
    functions("f"),
)
SETTINGS = st.permutations(
    ["a = 1", "b = (1, 'b')  # a pair", "c = [3]", "import math", "import math as m", "from collections import deque"]
)
SHOWS = st.builds(
    lambda value, name, last: f"print({value}, {name}(1)){last}",
    EXPRESSIONS,
    FUNCTIONS,
    st.sampled_from(["", "\nh(3)", "\n(g(1), a)", "\nb;"]),
)
TROUBLE = st.one_of(
    st.builds(lambda name, value: f"{name} = {value}", NAMES, NUMBERS),
    st.builds(lambda name, other: f"{name} = {other}", NAMES, NAMES),
    st.builds(lambda name, other: f"{name} = {other}", FUNCTIONS, FUNCTIONS),
    st.builds(lambda name: f"for {name} in range(2):\n    pass", NAMES),
    st.builds(lambda name: f"if a:\n    {name} = 5", NAMES),
    st.builds(lambda name, value: f"def {name}(x):\n    return 'again', {value}", FUNCTIONS, EXPRESSIONS),
    st.sampled_from(
        [
            "def f(x):\n    return g(x)",
            "def h(x):\n    return (1, 2, x)",
            "class K:\n    size = 77",
            "n = 0\ndef g(x):\n    global n\n    n += 1\n    return n, c",
            "d = len(c)\ndef f(x):\n    return d, x",
            "d = L()\ndef h(x):\n    return str(d)[:3], x",
            "def make():\n    return [a, b]\nd = make()\ndef f(x):\n    return d",
            "def f(x, y=len(c)):\n    return y",
        ]
    ),
    st.builds(
        lambda name, number: f"def change():\n    global {name}\n    {name} = {number}\nchange()", NAMES, NUMBERS
    ),
    st.sampled_from(
        ["c.append(4)", "c += [5]", "alias = c\nalias.append(6)", "K.size = 9", "import cmath as m", "del b"]
    ),
    st.sampled_from(["from math import *", "h.note = 1", "K = dict", "repr = str", "b, *rest = c", "(d := 3)"]),
)


@st.composite
def notebooks(draw: st.DrawFn) -> list[str]:
    statements = [*draw(SETTINGS), *draw(DEFINITIONS)]
    for extra in draw(st.lists(st.one_of(SHOWS, SHOWS, TROUBLE), min_size=1, max_size=5)):
        start = 11 if extra.startswith("print") else 6
        statements.insert(draw(st.integers(min(start, len(statements)), len(statements))), extra)
    cells: list[str] = [statements[0]]
    for statement in statements[1:]:
        if draw(st.booleans()):
            cells[-1] += draw(st.sampled_from(["\n", "\n\n"])) + statement
        else:
            cells.append(statement)
    return [*cells, draw(SHOWS)]


def test_what_is_extracted_prints_the_same() -> None:
    tried = applied = whole = 0

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks(), st.lists(st.sampled_from(["f", "g", "h", "K", "L"]), max_size=2), st.booleans())
    def check(sources: list[str], chosen: list[str], parameters: bool) -> None:
        nonlocal tried, applied, whole
        with tempfile.TemporaryDirectory() as name:
            root = Path(name).resolve()
            cells = tuple(Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources))
            before = Notebook(root / "notebook.ipynb", cells)
            tried += 1
            options = {"names": tuple(chosen), "everything": not chosen, "parameters": parameters}
            plan = ask(before, root, {"to": "helpers.py", **options})
            if not isinstance(plan, Plan):
                return
            applied += 1
            expected = run(before, root)
            whole += shows_all(expected)
            for file in plan.files:
                file.path.write_text(file.after, encoding="utf-8")
            shown = run(apply_changes(before, plan.notebooks[0].changes), root)
            assert shows_the_same(expected, shown), f"{expected}---\n{shown}"

    check()
    assert applied > tried / 4
    assert whole > applied / 2
