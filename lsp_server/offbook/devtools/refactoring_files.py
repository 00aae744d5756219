"""What is derived from the refactorings: their page, and the catalogue of the TypeScript clients."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

from offbook.refactor import OptionInfo, Refactoring, refactorings

_INTRODUCTION = """\
# Refactorings

After each of them, a fresh run of the notebook gives the same results as before; what cannot be shown to be so is
refused, with the reason and the place, and nothing has changed. In the editors: the light bulb on a selection. On the
command line, the changes are shown; `--write` makes them, `--verify` runs the notebook before and after in fresh
kernels and compares.
"""


def generate() -> Iterator[tuple[str, str]]:
    """Yield the page, and the catalogue."""
    known = refactorings().values()
    yield "docs/refactorings.md", "\n".join([_INTRODUCTION, *map(_section, known)])
    yield "lsp_server/client/src/refactorings.gen.ts", _catalogue([_entry(one) for one in known])


def _section(one: Refactoring[Any]) -> str:
    command = f"offbook {one.id.replace('.', ' ')} NOTEBOOK"
    needed = "".join(f" {info.flag} {info.metavar}" for info in one.infos if info.required)
    rows = [_row(info) for info in one.infos]
    table = ["| option | |", "|---|---|", *rows, ""] if rows else []
    text = inspect.cleandoc(one.run.__doc__ or "")
    return "\n".join([f"## {one.title}", "", f"`{command}{needed}`", "", text, "", *table])


def _row(info: OptionInfo) -> str:
    name = f"{info.flag} {info.metavar}".strip().replace("|", r"\|")
    default = f" Default: `{info.default}`." if info.default and not info.required else ""
    return f"| `{name}` | {info.help}{default} |"


def _entry(one: Refactoring[Any]) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "kind": one.kind,
        "summary": inspect.cleandoc(one.run.__doc__ or "").partition("\n\n")[0].replace("\n", " "),
        "options": [
            {
                "name": info.name,
                "kind": info.kind,
                "help": info.help,
                "required": info.required,
                "default": info.default,
                "group": info.group,
                "ask": info.ask,
                "choices": list(info.choices),
            }
            for info in one.infos
        ],
    }


def _listed(entry: dict[str, Any]) -> str:
    """Return an entry of the catalogue, with a line for each option."""
    fields = [f"    {_json(name)}: {_json(value)},\n" for name, value in entry.items() if name != "options"]
    options = [f"      {_json(option)},\n" for option in entry["options"]]
    return "".join(["  {\n", *fields, '    "options": [\n', *options, "    ],\n  },\n"])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _catalogue(entries: list[dict[str, Any]]) -> str:
    kinds = "'flag' | 'text' | 'whole-number' | 'number' | 'words' | 'cell' | 'cells' | 'lines' | 'path' | 'choice'"
    listed = "[\n" + "".join(map(_listed, entries)) + "]"
    return (
        "// Generated from lsp_server/offbook/refactor by `python -m offbook.devtools.generate`. Do not edit.\n\n"
        "/** An option of a refactoring; `ask` is what to ask the user for, empty where nothing is asked. */\n"
        "export interface OptionInfo {\n"
        "  readonly name: string;\n"
        f"  readonly kind: {kinds};\n"
        "  readonly help: string;\n"
        "  readonly required: boolean;\n"
        "  readonly default: unknown;\n"
        "  readonly group: string;\n"
        "  readonly ask: string;\n"
        "  readonly choices: readonly string[];\n"
        "}\n\n"
        "/** A refactoring of the language server. */\n"
        "export interface RefactoringInfo {\n"
        "  readonly id: string;\n"
        "  readonly title: string;\n"
        "  readonly kind: string;\n"
        "  readonly summary: string;\n"
        "  readonly options: readonly OptionInfo[];\n"
        "}\n\n"
        "/** Every refactoring, by id. */\n"
        f"export const REFACTORINGS: readonly RefactoringInfo[] = {listed};\n"
    )
