"""The settings, as values with their defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from msgspec import Struct, field

from offbook.notebook.modulefile import is_module
from offbook.rules import CATALOGUE, RuleSettings


class RunSettings(Struct, frozen=True):
    """Settings of the run check.

    Attributes:
        timeout: Seconds that a notebook may take; without end where it is not set.
        cell_timeout: Seconds that one cell may take.
        skip: Notebooks (patterns, relative to the settings' file) that are not run.
        tolerance: How far decimal numbers of stored and fresh outputs may lie apart, relative to them; 1e-6 without it.
    """

    timeout: float | None = None
    cell_timeout: float | None = None
    skip: tuple[str, ...] = ()
    tolerance: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no tolerance."""
        if self.tolerance is not None and not 0 <= self.tolerance <= 1:
            raise ValueError(f"`tolerance` is a number from 0 to 1, not {self.tolerance:g}")


class Settings(Struct, frozen=True):
    """What the user has set.

    Attributes:
        root: The folder of the settings' file, to which patterns are relative.
        select: Rules that are checked: codes, names, or starts of codes (`OB1`); all where it is empty.
        ignore: Rules that are not checked; it wins over `select`.
        exclude: Files and folders that are left out (patterns).
        per_path_ignores: Rules that are not checked in some files: a pattern, and the rules.
        known_names: Names that your platform provides (`spark`, `dbutils`).
        rules: Options of single rules, by the rule's name.
        run: Settings of the run check.
    """

    root: Path = field(default_factory=Path)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_path_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known_names: tuple[str, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    run: RunSettings = field(default_factory=RunSettings)

    def for_path(self, path: Path) -> RuleSettings:
        """Return which rules are checked in one saved file, and how."""
        codes = select_codes(self.select) if self.select else select_codes(("ALL",))
        codes -= select_codes(self.ignore)
        for pattern, ignored in self.per_path_ignores.items():
            if self.matches(path, pattern):
                codes -= select_codes(ignored)
        if is_module(path):
            codes &= frozenset(rule.code for rule in CATALOGUE if rule.modules)
        return RuleSettings(codes, self.rules, frozenset(self.known_names))

    def excludes(self, path: Path) -> bool:
        """Tell whether a file is left out."""
        return any(self.matches(path, pattern) for pattern in self.exclude)

    def matches(self, path: Path, pattern: str) -> bool:
        """Tell whether a file, or a folder that it is in, fits a pattern; one without `/` fits any part of the path."""
        try:
            relative: PurePath = path.resolve().relative_to(self.root.resolve())
        except ValueError:
            relative = path
        if "/" not in pattern:
            return any(fnmatch(part, pattern) for part in relative.parts)
        return any(fnmatch(parent.as_posix(), pattern.rstrip("/")) for parent in (relative, *relative.parents))


def select_codes(selectors: Iterable[str]) -> frozenset[str]:
    """Return the codes that some selectors name: a code, a rule's name, the start of codes, or `ALL`.

    A selector that names no rule contributes nothing; :func:`offbook.config.files.parse_settings` reports those.
    """
    return _codes(tuple(selectors))


@cache
def _codes(selectors: tuple[str, ...]) -> frozenset[str]:
    return frozenset(rule.code for rule in CATALOGUE if any(_selects(word, rule.code, rule.name) for word in selectors))


def _selects(selector: str, code: str, name: str) -> bool:
    return selector.upper() == "ALL" or code.startswith(selector.upper()) or selector.lower() == name
