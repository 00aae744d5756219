"""Small random notebooks: what becomes a class prints the same in a fresh run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_extract_class import ask, outputs

from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan

ATOMS = st.sampled_from(
    ["a", "b", "x", "n", "c", "len(c)", "(a, b)", "[a for a in c]", "(lambda b: (a, b))(1)", "n + 1"]
)
VALUES = st.lists(ATOMS, min_size=1, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
CALLS = st.sampled_from(["f(a, b)", "f(a, b, x)", "f(b, a)", "f(a=a, b=x, x=b)", "f(a, x)", "0"])


def bodies(calls: st.SearchStrategy[str], change: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda value, call: f"    return {value}, {call}", VALUES, calls),
        st.builds(lambda line, value: f"    {line}\n    return {value}", change, VALUES),
        st.builds(lambda line, value: f'    """Text."""\n    {line}\n    return {value}', change, VALUES),
        st.builds(lambda call: f"    def inner(a):\n        return a, b, {call}\n    return inner(n)", calls),
        st.builds(lambda call: f"    return [({call}, b) for b in range(2)]", calls),
    )


CHANGES = st.sampled_from(
    ["a = b", "a += b", "c.append(x)", "b, x = x, b", "for a in c: pass", "x = f'{a} {b}'", "d = [(a, b) for x in c]"]
)
STATE_CHANGES = st.sampled_from(
    [
        "global n\n    n += x",
        "global n, c\n    c = [*c, n]",
        "c.append(x)",
        "x = n",
        "global n\n    n = len(c)",
        "n = 3",
    ]
)


def function(name: str, head: str, body: str) -> str:
    return f"def {name}({head}):\n{body}"


HEADS = st.sampled_from(["a, b, x=1", "a, b, y=3, x=1", "a, b, x=2"])
PARAMETERS = st.tuples(
    st.builds(lambda body: function("f", "a, b, x=1", body), bodies(st.just("0"), CHANGES)),
    st.builds(lambda head, body: function("g", head, body), HEADS, bodies(CALLS, CHANGES)),
    st.builds(lambda body: function("h", "a, b, *x", body), bodies(CALLS, st.just("a = b"))),
)
HELD = st.sampled_from(["n", "c", "x", "len(c)", "[n for n in c]", "(lambda x: (x, n))(1)", "f'{n} {c[0]}'", "n + 1"])
STATE_VALUES = st.lists(HELD, min_size=1, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
STATE_BODIES = st.builds(lambda line, value: f"    {line}\n    return {value}", STATE_CHANGES, STATE_VALUES)
STATE = st.tuples(
    st.builds(lambda body: function("f", "x=1, y=2, z=0", body), STATE_BODIES),
    st.builds(lambda body: function("g", "x=1, y=2, z=0", f"{body}, f(x=n)"), STATE_BODIES),
    st.builds(lambda body: function("h", "y=3, *x", body), STATE_BODIES),
)
SHOWS = st.sampled_from(
    [
        "print(f(p, q), g(p, q))",
        "print(g(p, q, 3))\nh(p, q)",
        "for i in range(2):\n    print(f(p, q), g(i, q), n)",
        "h(p, q, 5)[0]",
        "print([g(p, n) for p in range(2)], f(f(p, q), q))",
        "print(list(map(lambda p: f(p, q), [1, 2])), n, c)",
        "def late():\n    return f(p, q), n\nprint(late())",
        "print(n, c, g(  # first\n    p,\n    q))",
    ]
)
TROUBLE = st.sampled_from(
    [
        "p = 7",
        "q = q + 1",
        "n = n * 2",
        "c = c + [n]",
        "c += [n]",
        "c.append(8)",
        "for n in range(3):\n    pass",
        "if n:\n    n = 5",
        "del q\nq = 1",
        "k = f",
        "print(f'{n} {c}')",
        "n = (c := [1]) and 4",
    ]
)


@st.composite
def notebooks(draw: st.DrawFn, functions: st.SearchStrategy[tuple[str, ...]]) -> list[str]:
    start = ["p = 1", "q = 2", "n = 4", "c = [5]"]
    definitions = list(draw(functions))
    if draw(st.booleans()):
        statements = [*draw(st.permutations(start)), *definitions]
    else:
        statements = [*definitions, *draw(st.permutations(start))]
    statements += draw(st.lists(st.one_of(SHOWS, SHOWS, SHOWS, TROUBLE), min_size=2, max_size=5))
    cells: list[str] = [statements[0]]
    for statement in statements[1:]:
        if draw(st.booleans()):
            cells[-1] += draw(st.sampled_from(["\n", "\n\n"])) + statement
        else:
            cells.append(statement)
    return [*cells, "print(n, c, p, q)", draw(SHOWS)]


def try_notebooks(functions: st.SearchStrategy[tuple[str, ...]], names: list[str]) -> None:
    tried = applied = 0

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks(functions), st.sampled_from([names, names[:2]]))
    def check(sources: list[str], chosen: list[str]) -> None:
        nonlocal tried, applied
        with tempfile.TemporaryDirectory() as name:
            root = Path(name).resolve()
            cells = tuple(Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources))
            before = Notebook(root / "notebook.ipynb", cells)
            tried += 1
            plan = ask(before, root, {"functions": tuple(chosen)})
            if isinstance(plan, Plan):
                applied += 1
                assert outputs(apply_changes(before, plan.notebooks[0].changes), root) == outputs(before, root)

    check()
    assert applied > tried / 4, (applied, tried)


def test_functions_that_share_parameters_print_the_same() -> None:
    try_notebooks(PARAMETERS, ["f", "g", "h"])


def test_functions_that_share_state_print_the_same() -> None:
    try_notebooks(STATE, ["f", "g", "h"])
