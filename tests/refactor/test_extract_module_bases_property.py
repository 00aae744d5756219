"""Random folders and random lines that put them on the path: the notebook prints the same, whatever imports find."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_cases import run
from test_extract_module import ask

from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.refactor import Plan

FOLDERS = ["", "src", "notebooks", "lib"]
PATHS = st.sampled_from(["..", "../src", "../lib", ".", "../src/p"])
LINES = st.one_of(
    PATHS.map(lambda path: f"sys.path.append({path!r})"),
    PATHS.map(lambda path: f"sys.path.insert(0, {path!r})"),
    PATHS.map(lambda path: f"sys.path.insert(1, os.path.abspath({path!r}))"),
    PATHS.map(lambda path: f"if {path!r} not in sys.path:\n    sys.path.append({path!r})"),
)
FILES = st.sampled_from(["p/__init__.py", "p/m.py", "p/n.py", "q/m.py", "m.py", "n.py", "q/__init__.py"])
NAMES = st.sampled_from(["p", "p.m", "p.n", "src.p.m", "src.p", "m", "n", "q.m", "q"])
INNER = st.one_of(
    st.just(""),
    st.just(""),
    NAMES.map(lambda name: f"import {name}\n"),
    st.sampled_from(["from . import *\n", "m = 3\n", "def late():\n    import p.n\n"]),
)
STATE = "STATE = []\nW = {0!r}\n\n\ndef touch():\n    STATE.append(1)\n    return W, len(STATE)\n"
USES = NAMES.map(lambda name: f"import {name} as x\nprint(x.touch())")
BODIES = st.one_of(
    st.just("def f():\n    return 1"),
    NAMES.map(lambda name: f"import {name} as y\ndef f():\n    return y.touch()"),
    NAMES.map(lambda name: f"from {name} import touch\ndef f():\n    return touch()"),
)
TARGETS = st.sampled_from(
    [(f"../{folder}".rstrip("/"), f"{folder}/{name}.py".lstrip("/")) for folder in ("", "src", "lib")
     for name in ("p/m", "p/new", "new", "n")]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    files=st.dictionaries(st.tuples(st.sampled_from(FOLDERS), FILES), INNER, max_size=7),
    lines=st.lists(LINES, max_size=2),
    uses=st.lists(USES, max_size=2),
    body=BODIES,
    later=st.lists(USES, max_size=2),
    target=TARGETS,
)
def test_what_imports_find_stays_the_same(
    files: dict[tuple[str, str], str],
    lines: list[str],
    uses: list[str],
    body: str,
    later: list[str],
    target: tuple[str, str],
) -> None:
    above, to = target
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for (base, name), inner in files.items():
            path = root / base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(inner + STATE.format(f"{base}/{name}"), encoding="utf-8")
        (root / "notebooks").mkdir(exist_ok=True)
        texts = [
            "import os, sys",
            f"sys.path.append({above!r})",
            *lines,
            *uses,
            body,
            "print(f())",
            *later,
            "print(f())",
        ]
        cells = tuple(Cell(CellId(f"c{number}"), "code", text) for number, text in enumerate(texts))
        notebook = Notebook(root / "notebooks" / "n.ipynb", cells)
        plan = ask(notebook, root, {"names": ("f",), "to": to})
        if not isinstance(plan, Plan):
            return
        before = run(notebook, root / "notebooks")
        if "Error" in before:
            return
        for file in plan.files:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            file.path.write_text(file.after, encoding="utf-8")
        assert run(apply_changes(notebook, plan.notebooks[0].changes), root / "notebooks") == before
