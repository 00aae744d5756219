"""A rule's page, made from its declaration; and the examples in it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec.structs import fields

from offbook.rules.registry import Rule
from offbook.text.patterns import pattern

_EXAMPLE = pattern(r"^## (?P<kind>Bad|Good)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FENCE = pattern(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """One example of a rule, in percent form."""

    kind: Literal["bad", "good"]
    text: str


class Option(NamedTuple):
    """One setting of a rule: its key, its default, and what it means."""

    key: str
    default: object
    meaning: str


def rule_examples(rule: Rule) -> Iterator[Example]:
    """Yield the examples under *Bad* and *Good*."""
    for section in _EXAMPLE.finditer(inspect.cleandoc(rule.text)):
        for fence in _FENCE.finditer(section["body"]):
            yield Example("bad" if section["kind"] == "Bad" else "good", fence["code"])


def rule_options(rule: Rule) -> list[Option]:
    """Return a rule's settings; their meaning stands in the options' docstring."""
    if rule.options is None:
        return []
    text = inspect.cleandoc(rule.options.__doc__ or "")
    meanings = dict(re.findall(r"^ +(\w+): (.+)$", text, re.MULTILINE))
    found = []
    for field in fields(rule.options):
        found.append(Option(field.name.replace("_", "-"), field.default, meanings[field.name]))
    return found


def rule_page(rule: Rule) -> str:
    """Return the rule's page in Markdown."""
    summary, _, body = inspect.cleandoc(rule.text).partition("\n\n")
    lines = [f"# {rule.name} ({rule.code})", "", f"*{rule.severity.name.capitalize()}.* {summary}", "", body]
    if rule.modules:
        lines += [
            "",
            "## In modules",
            "",
            "Editors show it in the Python modules of the workspace, too, and `offbook check MODULE.py` does.",
        ]
    options = rule_options(rule)
    if options:
        lines += ["", "## Settings", "", f"In `[tool.offbook.rules.{rule.name}]`:", ""]
        lines += [f"- `{option.key}` (default {option.default}): {option.meaning}" for option in options]
    lines += ["", "## Switching it off", ""]
    lines += [f"`# offbook: ignore[{rule.code}]` on the line, the cell tag `offbook:ignore={rule.code}`,"]
    lines += [f"`# offbook: ignore-file[{rule.code}]` in any cell for the whole notebook, or"]
    lines += [f'`ignore = ["{rule.code}"]` in `[tool.offbook]`.', ""]
    return "\n".join(lines)
