"""Reads refactoring cases from Markdown, and runs notebooks in a plain interpreter."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from offbook.notebook import Notebook, mask
from offbook.notebook.percent import parse_percent

CASES = Path(__file__).parent / "cases"


@dataclass
class Case:
    name: str
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """What stands under `extract`: the options, and `in`, the notebook's folder."""
        return dict(line.split(": ", 1) for line in self.parts.get("extract", "").strip().splitlines())

    @property
    def options(self) -> dict[str, object]:
        flags = {name: word == "yes" for name, word in self.words.items() if name not in ("names", "to", "in")}
        return {"names": tuple(self.words["names"].split(", ")), "to": self.words["to"], **flags}

    def function(self, notebook: Notebook) -> dict[str, object]:
        """Return the options of ``extract.function``: ``cells: 2-4`` or ``lines: 2:1-3``, both from 1."""
        words = dict(line.split(": ", 1) for line in self.parts["function"].strip().splitlines())
        found: dict[str, object] = {"name": words["name"]} if "name" in words else {}
        if "cells" in words:
            first, _, last = words["cells"].partition("-")
            found["cells"] = [cell.id for cell in notebook.cells[int(first) - 1 : int(last or first)]]
        if "lines" in words:
            cell, _, lines = words["lines"].partition(":")
            first, _, last = lines.partition("-")
            found["lines"] = {
                "cell": notebook.cells[int(cell) - 1].id, "first": int(first) - 1, "last": int(last or first) - 1
            }  # fmt: skip
        return found

    @property
    def files(self) -> dict[str, str]:
        return {title.split()[0]: text for title, text in self.parts.items() if title.endswith(" before")}

    def notebook(self, part: str, path: Path) -> Notebook:
        return parse_percent(self.parts[part], path)


def read_cases(name: str) -> Iterator[Case]:
    text = (CASES / name).read_text(encoding="utf-8")
    for chunk in re.split(r"^# (?!%%)(?=\S)", _hide_code(text), flags=re.MULTILINE)[1:]:
        title, _, rest = chunk.partition("\n")
        case = Case(title.strip())
        for part in re.split(r"^## ", rest, flags=re.MULTILINE)[1:]:
            heading, _, body = part.partition("\n")
            code = re.search(r"```python\n(.*?)```", body, re.DOTALL)
            case.parts[heading.strip()] = _show_code(code.group(1) if code else body)
        yield case


def _hide_code(text: str) -> str:
    return re.sub(r"```python\n.*?```", lambda found: found.group().replace("#", "\0"), text, flags=re.DOTALL)


def _show_code(text: str) -> str:
    return text.replace("\0", "#")


_RUNNER = """
import ast, asyncio, codeop, inspect, json, sys
sys.path.insert(0, "")
import builtins; builtins.display = lambda *values: print(*map(repr, values))
space = {"__name__": "__main__", "display": display}
import types; module = types.ModuleType("__main__"); module.__dict__.update(space); sys.modules["__main__"] = module
space = module.__dict__
compile_keeping_flags = codeop.Compile()
compile_keeping_flags.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
loop = asyncio.new_event_loop()
def evaluate(code):
    value = eval(code, space)
    return loop.run_until_complete(value) if code.co_flags & inspect.CO_COROUTINE else value
for number, source in enumerate(json.load(sys.stdin)):
    print("cell", number)
    try:
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        evaluate(compile_keeping_flags(tree, f"<cell {number}>", "exec"))
        if last is not None:
            value = evaluate(compile_keeping_flags(ast.Expression(last.value), f"<cell {number}>", "eval"))
            if value is not None:
                print(repr(value))
    except Exception as error:
        print(type(error).__name__, error)
        break
"""


def run(notebook: Notebook, folder: Path) -> str:
    """Run the cells one after another in a fresh interpreter, magics left out; return what is printed and shown."""
    sources = [mask(cell.source).text for cell in notebook.cells if cell.kind == "code"]
    done = subprocess.run(
        [sys.executable, "-c", _RUNNER],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shows_all(text: str) -> bool:
    """Tell whether a run did not fail as a name was not there yet."""
    last = text.splitlines()[-1]
    return not (last.startswith("NameError ") and last.endswith("not defined"))


def shows_the_same(before: str, after: str) -> bool:
    """Tell whether a run shows what the one before showed, up to where that failed as a name was not there yet."""
    return after == before if shows_all(before) else after.startswith(before.rpartition("NameError ")[0])
