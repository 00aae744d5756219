"""Small random notebooks that have much in common: what they share prints the same in each of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_cases import run, shows_all, shows_the_same
from test_across import ask, read, save_notebook
from test_extract_module_property import DEFINITIONS, SETTINGS, SHOWS, TROUBLE

from offbook.app.apply import apply_plan
from offbook.refactor import Plan

BLOCK = """{name} = [{number}, 2]
{name}.append({number})
{name}.sort(reverse=True)
texts = [str(value) + "{text}" for value in {name}]
{name}[0] += len(texts[0].strip()) + len({name}[:2]) - a
most = max({name}) + len(texts), h({number})"""
BLOCKS = st.builds(
    lambda name, number, text, last: BLOCK.format(name=name, number=number, text=text) + last,
    st.sampled_from(["c", "d", "xs"]),
    st.integers(1, 3),
    st.sampled_from(["!", "?"]),
    st.sampled_from(["", "\nprint(most)", "\nprint(texts, most)"]),
)


@st.composite
def workspaces(draw: st.DrawFn) -> list[list[str]]:
    """Return the cells of two or three notebooks; most of their definitions are the same."""
    shared = draw(DEFINITIONS)
    found = []
    for _ in range(draw(st.integers(2, 3))):
        own = draw(DEFINITIONS)
        changed = draw(st.lists(st.integers(0, 4), max_size=1))
        constants = [text.replace("a = 1", f"a = {draw(st.integers(1, 2))}") for text in draw(SETTINGS)]
        statements = [*constants, *(own[n] if n in changed else shared[n] for n in range(5))]
        for extra in draw(st.lists(st.one_of(SHOWS, SHOWS, BLOCKS, TROUBLE), min_size=1, max_size=4)):
            start = 6 if extra.count("\n") < 5 and not extra.startswith("print") else 11
            statements.insert(draw(st.integers(min(start, len(statements)), len(statements))), extra)
        cells = [statements[0]]
        for statement in statements[1:]:
            if draw(st.booleans()):
                cells[-1] += f"\n\n{statement}"
            else:
                cells.append(statement)
        found.append([*cells, draw(BLOCKS), draw(SHOWS)])
    return found


def test_what_is_shared_prints_the_same() -> None:
    tried = applied = whole = 0

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(workspaces())
    def check(notebooks: list[list[str]]) -> None:
        nonlocal tried, applied, whole
        with tempfile.TemporaryDirectory() as name:
            root = Path(name).resolve()
            for letter, sources in zip("abc", notebooks, strict=False):
                save_notebook(root / f"{letter}.ipynb", sources)
            tried += 1
            planned = ask(root, across=True)
            if not isinstance(planned.result, Plan):
                return
            applied += 1
            changed = [change.path for change in planned.result.notebooks]
            before = read(root)
            expected = {path: run(before[path.name], root) for path in changed}
            whole += all(map(shows_all, expected.values()))
            apply_plan(planned.result, root, planned.files)
            after = read(root)
            for path in changed:
                shown = run(after[path.name], root)
                assert shows_the_same(expected[path], shown), f"{expected[path]}---\n{shown}"

    check()
    assert applied > tried / 4
    assert whole > applied / 2
