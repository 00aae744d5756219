from hypothesis import given
from hypothesis import strategies as st

from offbook.analysis import analyze
from offbook.analysis.links import find_links
from offbook.notebook.percent import parse_percent


def links(*sources: str) -> list[tuple[int, int, tuple[str, ...], bool]]:
    """Return source, target, names and lateness of every link; cells count from 0."""
    analysis = analyze(parse_percent("".join(f"# %%\n{source}\n" for source in sources)))
    index = analysis.notebook.index
    return [(index(item.source), index(item.target), item.names, item.late) for item in find_links(analysis)]


def test_a_value_comes_from_the_nearest_cell_that_surely_makes_it() -> None:
    assert links("x = 1", "x = 2", "y = x") == [(1, 2, ("x",), False)]


def test_a_cell_that_may_make_it_is_linked_as_well() -> None:
    assert links("x = y = 1", "if y: x = 2", "x") == [
        (0, 1, ("y",), False),
        (0, 2, ("x",), False),
        (1, 2, ("x",), False),
    ]


def test_a_change_in_place_stands_between() -> None:
    assert links("rows = []", "rows.append(1)", "rows") == [(0, 1, ("rows",), False), (1, 2, ("rows",), False)]


def test_a_value_that_is_made_below_comes_late() -> None:
    assert links("print(limit)", "limit = 3", "limit = 4") == [(1, 0, ("limit",), True)]


def test_a_name_that_is_asked_for_first_is_not_late() -> None:
    assert links("if 'limit' in globals(): print(limit)", "limit = 3") == [(1, 0, ("limit",), False)]


def test_what_a_function_reads_when_it_is_called_is_not_late() -> None:
    assert links("def f(): return limit", "limit = 3", "f()") == [(1, 0, ("limit",), False), (0, 2, ("f",), False)]


def test_imports_are_no_links() -> None:
    assert links("import numpy as np", "np.ones(2)", "def f(): return np") == []


def test_names_that_the_cell_makes_first_are_its_own() -> None:
    assert links("i = 1", "for i in range(3): print(i)") == []


def test_several_names_share_a_link() -> None:
    assert links("a = 1; b = 2", "b + a") == [(0, 1, ("b", "a"), False)]


SOURCES = ["x = 1", "y = x", "x.append(y)", "def f(): return x", "if y: x = 2", "import x", "f()", "(", "%%bash\nx"]


@given(st.lists(st.sampled_from(SOURCES), max_size=6))
def test_only_links_from_below_are_late(sources: list[str]) -> None:
    for source, target, names, late in links(*sources):
        assert source != target
        assert names
        assert not late or source > target
