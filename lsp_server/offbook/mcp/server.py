"""The tools for coding assistants, over the Model Context Protocol (https://modelcontextprotocol.io)."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from offbook import version
from offbook.errors import UserError
from offbook.mcp.commands import Commands
from offbook.refactor import refactorings

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_RUNS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=True)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=True)

_INSTRUCTIONS = """\
Tools for Jupyter notebooks: find what keeps one from being production code, refactor it without changing what it
computes, and check that it runs from top to bottom. Paths are relative to the workspace. Cells count from 1. Plan a
refactoring before you apply it, and show the user its diff: a refusal is a good answer, do not work around it."""


def make_server(root: Path) -> MCPServer:
    """Return a server whose tools work on the notebooks below a folder."""
    server = MCPServer("offbook", instructions=_INSTRUCTIONS, version=version())
    tools = _Tools(Commands(root))
    for hints, work in (
        (_READS, tools.check_notebooks),
        (_READS, tools.explain_rule),
        (_READS, tools.cell_graph),
        (_READS, tools.list_refactorings),
        (_READS, tools.plan_refactoring),
        (_WRITES, tools.apply_refactoring),
        (_RUNS, tools.run_notebooks),
    ):
        server.tool(annotations=hints, structured_output=False)(_told(work))
    return server


def _told(work: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
    """Turn what is for the user into a tool's error."""

    async def tool(**arguments: Any) -> str:
        try:
            return await work(**arguments)
        except UserError as error:
            raise ToolError(str(error)) from None

    tool.__name__, tool.__doc__ = work.__name__, inspect.cleandoc(work.__doc__ or "")
    tool.__signature__ = inspect.signature(work, eval_str=True)  # type: ignore[attr-defined]
    return tool


class _Tools:
    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    async def check_notebooks(self, paths: list[str], select: list[str] | None = None) -> str:
        """Find what keeps notebooks from being production code; nothing is run.

        `paths` are notebooks or folders; `select` names rules (`OB101`, or `OB1` for all that start so).
        """
        words = ["check", "--format=text", *(f"--select={code}" for code in select or ())]
        return await self._commands.run(*words, *map(self._commands.path, paths))

    async def explain_rule(self, code: str) -> str:
        """Explain a rule by its code: what it finds, why it matters, what to do, with examples."""
        return await self._commands.run("rule", "--", code)

    async def cell_graph(self, notebook: str) -> str:
        """Show what flows between the cells of a notebook, and which cells could become a function or a module."""
        return await self._commands.run("graph", self._commands.path(notebook))

    async def list_refactorings(self) -> str:
        """List the refactorings, with what each does, when it refuses, and its options."""
        found = []
        for id, known in refactorings().items():
            options = [f"  {info.name} ({info.kind}{', needed' * info.required}): {info.help}" for info in known.infos]
            found.append("\n".join([f"## {id}", inspect.cleandoc(known.run.__doc__ or ""), "Options:", *options]))
        return "\n\n".join(found)

    async def plan_refactoring(self, notebook: str, refactoring: str, options: dict[str, Any] | None = None) -> str:
        """Show the diff that a refactoring would make, or why it is refused; nothing is changed, nothing is run.

        `refactoring` is an id of `list_refactorings` (`extract.function`), `options` are its options by name:
        `{"cells": "3-5", "name": "load"}`, `{"names": ["clean"], "to": "lib/cleaning.py"}`.
        """
        return await self._refactor(notebook, refactoring, options or {}, "--diff")

    async def apply_refactoring(self, notebook: str, refactoring: str, options: dict[str, Any] | None = None) -> str:
        """Carry a refactoring out, where a fresh run gives the same before and after; else nothing is written.

        This runs the notebook's code twice, in scratch copies of the workspace. Plan it first, and ask the user.
        """
        return await self._refactor(notebook, refactoring, options or {}, "--verify", "--write")

    async def run_notebooks(self, paths: list[str], timeout: float = 600) -> str:
        """Restart and run notebooks from top to bottom, each in a fresh kernel; tell which cell fails, and why.

        This runs the notebooks' code. Nothing is written to them. `timeout` is in seconds for each notebook.
        """
        return await self._commands.run("run", f"--timeout={timeout}", *map(self._commands.path, paths))

    async def _refactor(self, notebook: str, refactoring: str, options: dict[str, Any], *how: str) -> str:
        words = self._commands.option_words(refactoring, options)
        return await self._commands.run(*refactoring.split("."), self._commands.path(notebook), *words, *how)
