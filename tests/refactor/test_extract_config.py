from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_cases import CASES, Case, run

from offbook.analysis import analyze
from offbook.notebook import Cell, CellId, InsertCell, Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, Selection, find_refactoring
from offbook.refactor.configuration.values import can_hold, same, to_json, to_yaml
from offbook.text import Span


def read_config_cases() -> list[Case]:
    """Read the cases; a file's text may be in any language."""
    cases: list[Case] = []
    current: list[str] | None = None
    heading = ""
    for line in (CASES / "config.md").read_text(encoding="utf-8").split("\n"):
        if current is not None:
            if line == "```":
                cases[-1].parts[heading] = "".join(f"{text}\n" for text in current)
                current = None
            else:
                current.append(line)
        elif line.startswith("```"):
            current = []
        elif line.startswith("## "):
            heading = line[3:]
            cases[-1].parts[heading] = ""
        elif line.startswith("# "):
            cases.append(Case(line[2:]))
        elif cases and line:
            cases[-1].parts[heading] += f"{line}\n"
    return cases


ALL = read_config_cases()


def options(case: Case) -> dict[str, object]:
    words = dict(line.split(": ", 1) for line in case.parts["extract"].strip().splitlines())
    return words | ({"names": words["names"].split(", ")} if "names" in words else {})


def ask(notebook: Notebook, root: Path, given: dict[str, object]) -> Plan | Refusal:
    refactoring = find_refactoring("extract.config")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(given))


def shown(notebook: Notebook, folder: Path) -> str:
    return re.sub(r"^cell \d+\n", "", run(notebook, folder), flags=re.MULTILINE)


def prepare(case: Case, root: Path) -> Notebook:
    for name, text in case.parts.items():
        if name.endswith(" before"):
            (root / name.removesuffix(" before")).write_text(text, encoding="utf-8")
    return case.notebook("notebook", root / "notebook.ipynb")


@pytest.mark.parametrize("case", [case for case in ALL if "refused" not in case.parts], ids=lambda case: case.name)
def test_values_come_back_the_same(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    plan = ask(notebook, tmp_path, options(case))
    assert isinstance(plan, Plan), plan
    (change,), (file,) = plan.notebooks, plan.files
    after = apply_changes(notebook, change.changes)
    assert [cell.source for cell in after.cells] == [cell.source for cell in case.notebook("after", Path("n")).cells]
    name = file.path.relative_to(tmp_path).as_posix()
    assert (name, file.before, file.after) == (options(case)["to"], None, case.parts[name])
    before = shown(notebook, tmp_path)
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_text(file.after, encoding="utf-8")
    assert shown(after, tmp_path) == before


@pytest.mark.parametrize("case", [case for case in ALL if "refused" in case.parts], ids=lambda case: case.name)
def test_it_is_refused_with_its_place(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    refusal = ask(notebook, tmp_path, options(case))
    assert isinstance(refusal, Refusal), refusal
    reason, _, place = case.parts["refused"].strip().partition("\nat: ")
    assert reason in refusal.reason
    where = refusal.where
    assert place == (f"cell {notebook.index(where.cell) + 1} line {where.span.start.line + 1}" if where else "")


def test_secrets_come_from_the_environment_where_that_is_asked_for(tmp_path: Path) -> None:
    notebook = next(case for case in ALL if case.name == "secrets stay").notebook("notebook", tmp_path / "n.ipynb")
    plan = ask(notebook, tmp_path, {"to": "config.json", "secrets": True})
    assert isinstance(plan, Plan)
    loader, first, _ = apply_changes(notebook, plan.notebooks[0].changes).cells
    assert loader.source.startswith("import json\nimport os\nfrom pathlib import Path\n")
    assert 'API_KEY = os.environ["API_KEY"]\n' in first.source
    assert "anything" not in plan.files[0].after
    assert "Set the environment variable `API_KEY` before" in plan.warnings[0]


def test_left_secrets_are_told_without_their_value(tmp_path: Path) -> None:
    notebook = next(case for case in ALL if case.name == "secrets stay").notebook("notebook", tmp_path / "n.ipynb")
    plan = ask(notebook, tmp_path, {"to": "config.json"})
    assert isinstance(plan, Plan)
    assert plan.warnings[0] == (
        "`API_KEY` stays in cell 1: the value of `API_KEY`, which belongs into an environment variable."
    )
    assert all("anything" not in text for text in (*plan.warnings, *plan.summary))


def test_a_cell_of_papermill_goes_as_a_whole(tmp_path: Path) -> None:
    notebook = parse_percent("# %% tags=parameters\nname = 'Anna'\nx = 1\n# %%\ny = 2", tmp_path / "n.ipynb")
    plan = ask(notebook, tmp_path, {})
    assert isinstance(plan, Plan)
    assert json.loads(plan.files[0].after) == {"name": "Anna", "x": 1}
    assert plan.files[0].path == tmp_path / "config.json"
    assert "Papermill still overrides" in plan.warnings[-1]


def test_a_notebook_in_a_folder_finds_its_file(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    notebook = parse_percent("SIZE = 3\nprint(SIZE)", tmp_path / "notebooks" / "n.ipynb")
    plan = ask(notebook, tmp_path, {"to": "conf.yml"})
    assert isinstance(plan, Plan)
    assert 'Path("../conf.yml")' in apply_changes(notebook, plan.notebooks[0].changes).cells[0].source
    plan.files[0].path.write_text(plan.files[0].after)
    assert shown(apply_changes(notebook, plan.notebooks[0].changes), tmp_path / "notebooks") == "3\n"


def test_windows_line_ends_and_magics_are_kept(tmp_path: Path) -> None:
    body = "SIZE = 3  # é🎭\r\n%time EPOCHS = 4\r\nif_ = 1"
    cells = (
        Cell(CellId("a"), "code", f"%%time\r\n{body}"),
        Cell(CellId("b"), "code", f"%matplotlib inline\r\n{body}".replace("SIZE", "LIMIT")),
    )
    plan = ask(Notebook(tmp_path / "n.ipynb", cells), tmp_path, {"to": "c.json"})
    assert isinstance(plan, Plan)
    inserted, first, second = plan.notebooks[0].changes
    assert isinstance(inserted, InsertCell)
    assert "\r\n" in inserted.cell.source
    assert first.source == '%%time\r\nSIZE = config["SIZE"]  # é🎭\r\n%time EPOCHS = 4\r\nif_ = 1'
    assert second.source == '%matplotlib inline\r\nLIMIT = config["LIMIT"]  # é🎭\r\n%time EPOCHS = 4\r\nif_ = 1'


def test_it_is_offered_where_there_is_something_to_extract(tmp_path: Path) -> None:
    notebook = parse_percent("SIZE = 3\nx = 1\n# %%\nprint(2)\n# %%\nf(n_estimators=5)", tmp_path / "n.ipynb")
    context = Context(analyze(notebook), Project(tmp_path))
    offer = find_refactoring("extract.config").offer
    first, second, third = (Selection(cell.id) for cell in notebook.cells)
    assert offer(context, first) is not None
    assert offer(context, second) is None
    assert offer(context, third) is not None
    chosen = offer(context, Selection(first.cell, Span.of(1, 0, 1, 3)))
    assert chosen is not None
    assert chosen.options == {"names": ["x"]}


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.from_regex(r"[-+.\d_:eE]{1,12}"),
    st.sampled_from(["no", "Yes", "~", "null", "0o7", "1_000", "1e5", ".5", "=", "<<", "- a", "a: b", "#", "a #b"]),
)
KEYS = st.one_of(st.text(), st.integers())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.from_regex(r"[A-Za-z_]\w{0,8}", fullmatch=True), VALUES, min_size=1, max_size=4))
def test_yaml_brings_every_literal_back(entries: dict[str, object]) -> None:
    held = {name: value for name, value in entries.items() if not can_hold("yaml", value)}
    assert same(yaml.safe_load(to_yaml(held)) or {}, held)
    literal = ast.literal_eval(repr({name: value for name, value in held.items() if "inf" not in repr(value)}))
    assert same(yaml.safe_load(to_yaml(literal)) or {}, literal)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.from_regex(r"[A-Za-z_]\w{0,8}", fullmatch=True), VALUES, min_size=1, max_size=4))
def test_json_brings_every_literal_back(entries: dict[str, object]) -> None:
    held = {name: value for name, value in entries.items() if not can_hold("json", value)}
    assert same(json.loads(to_json(held)), held)


@pytest.mark.parametrize(
    ("form", "value", "why"),
    [
        ("json", float("inf"), "JSON has no form for inf"),
        ("json", {1: 2}, "JSON has no form for the key 1"),
        ("yaml", {(1, 2): 3}, "YAML has no form for the key (1, 2)"),
        ("yaml", [(1, 2)], "YAML has no form for a tuple inside it"),
        ("json", b"x", "JSON has no form for a value of the type `bytes`"),
        ("yaml", 1j, "YAML has no form for a value of the type `complex`"),
        ("json", "\ud83d", "it holds half a character"),
        ("json", (1, "a"), ""),
        ("py", {1, 2}, ""),
    ],
)
def test_what_a_form_cannot_hold_is_said(form: str, value: object, why: str) -> None:
    found = can_hold(form, value)  # type: ignore[arg-type]
    assert found.startswith(why) and bool(found) == bool(why)


def test_same_is_strict() -> None:
    assert (
        not same(1, 1.0) and not same(0.0, -0.0) and not same(True, 1) and not same({"a": 1, "b": 2}, {"b": 2, "a": 1})
    )
    assert same([1, {"a": (2.5, None)}], [1, {"a": (2.5, None)}])
