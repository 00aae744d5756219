import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from offbook.analysis import analyze
from offbook.analysis.links import Link
from offbook.app.graph import draw_graph, make_graph
from offbook.app.graph.groups import find_groups, sections
from offbook.app.graph.lanes import lay_buses
from offbook.notebook import CellId
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Context

NOTEBOOK = """\
# %% [markdown]
# # Sales & *more*
# %%
# Read them
rows = [3, 4]
# %%
def total(values):
    return sum(values)
# %% [markdown]
# ## Sum up
# %%
low = min(rows)
high = max(rows)
mean = total(rows) / len(rows)
print(low, high, mean)
# %%

# %%
print(late)
# %%
late = 1
"""
SVG = "{http://www.w3.org/2000/svg}"


def graph_of(text: str):
    analysis = analyze(parse_percent(text))
    return analysis, make_graph(analysis)


def test_cells_are_named_by_their_comment_definition_or_first_line() -> None:
    _, graph = graph_of(NOTEBOOK + "# %%\nimport sys\nprint(sys.path)\n# %%\n#---\nclass A: pass\n")
    titles = [node.title for node in graph.nodes]
    assert titles == [
        "Read them",
        "total()",
        "low = min(rows)",
        "print(late)",
        "late = 1",
        "print(sys.path)",
        "class A",
    ]
    assert [(heading.level, heading.text) for heading in graph.headings] == [(1, "Sales & more"), (2, "Sum up")]


def test_cells_say_what_they_give() -> None:
    _, graph = graph_of(NOTEBOOK)
    assert [node.gives for node in graph.nodes] == [("rows",), ("total",), (), (), ("late",)]


def test_the_drawing_names_cells_lines_and_states() -> None:
    _, graph = graph_of(NOTEBOOK)
    root = ElementTree.fromstring(draw_graph(graph, 'Cells of "a" <b>'))
    assert root.get("aria-label") == 'Cells of "a" <b>'
    groups = root.findall(f"{SVG}g")
    cells = [item for item in groups if item.get("class", "").startswith("cell ")]
    assert [item.get("data-cell") for item in cells] == [node.cell for node in graph.nodes]
    assert cells[0].get("class") == "cell not-run"
    [late] = [item for item in groups if item.get("class") == "bus late"]
    assert (late.get("data-from"), late.get("data-to")) == ("6", "5")
    assert "takes late from cell 8 below" in (cells[3].get("aria-label") or "")
    for cell in cells:
        [seen] = cell.findall(f"{SVG}text")
        assert "".join(seen.itertext()) in (cell.get("aria-label") or "")


@given(st.text(), st.text())
def test_any_text_gives_well_formed_drawings_without_scripts(source: str, title: str) -> None:
    _, graph = graph_of(f"# %%\nx = 1\n# {source.splitlines()[0] if source.splitlines() else ''}<script>\n# %%\nx\n")
    svg = draw_graph(graph, title)
    root = ElementTree.fromstring(svg)
    assert not root.findall(f".//{SVG}script")
    assert not [name for item in root.iter() for name in item.attrib if name.startswith("on")]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda pair: pair[0] != pair[1]), max_size=40))
def test_lines_on_one_lane_never_meet(pairs: list[tuple[int, int]]) -> None:
    rows = {CellId(str(number)): number for number in range(31)}
    links = [Link(CellId(str(source)), CellId(str(target)), ("x",), late=False) for source, target in pairs]
    buses = lay_buses(links, rows)
    assert sorted({(bus.source, target) for bus in buses for target in bus.targets}) == sorted(
        {(link.source, link.target) for link in links}
    )
    taken: dict[int, set[int]] = {}
    for bus in buses:
        ends = [rows[bus.source], *(rows[target] for target in bus.targets)]
        span = set(range(min(ends), max(ends) + 1))
        assert not span & taken.setdefault(bus.lane, set())
        taken[bus.lane] |= span


def test_sections_and_definitions_could_become_something(tmp_path) -> None:
    analysis, _ = graph_of(NOTEBOOK)
    groups = find_groups(Context(analysis, Project(tmp_path)))
    index = analysis.notebook.index
    assert [(item.refactoring, item.name, [index(cell) for cell in item.cells]) for item in groups] == [
        ("extract.module", "total", [2]),
        ("extract.function", "sum_up()", [4]),
    ]
    svg = draw_graph(make_graph(analysis, groups), "cells")
    assert re.findall(r'data-refactoring="([^"]+)" data-rows="([^"]+)" data-name="([^"]+)"', svg) == [
        ("extract.module", "2", "total"),
        ("extract.function", "4", "sum_up()"),
    ]


def test_a_section_ends_where_code_defines_or_imports() -> None:
    text = "# %% [markdown]\n# # A\n# %%\na = 1\nb = 2\nc = 3\nd = 4\n# %%\nimport os\n# %%\ne = 5\n"
    analysis = analyze(parse_percent(text))
    assert [[analysis.notebook.index(cell) for cell in cells] for cells in sections(analysis)] == [[1]]
