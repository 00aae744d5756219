"""Trees are walked, and written as text, as ``ast`` does it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import offbook
from offbook.analysis.nodes import text_of, walk

EXPRESSIONS = """
a.b.c[0]["x"](1, *args, key=[1, -2], **more)
(a + b).c
(a or b)[1]
"text".join(x)
1 .real
1.5.hex()
u"old"
x[1:2, ::3]
x[a, b]
x[(a, b)]
x[*a, b]
x[a:b]
f((a, b), (y := 1), lambda: 0, (i for i in x))
f(i for i in x)
(yield_ if a else b).c
(await_)(1)
[*a, (b, c), {1: 2}]
f"{a!r:>{width}} {b['c']}"
b"bytes", ..., None, True, 1e400, 2j
(lambda: 0)(1)
-1 .bit_length()
(-1)[0]
"it's"
"line\\nbreak"
""".strip().splitlines()


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_texts_are_those_of_ast(source: str) -> None:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.expr):
            assert text_of(node) == ast.unparse(node)


def test_the_whole_package_is_walked_and_written_as_by_ast() -> None:
    for path in sorted(Path(offbook.__file__).parent.glob("analysis/**/*.py")):
        tree = ast.parse(path.read_text())
        assert list(map(id, walk(tree))) == list(map(id, ast.walk(tree)))
        for node in walk(tree):
            if isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
                assert text_of(node) == ast.unparse(node)
