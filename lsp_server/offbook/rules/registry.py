"""How a rule is declared: once, by a decorated generator function in a file of its own."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar

from msgspec import Struct

from offbook.diagnostics import Fix, Proposal, Related, Severity
from offbook.notebook import CellId
from offbook.text import Span

Subject = Literal["cell", "name", "notebook", "suppressions"]
"""What a rule is called with: each code cell, each name, the notebook, or its suppressions when the others have run."""


class Finding(Struct, frozen=True):
    """What a rule yields; the engine adds the rule's code, name and severity."""

    cell: CellId
    span: Span
    message: str
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    proposal: Proposal | None = None


Needs = Literal["", "learning", "networks"]
"""What a notebook has to hold for a rule to run: anything, cells that matter to models, or these or PyTorch."""


class Heading(NamedTuple):
    """What is known of a rule before its module is loaded; see :mod:`offbook.rules.catalogue`."""

    code: str
    name: str
    per: Subject
    needs: Needs
    folder: str
    modules: bool

    def load(self) -> Rule:
        """Load the rule."""
        module = self.name.replace("-", "_")
        importlib.import_module(".".join(filter(None, ("offbook.rules", self.folder, module))))
        return _declared[self.code]


class Rule(Struct, frozen=True):
    """A declared rule.

    Attributes:
        code: the stable code (``OB101``).
        name: the function's name, with hyphens (``use-before-definition``).
        severity: how much its findings matter.
        per: what it is called with.
        check: the generator function; it takes the view that ``per`` names.
        options: a struct of settings with defaults, one class per rule; ``None`` for a rule without any.
        text: the docstring: a summary, headings, and the examples.
        modules: whether it is also checked in modules.
        needs: what a notebook has to hold for it to run.
    """

    code: str
    name: str
    severity: Severity
    per: Subject
    check: Callable[[Any], Iterator[Finding]]
    options: type[Struct] | None
    text: str
    modules: bool = False
    needs: Needs = ""

    @property
    def heading(self) -> Heading:
        """What is known of it before its module is loaded."""
        folder = ".".join(self.check.__module__.split(".")[2:-1])
        return Heading(self.code, self.name, self.per, self.needs, folder, self.modules)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.text.partition("\n")[0]


_Check = TypeVar("_Check", bound=Callable[[Any], Iterator[Finding]])
_declared: dict[str, Rule] = {}


def rule(
    code: str,
    severity: Severity,
    *,
    per: Subject,
    options: type[Struct] | None = None,
    modules: bool = False,
    needs: Needs = "",
) -> Callable[[_Check], _Check]:
    """Declare a rule. The function's name is its name, its docstring its page, the docstring's examples its tests.

    ``modules`` says that it also holds for a module, which it is given as a notebook of one cell.
    """

    def declare(check: _Check) -> _Check:
        name = check.__name__.replace("_", "-")
        text = check.__doc__ or ""
        assert code not in _declared, f"{code} is declared twice"
        _declared[code] = Rule(code, name, severity, per, check, options, text, modules, needs)
        return check

    return declare


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of this package, by code. Rules are found by walking the package."""
    import pkgutil  # noqa: PLC0415  (for documentation alone: checks have the catalogue)

    package = importlib.import_module("offbook.rules")
    for module in pkgutil.walk_packages(package.__path__, "offbook.rules."):
        importlib.import_module(module.name)
    return tuple(_declared[code] for code in sorted(_declared))
