"""What is derived from the rules: their pages, and the catalogue of the TypeScript clients."""

from __future__ import annotations

import json
from collections.abc import Iterator

from offbook.diagnostics import DOCUMENTATION
from offbook.rules import Rule, all_rules
from offbook.rules.page import rule_page

_FAMILIES = {
    "OB0": "The checker itself",
    "OB1": "Execution and state",
    "OB2": "Outputs and exploration",
    "OB3": "Plots and results",
    "OB4": "Towards scripts",
    "OB5": "Machine learning",
    "OB6": "Project",
}
_SEVERITIES = {"E": "error", "W": "warning", "I": "information", "H": "hint"}


def generate() -> Iterator[tuple[str, str]]:
    """Yield a page for each rule, their index, and the catalogue."""
    for rule in all_rules():
        yield f"docs/rules/{rule.code}.md", rule_page(rule)
    yield "docs/rules/index.md", _index()
    yield "lsp_server/client/src/rules.gen.ts", _catalogue()


def _index() -> str:
    lines = ["# Rules", "", "`offbook rule CODE` shows a page in the terminal.", ""]
    for prefix, title in _FAMILIES.items():
        rules = [rule for rule in all_rules() if rule.code.startswith(prefix)]
        if rules:
            lines += [f"## {title}", "", "| code | name | severity | |", "|---|---|---|---|", *map(_row, rules), ""]
    return "\n".join(lines)


def _row(rule: Rule) -> str:
    severity = _SEVERITIES[rule.severity.value]
    return f"| [{rule.code}]({rule.code}.md) | {rule.name} | {severity} | {rule.summary} |"


def _catalogue() -> str:
    entries = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": _SEVERITIES[rule.severity.value],
            "summary": rule.summary,
            "url": f"{DOCUMENTATION}/{rule.code}",
        }
        for rule in all_rules()
    ]
    return (
        "// Generated from lsp_server/offbook/rules by `python -m offbook.devtools.generate`. Do not edit.\n\n"
        "/** A rule of the language server. */\n"
        "export interface RuleInfo {\n"
        "  readonly code: string;\n"
        "  readonly name: string;\n"
        "  readonly severity: 'error' | 'warning' | 'information' | 'hint';\n"
        "  readonly summary: string;\n"
        "  readonly url: string;\n"
        "}\n\n"
        "/** Every rule, by code. */\n"
        f"export const RULES: readonly RuleInfo[] = {json.dumps(entries, indent=2, ensure_ascii=False)};\n"
    )
