"""How a rule is declared: once, by a decorated generator function in a file of its own."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from offbook.diagnostics import Fix, Proposal, Related, Severity
from offbook.notebook import CellId
from offbook.text import Span

Subject = Literal["cell", "name", "notebook", "suppressions"]
"""What a rule is called with: each code cell, each name, the notebook, or its suppressions when the others have run."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule yields; the engine adds the rule's code, name and severity."""

    cell: CellId
    span: Span
    message: str
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    proposal: Proposal | None = None


@dataclass(frozen=True)
class Rule:
    """A declared rule.

    Attributes:
        code: the stable code (``OB101``).
        name: the function's name, with hyphens (``use-before-definition``).
        severity: how much its findings matter.
        per: what it is called with.
        check: the generator function; it takes the view that ``per`` names.
        options: a dataclass of settings with defaults, one class per rule; ``None`` for a rule without any.
        text: the docstring: a summary, headings, and the examples.
    """

    code: str
    name: str
    severity: Severity
    per: Subject
    check: Callable[[Any], Iterator[Finding]]
    options: type | None
    text: str

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.text.partition("\n")[0]


_Check = TypeVar("_Check", bound=Callable[[Any], Iterator[Finding]])
_declared: dict[str, Rule] = {}


def rule(code: str, severity: Severity, *, per: Subject, options: type | None = None) -> Callable[[_Check], _Check]:
    """Declare a rule. The function's name is its name, its docstring its page, the docstring's examples its tests."""

    def declare(check: _Check) -> _Check:
        name = check.__name__.replace("_", "-")
        text = check.__doc__ or ""
        assert code not in _declared, f"{code} is declared twice"
        _declared[code] = Rule(code, name, severity, per, check, options, text)
        return check

    return declare


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of this package, by code. Rules are found by walking the package."""
    package = importlib.import_module("offbook.rules")
    for module in pkgutil.walk_packages(package.__path__, "offbook.rules."):
        importlib.import_module(module.name)
    return tuple(_declared[code] for code in sorted(_declared))
