from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from offbook.analysis import Analysis, analyze
from offbook.notebook import Cell, CellId
from offbook.notebook.percent import parse_percent

SOURCES = st.sampled_from(
    ["x = 1", "y = x", "x.append(y)", "def f(): return x", "del y", "if y: x = 2", "x", "(", "%%bash\nx"]
)


def reaching(text: str, name: str, cell: int) -> list[tuple[int, str]]:
    found = analyze(parse_percent(text)).flow.reaching(name, cell)
    return [(number, binding.kind) for number, binding in found]


def test_the_nearest_certain_binding_hides_those_before_it() -> None:
    text = "# %%\nx = 1\n# %%\nx = 2\n# %%\nx"
    assert reaching(text, "x", 2) == [(1, "assign")]


def test_bindings_on_some_paths_hide_nothing() -> None:
    text = "# %%\nx = 1\n# %%\nif a: x = 2\n# %%\nfor x in r: pass\n# %%\nx"
    assert reaching(text, "x", 3) == [(2, "for"), (1, "assign"), (0, "assign")]


def test_within_a_cell_the_last_certain_binding_counts() -> None:
    text = "# %%\nx = 1\nimport x\nif a:\n    def x(): pass\n# %%\nx"
    assert reaching(text, "x", 1) == [(0, "function"), (0, "import")]


def test_both_branches_reach() -> None:
    text = "# %%\nx = 0\n# %%\nif a:\n    x = 1\nelse:\n    import x\n# %%\nx"
    assert reaching(text, "x", 2) == [(1, "import"), (1, "assign")]


def test_later_cells_do_not_reach() -> None:
    assert reaching("# %%\nx\n# %%\nx = 1", "x", 0) == []


def seen(analysis: Analysis) -> dict[str, list[object]]:
    flow = analysis.flow
    return {name: list(flow.occurrences(name)) for name in flow.names}


@given(st.lists(SOURCES, max_size=6), st.lists(st.tuples(st.integers(0, 6), SOURCES | st.none()), max_size=4))
def test_an_updated_analysis_is_the_one_made_anew(sources: list[str], edits: list[tuple[int, str | None]]) -> None:
    cells = [Cell(CellId(str(number)), "code", source) for number, source in enumerate(sources)]
    notebook = replace(parse_percent(""), cells=tuple(cells))
    analysis = analyze(notebook)
    for number, (place, source) in enumerate(edits):
        cells = list(notebook.cells)
        if source is None:
            del cells[place : place + 1]
        elif place < len(cells):
            cells[place] = replace(cells[place], source=source)
        else:
            cells.insert(0, Cell(CellId(f"new{number}"), "code", source))
        notebook = replace(notebook, cells=tuple(cells))
        analysis = analyze(notebook, analysis)
        assert seen(analysis) == seen(analyze(notebook))


def test_only_the_edited_cell_is_analysed_again() -> None:
    notebook = parse_percent("# %%\nx = 1\n# %%\ny = x")
    before = analyze(notebook)
    edited = replace(notebook, cells=(notebook.cells[0], replace(notebook.cells[1], source="z = x")))
    after = analyze(edited, before)
    first, second = (cell.id for cell in notebook.cells)
    assert after.facts[first] is before.facts[first]
    assert after.facts[second] is not before.facts[second]
    assert after.flow.names["x"] is not before.flow.names["x"]
    assert "y" not in after.flow.names
