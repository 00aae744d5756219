"""The list of refactorings, each declared once where it is written.

A refactoring is a pure function from a :class:`Context` and its options to a plan or a refusal. It stands in a module
of this package, and is found by walking the package: nothing else lists it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from offbook.analysis import Analysis
from offbook.errors import UserError
from offbook.notebook import CellId
from offbook.refactor.options import OptionInfo, describe_options
from offbook.refactor.plan import Plan, Refusal
from offbook.text import Span

Options = TypeVar("Options")


class Workspace(Protocol):
    """What a refactoring may know of the files around a notebook; texts include what is unsaved in an editor."""

    @property
    def root(self) -> Path:
        """The folder that no change leaves; absolute."""
        ...

    def read(self, path: Path) -> str | None:
        """Return the text of a file; ``None`` where there is none, or it is not UTF-8 text."""
        ...

    def is_folder(self, path: Path) -> bool:
        """Tell whether there is a folder at ``path``."""
        ...

    def holds_modules(self, path: Path) -> bool:
        """Tell whether a folder holds Python modules."""
        ...

    def library(self, module: str) -> str | None:
        """Return the text of a module or package that is installed for the workspace; ``None`` where none is."""
        ...

    @property
    def added_folders(self) -> tuple[Path, ...]:
        """The folders that the workspace's environment puts on the path: projects that are installed as they stand."""
        ...

    def is_installed(self, top: str) -> bool:
        """Tell whether a copy of a top-level module or package of this name is installed for the workspace."""
        ...

    def notebooks_with(self, words: Sequence[str]) -> Iterable[Analysis]:
        """Return the analyses of the notebooks in whose file one of these ASCII words stands."""
        ...

    def notebooks_defining(self, names: Iterable[str]) -> Iterable[Analysis]:
        """Return the analyses of the notebooks that may define one of these names."""
        ...

    def notebooks_in(self, folder: Path) -> Iterable[Analysis]:
        """Return the analyses of the notebooks that stand in a folder, not below it."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a refactoring is given: the notebook that it starts from, and the workspace."""

    analysis: Analysis
    workspace: Workspace


@dataclass(frozen=True, slots=True)
class Selection:
    """What a user has selected: a place in one cell, or all of it (without a span).

    An empty span is a cursor.
    """

    cell: CellId
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A refactoring that a selection can have.

    Attributes:
        title: what it would do here, as a menu says it.
        options: the options that the selection stands for, as plain data; the function's defaults do for the others.
    """

    title: str
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refactoring(Generic[Options]):
    """One declared refactoring.

    Attributes:
        id: its stable name, ``extract.module``.
        title: what it does, as a menu says it.
        kind: the kind of code action, ``refactor.extract.module``.
        options: the dataclass of its options.
        run: the function itself; its docstring is the documentation.
        offer: tells whether a selection can have it; it is asked at every move of the cursor, so it must be quick.
    """

    id: str
    title: str
    kind: str
    options: type[Options]
    run: Callable[[Context, Options], Plan | Refusal]
    offer: Callable[[Context, Selection], Offer | None]

    @property
    def infos(self) -> tuple[OptionInfo, ...]:
        """What is known of its options."""
        return describe_options(self.options)

    def convert(self, options: Mapping[str, object]) -> Options:
        """Return the options from plain data (of a message, or of a command line).

        Raises:
            UserError: where an option is unknown or of a wrong type.
        """
        known = {field.encode_name for field in msgspec.inspect.type_info(self.options).fields}  # type: ignore[attr-defined]
        for name in options:
            if name not in known:
                raise UserError(f"`{self.id}` has no option `{name}`; it has {_listed(sorted(known))}")
        try:
            return msgspec.convert(options, self.options)
        except msgspec.ValidationError as error:
            raise UserError(f"the options of `{self.id}` are not valid: {error}") from None

    def filled(self, context: Context, selection: Selection, options: Mapping[str, object]) -> dict[str, object]:
        """Return options with what is selected in the place of what they leave open."""
        found = self.offer(context, selection)
        groups = {info.name: info.group for info in self.infos}
        given = {groups.get(name) or name for name in options}
        offered = found.options.items() if found is not None else ()
        return {name: value for name, value in offered if (groups[name] or name) not in given} | dict(options)


def _no_offer(_context: Context, _selection: Selection) -> None:
    """Offer nothing: the refactoring is of the whole notebook, or asked for by name."""


_registry: dict[str, Refactoring[Any]] = {}

Run = Callable[[Context, Options], Plan | Refusal]


def refactoring(
    id: str,
    title: str,
    kind: str,
    options: type[Options],
    offer: Callable[[Context, Selection], Offer | None] = _no_offer,
) -> Callable[[Run[Options]], Run[Options]]:
    """Declare the decorated function as a refactoring; see :class:`Refactoring`."""

    def declare(run: Run[Options]) -> Run[Options]:
        _registry[id] = Refactoring(id, title, kind, options, run, offer)
        return run

    return declare


@cache
def refactorings() -> Mapping[str, Refactoring[Any]]:
    """Return every refactoring by its id."""
    package = importlib.import_module("offbook.refactor")
    for module in pkgutil.iter_modules(package.__path__, "offbook.refactor."):
        if not module.ispkg:
            importlib.import_module(module.name)
    return dict(sorted(_registry.items()))


def find_refactoring(id: str) -> Refactoring[Any]:
    """Return the refactoring of this id.

    Raises:
        UserError: where there is none.
    """
    found = refactorings().get(id)
    if found is None:
        raise UserError(f"there is no refactoring `{id}`; there are {_listed(refactorings())}")
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
