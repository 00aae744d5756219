"""Runs the rules over an analysis, and again only where an edit changed what they asked about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field

from offbook.analysis import Analysis
from offbook.diagnostics import Diagnostic, Severity
from offbook.errors import report_bug
from offbook.notebook import CellId
from offbook.rules.answers import Answers
from offbook.rules.catalogue import CATALOGUE
from offbook.rules.registry import Finding, Heading, Needs, Rule, Subject
from offbook.rules.settings import RuleSettings
from offbook.rules.suppression import Suppressions, Uses
from offbook.rules.surroundings import Answer, Question
from offbook.rules.views import CellView, NameView, NotebookView, SuppressionsView
from offbook.text import Span

INTERNAL_CODE = "OB900"


class Checked(Struct, frozen=True):
    """What a check has found.

    Attributes:
        diagnostics: the findings, in document order.
        outside: what the findings rest on outside the notebook's text and path, and its answers.
        suppressed: whether the notebook switches any findings off, or seems to.
    """

    diagnostics: list[Diagnostic]
    outside: Mapping[Question, Answer] = field(default_factory=dict)
    suppressed: bool = False


_reports: dict[str, str] = {}
"""For each rule that has crashed in this process, the file that tells of the first time."""


class _RuleSet:
    """The rules that run, with their options, and what they all share; each is loaded when it first runs."""

    def __init__(self, settings: RuleSettings) -> None:
        self.settings = settings
        enabled = settings.enabled
        rules = [rule for rule in CATALOGUE if enabled is None or rule.code in enabled]
        self.rules = [rule for rule in rules if rule.per != "suppressions"]
        self._last_rules = [rule for rule in rules if rule.per == "suppressions"]
        self._loaded: dict[str, tuple[Rule, Struct | None]] = {}
        self.suppressions = Suppressions()

    def view(self, per: Subject, subject: str, answers: Answers) -> NotebookView:
        """Return what a rule is called with."""
        if per == "cell":
            return CellView(answers, CellId(subject), None)
        if per == "name":
            return NameView(answers, subject, None, self.settings.known_names)
        return NotebookView(answers, None, self.settings.known_names)

    def run(self, heading: Heading, view: NotebookView, subject: str, analysis: Analysis) -> tuple[Diagnostic, ...]:
        """Run one rule on one subject; one that crashes has one finding, which says so."""
        if heading.needs and not _holds(view, heading.needs):
            return ()
        rule, view.options = self._load(heading)
        try:
            findings = [*rule.check(view)]
        except Exception:
            return tuple(self._crash(rule, subject, analysis))
        return tuple(_diagnostic(rule, finding) for finding in findings) if findings else ()

    def _crash(self, rule: Rule, subject: str, analysis: Analysis) -> Iterator[Diagnostic]:
        """Make one visible finding of a rule that crashed; the other rules still run."""
        if rule.code not in _reports:
            _reports[rule.code] = report_bug(f"{rule.code} on {analysis.notebook.path}")
        cell = CellId(subject) if rule.per == "cell" else next(iter(analysis.facts), None)
        if cell is not None:
            message = f"the rule {rule.code} crashed here: please report this as a bug of offbook"
            message += f", with the file {_reports[rule.code]}"
            yield Diagnostic(INTERNAL_CODE, "internal-error", Severity.WARNING, message, cell, Span.on_line(0))

    def _load(self, heading: Heading) -> tuple[Rule, Struct | None]:
        known = self._loaded.get(heading.code)
        if known is None:
            rule = heading.load()
            options = self.settings.options.get(rule.name) or (rule.options() if rule.options else None)
            known = self._loaded[heading.code] = (rule, options)
        return known

    @property
    def last_codes(self) -> set[str]:
        """The codes of the rules that judge the findings of the others."""
        return {rule.code for rule in self._last_rules}

    def settle(
        self, analysis: Analysis, found: list[Diagnostic], standing: list[Diagnostic] | None = None
    ) -> list[Diagnostic]:
        """Return the findings that nobody has switched off, in document order.

        Args:
            analysis: the notebook.
            found: what rules have found.
            standing: what stands of an earlier check, while not all rules have run; then no suppression is judged.
        """
        kept, uses = self.suppressions.apply(item for item in found if item.cell in analysis.facts)
        if standing is not None:
            kept += standing
        elif all(item.code != INTERNAL_CODE for item in found):
            kept += self.suppressions.apply(self._judge_suppressions(analysis, uses))[0]
        index = analysis.notebook.index
        return sorted(kept, key=lambda item: (index(item.cell), item.span, item.code))

    def _judge_suppressions(self, analysis: Analysis, uses: Uses) -> Iterator[Diagnostic]:
        """Yield what the rules about suppressions find; nothing to ask again: most notebooks have none."""
        if uses.everything:
            enabled = frozenset(rule.code for rule in (*self.rules, *self._last_rules))
            view = SuppressionsView(analysis, uses, enabled)
            for heading in self._last_rules:
                rule, _ = self._load(heading)
                yield from (_diagnostic(rule, finding) for finding in rule.check(view))


def check_once(analysis: Analysis, settings: RuleSettings | None = None) -> Checked:
    """Check one notebook that no edit will follow: no result has to remember what it rests on."""
    if analysis.notebook.language != "python":
        return Checked([])
    rules = _RuleSet(settings or RuleSettings())
    answers = Answers(analysis, surroundings=rules.settings.surroundings, recorded=False)
    rules.suppressions.update(analysis, analysis.facts)
    found: list[Diagnostic] = []
    for per in ("notebook", "cell", "name"):
        chosen = [rule for rule in rules.rules if rule.per == per]
        for subject in _subjects(per, analysis) if chosen else ():
            view = rules.view(per, subject, answers)
            for rule in chosen:
                found += rules.run(rule, view, subject, analysis)
    return Checked(rules.settle(analysis, found), answers.outside.known, bool(rules.suppressions))


def check(analysis: Analysis, settings: RuleSettings | None = None) -> list[Diagnostic]:
    """Return all findings of one notebook, in document order."""
    return check_once(analysis, settings).diagnostics


Key = tuple[str, str]
"""A rule's code, and the cell or name that it was called with; empty for the notebook."""

_WHOLE: Question = ("whole", "")


class Checker:
    """Checks the versions of one notebook, one after another.

    It keeps which question each result rests on, and after an edit runs only what rests on a changed answer.
    """

    def __init__(self, settings: RuleSettings | None = None) -> None:
        self.settings = settings or RuleSettings()
        self._rules = _RuleSet(self.settings)
        self._answers: Answers | None = None
        self._asked: dict[Key, Collection[Question]] = {}
        self._askers: dict[Question, set[Key]] = {}
        self._found: dict[Key, tuple[Diagnostic, ...]] = {}
        self._waiting: dict[Key, tuple[Analysis, tuple[Diagnostic, ...]]] = {}
        self._unasked = False
        self._last: tuple[Analysis, list[Diagnostic]] | None = None

    def check(self, analysis: Analysis, *, quick: bool = False) -> list[Diagnostic]:
        """Return all findings, in document order.

        Args:
            analysis: the notebook as it is now.
            quick: after an edit, leave what rests on the whole notebook for :meth:`catch_up`; until then its earlier
                findings stand, where no cell that they name has changed. What lies outside is asked about by the
                next check without an edit.
        """
        if analysis.notebook.language != "python":
            return []
        before, answers = self._answers, Answers(analysis, self._answers, self.settings.surroundings)
        self._unasked = quick and before is not None and analysis.notebook is not before.analysis.notebook
        if self._unasked and before is not None:
            answers.outside = before.outside
        changed = list(answers.changed(before, self._askers)) if before else []
        forgotten = self._forget(changed, before.analysis if before and quick else None)
        if not quick:
            forgotten += self._waiting
            self._waiting = {}
        cells = (CellId(key) for kind, key in changed if kind == "cell") if before else analysis.facts
        self._rules.suppressions.update(analysis, cells)
        self._answers = answers
        for rule in self._rules.rules:
            subjects = _subjects(rule.per, analysis)
            for subject in _candidates(rule, changed, forgotten) if before else subjects:
                key = (rule.code, subject)
                if subject in subjects and key not in self._asked and key not in self._waiting:
                    self._run(rule, subject, answers)
        return self._settled(analysis)

    @property
    def pending(self) -> bool:
        """Whether a quick check has left something out."""
        return self._unasked or bool(self._waiting)

    def catch_up(self) -> None:
        """Run one rule that a quick check has left out, on the notebook as it was at the last check."""
        self._unasked = False
        if not self._waiting:
            return
        code, subject = key = next(iter(self._waiting))
        rule = next(rule for rule in self._rules.rules if rule.code == code)
        if self._answers is not None and subject in _subjects(rule.per, self._answers.analysis):
            self._run(rule, subject, self._answers)
        del self._waiting[key]

    def _settled(self, analysis: Analysis) -> list[Diagnostic]:
        """Return the findings, with earlier ones of what has yet to run."""
        found = [item for items in self._found.values() for item in items]
        if not self._waiting:
            settled = self._rules.settle(analysis, found)
            self._last = (analysis, settled)
            return settled
        found += [item for before, items in self._waiting.values() for item in items if _stands(item, before, analysis)]
        before, judged = self._last or (analysis, [])
        codes = self._rules.last_codes
        standing = [item for item in judged if item.code in codes and _stands(item, before, analysis)]
        return self._rules.settle(analysis, found, standing)

    @property
    def outside(self) -> Mapping[Question, Answer]:
        """What the last check's findings rest on outside the notebook's text and path, and its answers."""
        known = self._answers.outside.known if self._answers else {}
        return {question: answer for question, answer in known.items() if question in self._askers}

    def _forget(self, questions: Iterable[Question], before: Analysis | None) -> list[Key]:
        """Drop every result that rests on one of these questions; return whose they were.

        Where ``before`` is given, what rests on the whole notebook waits, with its findings of then.
        """
        forgotten: list[Key] = []
        for question in questions:
            for key in self._askers.pop(question, ()):
                asked, found = self._asked.pop(key, ()), self._found.pop(key, ())
                for other in asked:
                    self._leave(other, key)
                if before is not None and (_WHOLE in asked or key[1] == ""):
                    self._waiting[key] = (before, found)
                forgotten.append(key)
        return forgotten

    def _leave(self, question: Question, key: Key) -> None:
        """Note that a result no longer rests on a question; one that nobody asks is forgotten."""
        askers = self._askers.get(question, set())
        askers.discard(key)
        if not askers:
            self._askers.pop(question, None)

    def _run(self, rule: Heading, subject: str, answers: Answers) -> None:
        view = self._rules.view(rule.per, subject, answers)
        findings = self._rules.run(rule, view, subject, answers.analysis)
        key = (rule.code, subject)
        existence = {"cell": ("facts", subject), "name": ("events", subject)}.get(rule.per)
        self._asked[key] = {*view.asked, existence} if existence else view.asked
        for question in self._asked[key]:
            self._askers.setdefault(question, set()).add(key)
        if findings:
            self._found[key] = findings


def _candidates(rule: Heading, changed: Iterable[Question], forgotten: Iterable[Key]) -> Iterable[str]:
    """Return the subjects on which a rule may have to run again: whose results were forgotten, and new ones."""
    kind = {"cell": "facts", "name": "events"}.get(rule.per)
    again = [subject for code, subject in forgotten if code == rule.code]
    return dict.fromkeys([*again, *(key for what, key in changed if what == kind)])


def _stands(item: Diagnostic, before: Analysis, now: Analysis) -> bool:
    """Tell whether no cell that a finding names has changed."""
    return all(
        cell in before.notebook
        and cell in now.notebook
        and before.notebook.cell(cell).source == now.notebook.cell(cell).source
        for cell in item.involved
    )


def _subjects(per: Subject, analysis: Analysis) -> Collection[str]:
    if per == "cell":
        return analysis.facts.keys()
    return analysis.flow.names.keys() if per == "name" else ("",)


def _diagnostic(rule: Rule, finding: Finding) -> Diagnostic:
    return Diagnostic(
        rule.code,
        rule.name,
        rule.severity,
        finding.message,
        finding.cell,
        finding.span,
        finding.fix,
        finding.related,
        finding.proposal,
    )


def _holds(view: NotebookView, needed: Needs) -> bool:
    """Tell whether a notebook holds what a rule needs."""
    return bool(view.learning_cells() or (needed == "networks" and view.cells_with("torch")))
