"""The settings of both editors that are derived from ``offbook.config`` and the rules' options, and their commands."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from offbook.config import Settings
from offbook.devtools.editor_commands import add_to_lab, add_to_vscode
from offbook.rules import all_rules
from offbook.rules.page import rule_options

ROOT = Path(__file__).resolve().parents[3]
VSCODE = "vscode-client/package.json"
LAB = "jupyter_ext/schema/plugin.json"
_LISTS = ("select", "ignore", "exclude", "known-names")
_NOTE = "The project's own settings file wins over this."


def generate() -> Iterator[tuple[str, str]]:
    """Yield both hand-written files with their derived settings and commands replaced."""
    manifest = json.loads((ROOT / VSCODE).read_text(encoding="utf-8"))
    section = manifest["contributes"]["configuration"][0]
    kept = {key: value for key, value in section["properties"].items() if not _is_derived(key.removeprefix("offbook."))}
    section["properties"] = kept | {f"offbook.{key}": _for_vscode(schema) for key, schema in _schemas().items()}
    add_to_vscode(manifest)
    yield VSCODE, _dump(manifest)
    schema = json.loads((ROOT / LAB).read_text(encoding="utf-8"))
    kept = {key: value for key, value in schema["properties"].items() if not _is_derived(key)}
    schema["properties"] = kept | _for_lab()
    add_to_lab(schema)
    yield LAB, _dump(schema)


def _schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each derived setting, by its key."""
    meanings = dict(re.findall(r"^ +(\w+): (.+)$", inspect.cleandoc(Settings.__doc__ or ""), re.MULTILINE))
    found: dict[str, dict[str, Any]] = {}
    for key in _LISTS:
        text = f"{meanings[key.replace('-', '_')]} {_NOTE}"
        found[key] = {"type": "array", "items": {"type": "string"}, "default": [], "description": text}
    for rule in all_rules():
        for option in rule_options(rule):
            kind = {int: "integer", float: "number", str: "string", bool: "boolean"}[type(option.default)]
            text = f"{option.meaning} ({rule.code}) {_NOTE}"
            found[f"rules.{rule.name}.{option.key}"] = {"type": kind, "default": option.default, "description": text}
    return found


def _for_vscode(schema: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in schema.items() if key != "description"}
    return {**shown, "scope": "window", "markdownDescription": schema["description"]}


def _for_lab() -> dict[str, Any]:
    """Return the settings as JupyterLab wants them: one object for the rules' options."""
    found: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    for key, schema in _schemas().items():
        titled = {"title": _title(key.rpartition(".")[2]), **schema}
        if not key.startswith("rules."):
            found[key] = titled
            continue
        _, name, option = key.split(".")
        entry = rules.setdefault(name, {"title": _title(name), "type": "object", "properties": {}, "default": {}})
        entry["properties"][option] = {key: value for key, value in titled.items() if key != "default"}
    text = f"Options of single rules. {_NOTE}"
    found["rules"] = {"title": "Rules", "type": "object", "description": text, "properties": rules, "default": {}}
    return found


def _title(key: str) -> str:
    return key.replace("-", " ").capitalize()


def _is_derived(key: str) -> bool:
    return key in _LISTS or key == "rules" or key.startswith("rules.")


def _dump(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
