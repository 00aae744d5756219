import ast
import symtable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.analysis import analyze_cell


def exposed(source: str) -> list[str]:
    return [read.name for read in analyze_cell(source).reads if read.exposure == "exposed"]


def maybe(source: str) -> list[str]:
    return [read.name for read in analyze_cell(source).reads if read.exposure == "maybe"]


def bound(source: str) -> list[str]:
    return [binding.name for binding in analyze_cell(source).bindings if binding.definite]


def deferred(source: str) -> list[tuple[str, str]]:
    return [(read.name, read.owner) for read in analyze_cell(source).deferred]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x", ["x"]),
        ("x = 1\nx", []),
        ("x = x + 1", ["x"]),
        ("x += 1", ["x"]),
        ("x.a = y", ["y", "x"]),
        ("x[i] = y", ["y", "x", "i"]),
        ("[a for a in b]", ["b"]),
        ("[a for a in b if c(a) for d in a]", ["b", "c"]),
        ("{k: v for k, v in d.items()}", ["d"]),
        ("sum(x for x in y)", ["sum", "y"]),
        ("[x for x in x]", ["x"]),
        ("lambda a: a + b", []),
        ("lambda a=b: a", ["b"]),
        ("def f(a=b, *c, d=e) -> g: pass", ["b", "e", "g"]),
        ("@dec\ndef f(): x", ["dec"]),
        ("class A(B, metaclass=M):\n    x = y\n    z = x", ["B", "M", "y"]),
        ("class A:\n    def f(self):\n        return z", []),
        ("f'{x:{y}} {z!r}'", ["x", "y", "z"]),
        ("a: B = c", ["B", "c"]),
        ("from __future__ import annotations\na: B = c\ndef f(x: C) -> D: pass", ["c"]),
        ("with open(p) as f:\n    f.read()", ["open", "p"]),
        ("for i in r:\n    i", ["r"]),
        ("while x:\n    y = x", ["x", "x"]),
        ("try:\n    x = 1\nexcept E as e:\n    e", ["E"]),
        (
            "match x:\n    case [a, *b]: a\n    case {'k': c, **d}: d\n    case P(q=e): e\n    case v.w: 0",
            ["x", "P", "v"],
        ),
        ("(y := x)", ["x"]),
        ("del x", ["x"]),
        ("x = 1\ndel x\nx", []),
        ("import a.b\na.b", []),
        ("await x", ["x"]),
        ("global x\nx", ["x"]),
        ("assert x, y", ["x", "y"]),
        ("raise x from y", ["x", "y"]),
        ("print(*a, **b)", ["print", "a", "b"]),
        ("if a: x = 1\nelse: x = 2\nx", ["a"]),
        ("if True:\n    x = 1\nx", []),
        ("if __name__ == '__main__':\n    x = 1\nx", ["__name__"]),
        ("if a:\n    x = 1\nelse:\n    raise E\nx", ["a", "E"]),
        ("try:\n    import x\nexcept ImportError:\n    x = None\nx", ["ImportError"]),
    ],
)
def test_upward_exposed_reads(source: str, names: list[str]) -> None:
    assert exposed(source) == names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("if a:\n    x = 1\nx", ["x"]),
        ("for i in r:\n    pass\ni", ["i"]),
        ("while a:\n    x = 1\nx", ["x"]),
        ("try:\n    x = f()\nexcept E:\n    pass\nx", ["x"]),
        ("match a:\n    case 1: x = 1\nx", ["x"]),
        ("match a:\n    case 1: x = 1\n    case _: x = 2\nx", []),
        ("[(y := v) for v in a]\ny", ["y"]),
        ("with a as b:\n    x = 1\nx, b", []),
        ("try:\n    x = 1\nexcept E as e:\n    x = 2\ne", []),
    ],
)
def test_reads_that_some_paths_expose(source: str, names: list[str]) -> None:
    assert maybe(source) == names


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("def f(): return x", [("x", "f")]),
        ("def f(x): return x", []),
        ("def f():\n    x = 1\n    return x", []),
        ("def f():\n    def g(): return x, y\n    y = 1\n    return g", [("x", "f")]),
        ("def f():\n    global x\n    x = 1\n    return x", [("x", "f")]),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x += y", [("y", "f")]),
        ("class A:\n    x = 1\n    def f(self): return x", [("x", "A")]),
        ("def f(): return [x for x in y if z]", [("y", "f"), ("z", "f")]),
        ("[lambda: (i, j) for i in r]", [("j", "")]),
        ("def f():\n    import a\n    return a.b", []),
        ("def f():\n    for i in r: pass\n    return i", [("r", "f")]),
        ("def f():\n    try: pass\n    except E as e: return e", [("E", "f")]),
        ("def f(): return f()", [("f", "f")]),
        ("class A:\n    def f(self): return A", [("A", "A")]),
        ("async def f():\n    async with a as b: await b", [("a", "f")]),
    ],
)
def test_deferred_reads(source: str, reads: list[tuple[str, str]]) -> None:
    assert deferred(source) == reads


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b, *c = [d] = x", ["a", "b", "c", "d"]),
        ("import a.b, c as d", ["a", "d"]),
        ("from a import b as c, d", ["c", "d"]),
        ("def f(): x = 1", ["f"]),
        ("class A: x = 1", ["A"]),
        ("if a: x = 1", []),
        ("if a: x = 1\nelse: x = 2", ["x", "x"]),
        ("with a as (b, c): d = 1", ["b", "c", "d"]),
        ("for i in r: pass", []),
        ("x: int", []),
        ("x: int = 1", ["x"]),
        ("x = 1\ndel x", []),
        ("x = !ls", ["x"]),
        ("%%capture out\nx = 1", ["out", "x"]),
        ("%%timeit\nx = 1", []),
        ("%time x = 1", ["x"]),
        ("%%bash\nx = 1", []),
        ("def f():\n    global x\n    x = 1", ["f"]),
    ],
)
def test_definite_bindings(source: str, names: list[str]) -> None:
    assert bound(source) == names


@pytest.mark.parametrize(
    ("source", "mutations"),
    [
        ("x[0] = 1", [("x", "subscript", "")]),
        ("x.a.b = 1", [("x", "attribute", "")]),
        ("x += [1]", [("x", "augment", "")]),
        ("x.append(1)", [("x", "method", "append")]),
        ("x.drop('a', inplace=True)", [("x", "inplace", "drop")]),
        ("x['a'].fillna(0, inplace=True)", [("x", "inplace", "fillna")]),
        ("del x[0]", [("x", "subscript", "")]),
        ("def f(y):\n    x.append(y)\n    y.append(1)", [("x", "method", "append")]),
        ("[x.append(i) for i in y]", [("x", "method", "append")]),
        ("[i.append(1) for i in y]", []),
        ("for x[0] in y: pass", [("x", "subscript", "")]),
    ],
)
def test_mutations(source: str, mutations: list[tuple[str, str, str]]) -> None:
    found = [
        (item.name, item.how, item.detail if item.how != "attribute" else "") for item in analyze_cell(source).mutations
    ]
    assert found == mutations


@pytest.mark.parametrize(
    ("source", "display"),
    [
        ("x", "x"),
        ("x;", None),
        ("x # a\n# b", "x"),
        ("x = 1", None),
        ("x\n%magic", None),
        ("%time f(x)", None),
        ("", None),
    ],
)
def test_what_a_cell_displays(source: str, display: str | None) -> None:
    found = analyze_cell(source).display
    assert (found and ast.unparse(found)) == display


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    x\nexcept NameError:\n    x = 1",
        "if 'x' in globals():\n    x",
        "if 'x' not in dir():\n    x = 1\nelse:\n    x",
        "try:\n    x\nexcept:\n    pass",
        "if sys.version_info < (3,):\n    x",
    ],
)
def test_reads_that_expect_a_missing_name_are_guarded(source: str) -> None:
    assert [read.guarded for read in analyze_cell(source).reads if read.name == "x"] == [True]


def test_columns_count_code_points() -> None:
    source = "s = '😀é'; name"
    read = analyze_cell(source).reads[0]
    assert source[read.span.start.column : read.span.end.column] == "name"


def test_definitions_name_their_place_with_decorators() -> None:
    found = analyze_cell("x = 1\n@a\n@b\nasync  def   name(): pass\nif x:\n    def inner(): pass").definitions
    assert [(item.name, item.kind, item.span.start, item.whole.start.line) for item in found] == [
        ("name", "function", (3, 13), 1)
    ]


def test_a_cell_indented_as_a_whole_is_parsed_as_ipython_does() -> None:
    facts = analyze_cell("    x = 1\n    y = x")
    assert facts.problem is None
    assert [(item.name, item.span.start) for item in facts.bindings] == [("x", (0, 4)), ("y", (1, 4))]


@pytest.mark.parametrize(
    ("source", "python2"),
    [("print 'a'", True), ("except X, e:\n", True), ("x = (1", False), ("a b", False), ("raise X, 'y'", True)],
)
def test_python_2_is_told_from_mistakes(source: str, python2: bool) -> None:
    problem = analyze_cell(source).problem
    assert problem is not None
    assert problem.python2 is python2


@pytest.mark.parametrize("source", ["(" * 5000, "x = " + "-" * 100_000 + "1", "a\x00b", "'\ud83d'\nx = 1", "f(" * 200])
def test_no_source_makes_it_crash(source: str) -> None:
    analyze_cell(source)


STATEMENTS = st.sampled_from(
    [
        "a = b",
        "import c",
        "from d import e as f",
        "def g(h, i=j): return h + k",
        "def l():\n    m = 1\n    def n(): return m, o\n    return n",
        "class P(Q):\n    r = s\n    def t(self): return r, u",
        "for v in w:\n    x = v\nelse:\n    y = z",
        "[a1 for b1 in c1 for a1 in b1]",
        "with d1 as e1: f1 = e1",
        "try:\n    g1 = 1\nexcept h1 as i1:\n    print(i1)",
        "j1 = lambda k1: k1 + l1",
        "def m1():\n    global n1\n    n1 = o1",
        "if p1:\n    q1 = 1",
        "(r1 := s1)",
        "t1 += u1",
        "x2: y2 = z2",
        "{a2: b2 for a2, b2 in c2.items()}",
    ]
)


@given(st.lists(STATEMENTS, max_size=5))
def test_python_agrees_which_names_are_the_notebooks(statements: list[str]) -> None:
    """CPython's own symbol table is the judge."""
    source = "\n".join(statements)
    facts = analyze_cell(source)
    table = symtable.symtable(source, "cell", "exec")
    assigned = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    assigned |= _globals(table, assigned=True)
    assert {binding.name for binding in facts.bindings} == assigned
    referenced = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    referenced |= _globals(table, assigned=False)
    augmented = {binding.name for binding in facts.bindings if binding.kind == "augment"}
    found = {read.name for read in facts.reads} | {read.name for read in facts.deferred}
    assert found - augmented == referenced - augmented


def _globals(table: symtable.SymbolTable, *, assigned: bool) -> set[str]:
    names: set[str] = set()
    for child in table.get_children():
        for symbol in child.get_symbols():
            if symbol.is_global() and (symbol.is_assigned() if assigned else symbol.is_referenced()):
                names.add(symbol.get_name())
        names |= _globals(child, assigned=assigned)
    return names
