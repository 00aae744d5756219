import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from offbook.notebook import mask
from offbook.text import split_lines

FRAGMENTS = [
    "x = 1",
    "%matplotlib inline",
    "!ls -la",
    "!ls {folder} $name",
    "files = !ls",
    "t = %time f(x)",
    "%time y = f(x)",
    "%timeit -n 10 -r3 f(x)",
    "%timeit for i in x: pass",
    "df?",
    "df.head??",
    "?df",
    "pip install numpy",
    ";",
    "if x:",
    "    %magic in block",
    "    y = 2",
    "!echo one \\",
    "  two",
    "'''",
    '"""',
    "s = '%not magic'",
    "t = (a",
    "% b)",
    "# comment?",
    "",
    "  ",
    "%%time",
    "%%bash",
    "😀 = '漢'",
    "é = !echo 漢",
    "x %= 3",
    "\\",
]
CELLS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=12), max_size=8).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(lines))
)


@given(CELLS)
def test_lines_and_their_lengths_stay(source: str) -> None:
    masked = mask(source).text
    assert list(map(len, split_lines(masked))) == list(map(len, split_lines(source)))
    assert len(masked) == len(source)


@given(CELLS)
def test_every_character_that_is_kept_has_its_place(source: str) -> None:
    masked = mask(source)
    lines = split_lines(source)
    touched = {line for magic in masked.magics for line in range(magic.span.start.line, magic.span.end.line + 1)}
    for number, (before, after) in enumerate(zip(lines, split_lines(masked.text), strict=True)):
        assert before == after or number in touched


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        ("%matplotlib inline", "0#atplotlib inline"),
        ("!ls", "0#s"),
        ("%x", "0#"),
        ("    %cd ..\n    y", "    0#d ..\n    y"),
        ("files = !ls -l", "files = 0#s -l"),
        ("t = %time f(x)", "t =       f(x)"),
        ("%time y = f(x)", "0;    y = f(x)"),
        ("%timeit -n 10 -r3 f(x)", "0;                f(x)"),
        ("df.head?", "0#.head?"),
        ("?df", "0#f"),
        ("!echo one \\\n  two\nx", "0#cho one #\n#####\nx"),
        ("pip install numpy", "0#p install numpy"),
        ("s = '''\n%no magic\n'''", "s = '''\n%no magic\n'''"),
        ("t = (a\n% b)", "t = (a\n% b)"),
        ("x = a \\\n% b", "x = a \\\n% b"),
        ("print('what?')", "print('what?')"),
        ("# what?", "# what?"),
        ("x %= 3", "x %= 3"),
        ("d['a'] = !ls", "d['a'] = 0#s"),
        ("%%time\nx = 1", "#%time\nx = 1"),
        ("%%bash\nls\n", "#%bash\n#s\n"),
        ("\n%%capture out\n!ls\nx = 1", "\n#%capture out\n0#s\nx = 1"),
    ],
)
def test_what_is_masked(source: str, masked: str) -> None:
    assert mask(source).text == masked


@pytest.mark.parametrize(
    ("source", "kind", "name", "reads", "binds"),
    [
        ("!ls {folder} $name", "shell", "!", ("folder", "name"), ()),
        ("%store {x.y}", "line", "store", ("x",), ()),
        ("%%capture out\nx", "cell", "capture", (), ("out",)),
        ("%%bash --out text --err errors\nls $HOME", "cell", "bash", (), ("text", "errors")),
        ("df.head?", "help", "?", ("df",), ()),
        ("%timeit for x in data: pass", "line", "timeit", ("for", "x", "in", "data", "pass"), ()),
    ],
)
def test_names_in_magics(source: str, kind: str, name: str, reads: tuple[str, ...], binds: tuple[str, ...]) -> None:
    magic = mask(source).magics[0]
    assert (magic.kind, magic.name, magic.reads, magic.binds) == (kind, name, reads, binds)


@pytest.mark.parametrize(
    ("source", "language"),
    [("%%html\n<b>", "html"), ("%%time\nx", "python"), ("%%writefile a.py\nx = 1", "writefile"), ("x", "python")],
)
def test_the_language_of_a_cell(source: str, language: str) -> None:
    assert mask(source).language == language


VALID = st.lists(
    st.sampled_from(
        [line for line in FRAGMENTS if line not in ("\\", "t = (a", "'''", '"""', "  two", "!echo one \\")]
    ),
    max_size=6,
)


@given(VALID)
def test_what_ipython_makes_python_stays_python(lines: list[str]) -> None:
    """IPython's own transformer is the judge: where it makes valid Python, so does the mask."""
    source = "\n".join(lines)
    if "pip install" in source or any(line.startswith("%%") for line in lines):
        return  # automagics need a live shell; cell magics are not transformed line by line
    try:
        ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return
    if any(line.startswith(("%time ", "t = %time")) for line in lines) and "    " in source:
        return  # an indented first line: dedented by IPython, by the parser here
    try:
        ast.parse(mask(source).text)
    except IndentationError:
        assert source.lstrip("\n").startswith(" ")
