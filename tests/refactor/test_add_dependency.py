from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.analysis import analyze
from offbook.notebook.percent import parse_percent
from offbook.project.dependencies.requirements import conda_file, requirements_file
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring
from offbook.refactor.dependencies.declaring import DeclareError, declare

PYPROJECT = '[project]\nname = "a"\ndependencies = {}\n\n[tool.x]\ndependencies = ["no"]\n'


def pyproject(dependencies: str, *words: str) -> str:
    after = declare(PurePath("pyproject.toml"), PYPROJECT.format(dependencies), words)
    start, end = PYPROJECT.split("{}")
    assert after.startswith(start)
    assert after.endswith(end)
    return after[len(start) : len(after) - len(end)]


def test_requirements_get_a_line() -> None:
    path = PurePath("requirements.txt")
    assert declare(path, "pandas==2.2\n# end", ["a==1"]) == "pandas==2.2\n# end\na==1\n"
    assert declare(path, "pandas==2.2\r\n", ["a==1", "b"]) == "pandas==2.2\r\na==1\r\nb\r\n"
    assert declare(path, "pandas>=2.2\nnumpy>=1\nx==1\n", ["a==1"]).endswith("\na>=1\n")
    assert declare(path, "", ["a==1"]) == "a==1\n"


def test_pyproject_keeps_its_layout() -> None:
    assert pyproject("[]", "a==1") == '["a==1"]'
    assert pyproject('["b"]', "a==1", "c") == '["b", "a==1", "c"]'
    assert pyproject('["b",]', "a==1") == '["b", "a==1",]'
    assert pyproject('[\n    "b>=2", # ], "\n    "c[x]>=1"\n]', "a==1") == (
        '[\n    "b>=2", # ], "\n    "c[x]>=1",\n    "a>=1",\n]'
    )
    assert pyproject("[\n  'b',\n]", "a") == "[\n  'b',\n  \"a\",\n]"


def test_environments_get_an_item_before_those_of_pip() -> None:
    text = "name: x\ndependencies:\n  - python=3.11\n  - pandas=2\n  - pip:\n    - b\nchannels: [c]\n"
    after = declare(PurePath("environment.yml"), text, ["a==1"])
    assert after == text.replace("  - pip:", "  - a=1\n  - pip:")
    assert declare(PurePath("e.yaml"), "dependencies:\n- b", ["a==1"]) == "dependencies:\n- b\n- a=1\n"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("setup.py", "", "cannot be added to"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npandas = "2"\n', "no `dependencies"),
        ("pyproject.toml", '[project]\ndependencies = ["a"\n', "not closed"),
        ("environment.yml", "name: x\n", "no list"),
        ("requirements.txt", "a", "not of the form"),
    ],
)
def test_other_forms_are_refused(name: str, text: str, why: str) -> None:
    word = "a; rm" if "form" in why and name.endswith("txt") else "a==1"
    with pytest.raises(DeclareError, match=why):
        declare(PurePath(name), text, [word])


NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}(==[0-9]\.[0-9])?", fullmatch=True), max_size=4)


@given(NAMES, NAMES.filter(bool), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_added_is_declared_and_what_was_there_stays(
    old: list[str], new: list[str], newline: str, ends: bool
) -> None:
    text = newline.join(old) + newline * ends
    after = declare(PurePath("requirements.txt"), text, new)
    assert after.startswith(text)
    assert requirements_file(Path("/nowhere/requirements.txt"), after) == {
        word.partition("==")[0] for word in (*old, *new)
    }
    conda = f"dependencies:{newline}" + "".join(f"  - {word}{newline}" for word in ("python", *old))
    after = declare(PurePath("environment.yml"), conda, new)
    assert conda_file(after) == {"python", *(word.partition("==")[0] for word in (*old, *new))}


def test_the_plan_changes_one_file_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pandas==2.2\n")
    known = find_refactoring("add.dependency")
    context = Context(analyze(parse_percent("# %%\nimport a\n", tmp_path / "n.ipynb")), Project(tmp_path))
    plan = known.run(context, known.convert({"requirements": ["a==1"], "to": "requirements.txt"}))
    assert isinstance(plan, Plan)
    [change] = plan.files
    assert (change.before, change.after) == ("pandas==2.2\n", "pandas==2.2\na==1\n")
    assert not plan.notebooks
    for to in ("none.txt", "../requirements.txt"):
        refusal = known.run(context, known.convert({"requirements": ["a==1"], "to": to}))
        assert isinstance(refusal, Refusal)
        assert "there is no file" in refusal.reason
