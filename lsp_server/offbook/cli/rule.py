"""``offbook rule``."""

from __future__ import annotations

import difflib
from typing import Any

import click
import msgspec

from offbook.errors import UserError
from offbook.rules import Rule, all_rules
from offbook.rules.page import rule_page


@click.command("rule")
@click.argument("code", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="What is printed.")
def command(code: str | None, form: str) -> None:
    """Explain one rule, by its CODE or name; without one, list all."""
    if code is None:
        rules = all_rules()
    else:
        rules = tuple(rule for rule in all_rules() if code.upper() == rule.code or code.lower() == rule.name)
        if not rules:
            near = difflib.get_close_matches(code, [word for rule in all_rules() for word in (rule.code, rule.name)], 1)
            raise UserError(f"no rule is called `{code}`" + (f": did you mean `{near[0]}`?" if near else ""))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode([_to_dict(rule) for rule in rules]), indent=2).decode())
    elif code is None:
        for rule in rules:
            click.echo(f"{click.style(rule.code, bold=True)}  {rule.severity.value}  {rule.name:26}  {rule.summary}")
    else:
        click.echo(rule_page(rules[0]), nl=False)


def _to_dict(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.name.lower(),
        "summary": rule.summary,
        "page": rule_page(rule),
    }
