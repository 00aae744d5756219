"""A real client of the Model Context Protocol at the other end of a real server process."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
import pytest
from mcp import Client, StdioServerParameters

pytestmark = pytest.mark.asyncio


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "pyproject.toml").write_text("")
    sources = ["print(late)", "def double(x):\n    return 2 * x", "late = double(4)", "late"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells[1:]), root / "good.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "bad.ipynb")
    return root


class Assistant:
    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, **arguments: object) -> str:
        result = await self.client.call_tool(tool, arguments)
        [content] = result.content
        assert not result.is_error, content.text
        return str(content.text)

    async def refused(self, tool: str, **arguments: object) -> str:
        result = await self.client.call_tool(tool, arguments)
        [content] = result.content
        assert result.is_error
        return str(content.text)


@asynccontextmanager
async def assist(workspace: Path) -> AsyncIterator[Assistant]:
    command = ["-m", "offbook", "mcp", "--root", str(workspace)]
    server = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))
    async with Client(server) as client:
        yield Assistant(client)


async def test_tools_say_whether_they_read_write_or_run(workspace: Path) -> None:
    async with assist(workspace) as assistant:
        tools = {tool.name: tool for tool in (await assistant.client.list_tools()).tools}
        read_only = {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint}
        assert tools.keys() - read_only == {"apply_refactoring", "run_notebooks"}
        assert tools["apply_refactoring"].annotations.destructive_hint
        assert tools["check_notebooks"].input_schema["required"] == ["paths"]
        assert all(tool.description for tool in tools.values())


async def test_notebooks_are_checked_explained_and_drawn(workspace: Path) -> None:
    async with assist(workspace) as assistant:
        found = await assistant.call("check_notebooks", paths=["."], select=["OB101"])
        assert "OB101" in found
        assert "late" in found
        assert "# use-before-definition (OB101)" in await assistant.call("explain_rule", code="OB101")
        assert "reaches too late" in await assistant.call("cell_graph", notebook="bad.ipynb")


async def test_a_refactoring_is_listed_planned_and_applied(workspace: Path) -> None:
    async with assist(workspace) as assistant:
        assert "## extract.module" in await assistant.call("list_refactorings")
        wanted = {"notebook": "good.ipynb", "refactoring": "extract.module"}
        options = {"names": ["double"], "to": "lib.py"}
        diff = await assistant.call("plan_refactoring", **wanted, options=options)
        assert "+from lib import double" in diff
        assert not (workspace / "lib.py").exists()
        said = await assistant.call("apply_refactoring", **wanted, options=options)
        assert "wrote" in said
        assert "def double(x):" in (workspace / "lib.py").read_text()


async def test_what_would_change_results_is_not_written(workspace: Path) -> None:
    async with assist(workspace) as assistant:
        before = (workspace / "bad.ipynb").read_bytes()
        options = {"names": ["double"], "to": "lib.py"}
        said = await assistant.call(
            "apply_refactoring", notebook="bad.ipynb", refactoring="extract.module", options=options
        )
        assert "Nothing was changed" in said
        assert (workspace / "bad.ipynb").read_bytes() == before
        assert not (workspace / "lib.py").exists()


async def test_a_run_tells_the_failing_cell(workspace: Path) -> None:
    async with assist(workspace) as assistant:
        assert "passed" in await assistant.call("run_notebooks", paths=["good.ipynb"])
        failed = await assistant.call("run_notebooks", paths=["bad.ipynb"])
        assert "late" in failed
        assert "NameError" in failed


async def test_nothing_outside_of_the_workspace_is_touched(workspace: Path) -> None:
    async with assist(workspace) as assistant:
        (workspace.parent / "other.ipynb").write_bytes((workspace / "good.ipynb").read_bytes())
        for tool in ("check_notebooks", "run_notebooks"):
            assert "is outside of the workspace" in await assistant.refused(tool, paths=["../other.ipynb"])
        options = {"names": ["double"], "to": "../lib.py"}
        said = await assistant.refused(
            "plan_refactoring", notebook="good.ipynb", refactoring="extract.module", options=options
        )
        assert "is outside of the workspace" in said


async def test_mistakes_are_told_in_words(workspace: Path) -> None:
    async with assist(workspace) as assistant:
        assert "there is no refactoring" in await assistant.refused(
            "plan_refactoring", notebook="good.ipynb", refactoring="extract.all"
        )
        assert "has no option `speed`" in await assistant.refused(
            "plan_refactoring", notebook="good.ipynb", refactoring="clean", options={"speed": 3}
        )
        assert "no rule is called `OB999`" in await assistant.refused("explain_rule", code="OB999")
        assert "none.ipynb" in await assistant.refused("cell_graph", notebook="none.ipynb")
