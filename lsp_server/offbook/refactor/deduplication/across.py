"""Dedupe over the notebooks of a workspace: definitions that others hold, and copies of statements.

Copies of statements become calls in each notebook first, with one function above the first call of each. That function
is then a definition which several notebooks hold, and goes the way of all others (``across/``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from offbook.analysis import Analysis, analyze
from offbook.notebook import Notebook
from offbook.refactor.across.definitions import join_definitions, shared_twins, usual_module
from offbook.refactor.across.joining import Joined, Left, left_sentences
from offbook.refactor.across.twins import Twin
from offbook.refactor.deduplication.copies import Copy
from offbook.refactor.deduplication.finding import Found, find_shared, share_copies
from offbook.refactor.deduplication.finding import Left as Kept
from offbook.refactor.deduplication.planning import WISH, Choice, described, leave, named_groups
from offbook.refactor.deduplication.replacement import replace_copies
from offbook.refactor.deduplication.sharing import Sharing
from offbook.refactor.deduplication.writing import write_function
from offbook.refactor.function.extraction import checked_name
from offbook.refactor.module.held import comments_of
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.options import TargetPath
from offbook.refactor.plan import Plan
from offbook.refactor.readable import refuse_unreadable
from offbook.refactor.registry import Context

_MOST = 100
"""So many notebooks are searched for copies of statements."""

Named = list[tuple[str, Sharing]]


def plan_across(context: Context, choice: Choice) -> Plan:
    """Return the plan for a notebook and the others of the workspace.

    Raises:
        RefusedError: where they share nothing that one module can hold.
    """
    scene = Scene(context)
    scene.check_readable()
    if choice.name:
        checked_name(scene, choice.name)
    return _Across(context, choice).plan()


@dataclass
class _Calls:
    """Notebooks in which copies are calls, by path; and the functions that they call."""

    notebooks: dict[Path, Notebook]
    named: Named

    def names_in(self, path: Path) -> list[str]:
        """Return the functions that a notebook calls."""
        return [name for name, sharing in self.named if any(_path(copy) == path for copy in sharing.copies)]


class _Across:
    def __init__(self, context: Context, choice: Choice) -> None:
        self.context = context
        self.choice = choice
        self.to: TargetPath = choice.to or usual_module(context)
        self.path = context.analysis.notebook.path
        self.twins = {twin.analysis.notebook.path: twin for twin in shared_twins(context, choice.cells)}
        self.others: dict[Path, Analysis] = {path: twin.analysis for path, twin in self.twins.items()}
        beside = self._beside()
        self.others |= {analysis.notebook.path: analysis for analysis in beside}
        self.found: Found = find_shared(context, choice.cells, beside)

    def _beside(self) -> list[Analysis]:
        """Return the other notebooks in the folder."""
        found = self.context.workspace.notebooks_in(self.path.parent)
        others = (item for item in found if item.notebook.path != self.path and not refuse_unreadable(item.notebook))
        return sorted(others, key=lambda item: item.notebook.path)[:_MOST]

    def plan(self) -> Plan:
        """Leave copies until all others can be shared."""
        while True:
            calls = self._calls()
            try:
                joined = self._joined(calls)
            except RefusedError as error:
                if not calls.named:
                    raise
                for _, sharing in calls.named:
                    self._leave(sharing, {_path(copy): error.refusal.reason for copy in sharing.copies})
                continue
            if not self._leave_kept(calls, joined.left):
                return self._told(calls, joined)

    def _calls(self) -> _Calls:
        """Make copies calls in every notebook."""
        while True:
            self.found.groups = [sharing for sharing in self.found.groups if self._is_across(sharing)]
            used = set(self.context.analysis.flow.names).union(*(other.flow.names for other in self.others.values()))
            named = named_groups(used, self.found.groups, self.choice.name or WISH)
            texts = {name: write_function(sharing, name).replace("\r\n", "\n") for name, sharing in named}
            calls = _Calls({}, named)
            failed: Copy | None = None
            for path in dict.fromkeys(_path(copy) for _, sharing in named for copy in sharing.copies):
                analysis = self.others.get(path, self.context.analysis)
                replaced = replace_copies(replace(self.context, analysis=analysis), named, texts)
                calls.notebooks[path] = replaced.notebook
                failed = failed or replaced.failed
            if failed is None:
                return calls
            leave(self.found, failed, "its data flow would be another one beside the calls")

    def _is_across(self, sharing: Sharing) -> bool:
        paths = {_path(copy) for copy in sharing.copies}
        return len(paths) > 1 and self.path in paths

    def _joined(self, calls: _Calls) -> Joined:
        """Return the plan in which all notebooks import the functions that they call, and what they hold besides."""
        twins: list[Twin] = []
        for path, analysis in sorted(self.others.items()):
            twin = self.twins.get(path)
            names = (*(twin.names if twin is not None else ()), *calls.names_in(path))
            if names:
                changed = calls.notebooks.get(path)
                twins.append(Twin(analysis if changed is None else analyze(changed), names))
        if not twins:
            raise self._nothing()
        changed = calls.notebooks.get(self.path)
        context = self.context if changed is None else replace(self.context, analysis=analyze(changed))
        originals = {path: analysis.notebook for path, analysis in self.others.items()}
        return join_definitions(context, twins, self.to, originals | {self.path: self.context.analysis.notebook})

    def _nothing(self) -> RefusedError:
        scene = Scene(self.context)
        of = " of the chosen cells" if self.choice.cells else ""
        left = next(iter(self.found.left), None)
        if left is None:
            return scene.refuse(
                f"no other notebook of the workspace holds a function, a class or six statements{of or ' of this one'}"
            )
        return scene.refuse(f"the copies in other notebooks cannot become one function: {left.why}")

    def _leave_kept(self, calls: _Calls, left: Left) -> bool:
        """Leave the copies of notebooks that cannot import their function; tell whether there are any."""
        kept = False
        for name, sharing in calls.named:
            reasons = {path: why for (path, other), why in left.items() if other == name}
            if reasons:
                kept = True
                self._leave(sharing, reasons)
        return kept

    def _leave(self, sharing: Sharing, reasons: Mapping[Path, str]) -> None:
        """Take the copies of some notebooks out of a group."""
        self.found.groups.remove(sharing)
        gone = [copy for copy in sharing.copies if _path(copy) in reasons]
        self.found.left += (Kept(copy.scene, copy.lines, reasons[_path(copy)]) for copy in gone)
        share_copies(self.found, [copy for copy in sharing.copies if copy not in gone])

    def _told(self, calls: _Calls, joined: Joined) -> Plan:
        summary = [*_sentences(calls.named), *joined.plan.summary, *left_sentences(joined.left)]
        summary += (
            f"Lines {left.lines.first + 1} to {left.lines.last + 1} of cell {left.scene.number(left.lines.cell)} of "
            f"`{left.scene.notebook.path.name}` stay: {left.why}."
            for left in self.found.left
        )
        warnings = (*joined.plan.warnings, *_lost_comments(calls.named))
        return replace(joined.plan, summary=tuple(dict.fromkeys(summary)), warnings=warnings)


def _path(copy: Copy) -> Path:
    return copy.scene.notebook.path


def _sentences(named: Named) -> Iterator[str]:
    """Say what each function stands for, what it takes, and what it returns."""
    for name, sharing in named:
        places = [f"cell {copy.number} of `{_path(copy).name}`" for copy in sharing.copies]
        yield f"`{name}` stands for {len(places)} copies: {', '.join(places[:-1])} and {places[-1]}."
        yield from described(sharing)


def _lost_comments(named: Named) -> Iterator[str]:
    """Say which comments are lost: those of later copies that the first has not."""
    for _, sharing in named:
        kept = comments_of(sharing.copies[0].layout.region.text)
        for copy in sharing.copies[1:]:
            for text in sorted(comments_of(copy.layout.region.text) - kept):
                yield f"The comment `{text}` of cell {copy.number} of `{_path(copy).name}` goes."
