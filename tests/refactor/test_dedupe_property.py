"""Small random notebooks: whatever copies become calls, they print the same in a fresh run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_dedupe import ask
from test_extract_function_property import BLOCKS, END, LISTS, NAMES, SIMPLE, START, STATEMENTS, shown

from offbook.analysis import clones
from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan
from offbook.refactor.deduplication import copies


@pytest.fixture(autouse=True, scope="module")
def short_copies() -> Iterator[None]:
    """Take three statements of any kind for a copy, as small programs have no longer ones."""
    patch = pytest.MonkeyPatch()
    for module, name, value in [
        (clones, "LEAST_STATEMENTS", 3),
        (copies, "LEAST_STATEMENTS", 3),
        (clones, "_LEAST_KINDS", 1),
        (clones, "_LEAST_SIZE", 1),
    ]:
        patch.setattr(module, name, value)
    yield
    patch.undo()


def varied(text: str, names: dict[str, str], shift: int) -> str:
    """Return code with other names, and other numbers."""
    text = re.sub(r"\b(?:[abcn]|xs|ys)\b", lambda found: names.get(found.group(), found.group()), text)
    return re.sub(r"\b\d\b", lambda found: str((int(found.group()) + shift) % 5), text)


@st.composite
def notebooks(draw: st.DrawFn) -> list[str]:
    block = "\n".join(draw(st.lists(st.one_of(SIMPLE, SIMPLE, BLOCKS), min_size=3, max_size=6)))
    cells = [START]
    for _ in range(draw(st.integers(2, 3))):
        above = draw(st.lists(STATEMENTS, max_size=1))
        below = draw(st.lists(STATEMENTS, max_size=1))
        names = {}
        if draw(st.booleans()):
            names = dict(zip("abcn", draw(st.permutations("abcn")), strict=True))
        if draw(st.booleans()):
            names |= {"xs": "ys", "ys": "xs"}
        cells.append("\n".join([*above, varied(block, names, draw(st.integers(0, 2))), *below]))
    last = draw(st.lists(st.one_of(NAMES, LISTS), min_size=0, max_size=3, unique=True))
    return [*cells, draw(st.sampled_from([END, f"print([{', '.join(last)}])"]))]


def test_copies_that_become_calls_print_the_same() -> None:
    replaced = 0

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks())
    def dedupe(sources: list[str]) -> None:
        nonlocal replaced
        cells = tuple(Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources))
        before = Notebook(Path("/nowhere/notebook.ipynb"), cells)
        expected = shown(before)
        plan = ask(before, Path("/nowhere")) if "Error" not in expected else None
        if isinstance(plan, Plan):
            replaced += 1
            assert shown(apply_changes(before, plan.notebooks[0].changes)) == expected

    dedupe()
    assert replaced > 5
