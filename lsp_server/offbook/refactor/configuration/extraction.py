"""Puts the parts together: what goes to the file, the checks, and the plan."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from offbook.notebook import Cell, CellId, InsertCell, ReplaceSource, new_cell_id
from offbook.refactor.configuration.candidates import Candidate, Candidates, Left, is_worth
from offbook.refactor.configuration.cells import ConfigCell
from offbook.refactor.configuration.entries import Entry, make_entries
from offbook.refactor.configuration.loader import Loader, make_loader
from offbook.refactor.configuration.surroundings import check_surroundings
from offbook.refactor.configuration.values import Form, same, to_json, to_yaml
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.module.surroundings import check_notebook
from offbook.refactor.module.target import find_target
from offbook.refactor.plan import FileChange, NotebookChange, Plan, Refusal
from offbook.refactor.registry import Context

_FORMS: dict[str, Form] = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".py": "py"}


class Choice(Protocol):
    """What the user chose: the options of the refactoring."""

    @property
    def to(self) -> str:
        """The file's path."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Variables by name."""
        ...

    @property
    def everything(self) -> bool:
        """Whether every variable with a literal goes."""
        ...

    @property
    def variables_only(self) -> bool:
        """Whether literals inside calls stay."""
        ...

    @property
    def secrets(self) -> bool:
        """Whether secrets are read from the environment."""
        ...


def extract(context: Context, choice: Choice) -> Plan:
    """Return the plan.

    Raises:
        RefusedError: where it cannot be shown that results stay the same.
    """
    return _Extraction(context, choice).plan()


class _Extraction:
    def __init__(self, context: Context, choice: Choice) -> None:
        self.scene = Scene(context)
        self.choice = choice
        self.left: list[Left] = []
        self.cells: dict[CellId, ConfigCell] = {}

    def plan(self) -> Plan:
        """Check everything, then write everything."""
        check_notebook(self.scene)
        target, dotted, form = self._target()
        self.form = form
        check_surroundings(self.scene, target)
        variables, settings = self._chosen()
        found = self._locate([*variables, *settings])
        entries = make_entries(
            [item for item in variables if id(item) in found and not item.secret],
            [item for item in settings if id(item) in found and not item.secret],
            (),
        )
        secrets = [item for item in (*variables, *settings) if id(item) in found and item.secret]
        if not self.choice.secrets:
            self.left += (Left(item.names[0], item.cell, item.span, self._secret(item)) for item in secrets)
            secrets = []
        if not entries and not secrets:
            raise self._nothing()
        places = [place for entry in entries for place in entry.places]
        users = [self.scene.notebook.index(item.cell) for item in (*places, *secrets)]
        path = Path(os.path.relpath(target, self.scene.notebook.path.parent)).as_posix()
        loader = make_loader(self.scene, form, path, dotted, users, bool(secrets))
        expressions = {
            id(place): entry.expression(loader.read(entry.name), form) for entry in entries for place in entry.places
        }
        expressions |= {id(item): f'os.environ["{item.names[0].upper()}"]' for item in secrets}
        return self._written(target, entries, secrets, loader, expressions)

    # what goes

    def _target(self) -> tuple[Path, str, Form]:
        folder = self.scene.notebook.path.parent
        to = self.choice.to or str(folder / f"config.{'yaml' if self._has_yaml() else 'json'}")
        path = Path(os.path.normpath(self.scene.workspace.root / to))
        form = _FORMS.get(path.suffix)
        if form is None:
            raise _refused(f"`{to}` has no known form", "Name a file that ends in `.yaml`, `.json` or `.py`.")
        if form == "py":
            target = find_target(self.scene, to)
            if target.inits or target.base is not self.scene.bases.own:
                raise _refused(f"`{to}` is no module of the notebook's folder", "Choose a module beside the notebook.")
            path, dotted = target.path, target.dotted
        else:
            dotted = ""
        if not path.is_relative_to(self.scene.workspace.root):
            raise _refused(f"`{to}` is outside the workspace", "Choose a file in the workspace.")
        if self.scene.workspace.read(path) is not None or self.scene.workspace.is_folder(path):
            raise _refused(f"`{path.name}` is there already", "Choose another file.")
        return path, dotted, form

    def _has_yaml(self) -> bool:
        return any(item.module == "yaml" for _, _, facts in self.scene.cells for item in facts.imports)

    def _chosen(self) -> tuple[list[Candidate], list[Candidate]]:
        candidates = Candidates(self.scene, self.form)
        variables: list[Candidate] = []
        settings: list[Candidate] = []
        for _, cell, facts in self.scene.cells:
            for item in candidates.variables(cell, facts):
                if isinstance(item, Candidate):
                    if self._is_wanted(item, cell):
                        variables.append(item)
                elif item.name in self.choice.names or (not self.choice.names and item.name.isupper()):
                    self.left.append(item)
            if not self.choice.names and not self.choice.variables_only:
                found = list(candidates.settings(cell, facts))
                settings += (item for item in found if isinstance(item, Candidate))
        known = {item.names[0] for item in variables} | {item.name for item in self.left}
        missing = [name for name in self.choice.names if name not in known]
        if missing:
            raise self._unknown(missing[0])
        stay = next((item for item in self.left if item.name in self.choice.names), None)
        if stay is not None:
            raise self.scene.refuse(f"`{stay.name}` stays in the notebook: {stay.why}", stay.cell, stay.span)
        return variables, settings

    def _is_wanted(self, item: Candidate, cell: Cell) -> bool:
        if self.choice.names:
            return item.names[0] in self.choice.names
        return self.choice.everything or bool(item.secret) or is_worth(item, cell)

    def _unknown(self, name: str) -> RefusedError:
        bindings = self.scene.flow.bindings(name)
        if not bindings:
            return self.scene.refuse(f"no cell binds `{name}`")
        index, binding = bindings[0]
        cell = self.scene.notebook.cells[index].id
        return self.scene.refuse(
            f"`{name}` is not given a literal at the top level of a cell (or its cell shows an error)",
            cell,
            binding.span,
            "A literal is a number, a text, or a list, tuple or dictionary of these.",
        )

    def _locate(self, candidates: Iterable[Candidate]) -> set[int]:
        """Find the literals in the cells' texts; return the ids of those that can be replaced there."""
        by_cell: dict[CellId, list[Candidate]] = {}
        for item in candidates:
            by_cell.setdefault(item.cell, []).append(item)
        found: set[int] = set()
        for cell, items in by_cell.items():
            try:
                located = ConfigCell(self.scene, cell, items)
            except RefusedError as error:
                self.left += (Left(item.names[0], cell, item.span, error.refusal.reason) for item in items)
                continue
            self.cells[cell] = located
            for item in items:
                if id(item) not in located.found:
                    self.left.append(Left(item.names[0], cell, item.span, "it stands in the line of a magic"))
                elif item in located.commented and self.form != "py":
                    self.left.append(Left(item.names[0], cell, item.span, "there are comments inside it"))
                else:
                    found.add(id(item))
        return found

    def _secret(self, item: Candidate) -> str:
        return f"{item.secret}, which belongs into an environment variable"

    def _nothing(self) -> RefusedError:
        if self.left:
            item = self.left[0]
            return self.scene.refuse(f"nothing can go to a file: `{item.name}` stays, {item.why}", item.cell, item.span)
        return self.scene.refuse(
            "nothing in the notebook is worth a configuration file", advice="Name the variables that should go there."
        )

    # what is written

    def _written(
        self,
        target: Path,
        entries: Sequence[Entry],
        secrets: Sequence[Candidate],
        loader: Loader,
        texts: dict[int, str],
    ) -> Plan:
        notebook = self.scene.notebook
        cell = Cell(new_cell_id(loader.source, {cell.id for cell in notebook.cells}), "code", self._ended(loader))
        changes: list[InsertCell | ReplaceSource] = [InsertCell(loader.after, cell)]
        for identity, located in self.cells.items():
            own = {key: text for key, text in texts.items() if key in located.found}
            if own:
                changes.append(ReplaceSource(identity, located.replaced(own)))
        files = (FileChange(target, None, self._file(entries)),) if entries else ()
        shown = Path(os.path.relpath(target, self.scene.workspace.root)).as_posix()
        return Plan(
            refactoring="extract.config",
            title=f"Extract {_counted(len(entries), 'value')} to `{shown}`",
            notebooks=(NotebookChange(notebook.path, tuple(changes)),),
            files=files,
            summary=tuple(self._sentences(entries, target.name)),
            warnings=tuple(self._warnings(secrets)),
        )

    def _ended(self, loader: Loader) -> str:
        crlf = any("\r\n" in cell.source for cell in self.scene.notebook.cells)
        return loader.source.replace("\n", "\r\n") if crlf else loader.source

    def _file(self, entries: Sequence[Entry]) -> str:
        if self.form == "py":
            name = self.scene.notebook.path.name.replace("\\", "\\\\").replace('"', '\\"')
            lines = [f"{entry.name} = {self.cells[entry.places[0].cell].literal(entry.places[0])}" for entry in entries]
            return "\n".join([f'"""Configuration of the notebook {name}."""', "", *lines]) + "\n"
        values = {entry.name: entry.value for entry in entries}
        text = to_json(values) if self.form == "json" else to_yaml(values)
        if self.form == "json":
            back = json.loads(text)
            assert all(same(back[name], _as_list(value)) for name, value in values.items()), "JSON holds these values"
        return text

    def _sentences(self, entries: Sequence[Entry], name: str) -> Iterator[str]:
        for cell in dict.fromkeys(place.cell for entry in entries for place in entry.places):
            names = [entry.name for entry in entries if any(place.cell == cell for place in entry.places)]
            yield f"Cell {self.scene.number(cell)} reads {', '.join(f'`{name}`' for name in names)} from `{name}`."
        if any(isinstance(entry.value, tuple) for entry in entries) and self.form != "py":
            yield f"Tuples are lists in `{name}`, and tuples again in the notebook."

    def _warnings(self, secrets: Sequence[Candidate]) -> Iterator[str]:
        if self.form == "yaml":
            yield "PyYAML has to be installed where the notebook runs (`pip install pyyaml`); JSON needs nothing."
        for item in secrets:
            name = item.names[0].upper()
            yield f"Set the environment variable `{name}` before the notebook runs: without it, it stops there."
        for left in self.left:
            yield f"`{left.name}` stays in cell {self.scene.number(left.cell)}: {left.why}."
        if any("parameters" in cell.tags for cell in self.scene.notebook.cells):
            yield "Papermill still overrides the values of the cell `parameters`, but it no longer sees their types."


def _as_list(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _refused(reason: str, advice: str) -> RefusedError:
    return RefusedError(Refusal(reason, None, advice))
