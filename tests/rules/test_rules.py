"""Every rule's examples and every Markdown case, as the rules' documentation shows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_surroundings import FakeSurroundings
from msgspec.structs import replace

from offbook.analysis import analyze
from offbook.app.fix import changes_of, compatible_fixes
from offbook.diagnostics import Applicability, Diagnostic, Severity
from offbook.notebook import CellId, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.rules import Heading, Rule, RuleSettings, all_rules
from offbook.rules.answers import Answers
from offbook.rules.checker import Checker, check
from offbook.rules.outputs.long_output import LongOutputOptions
from offbook.rules.page import rule_examples, rule_options, rule_page
from offbook.rules.registry import Finding
from offbook.rules.surroundings import Undeclared
from offbook.rules.views import CellView
from offbook.text import Span, split_lines

CASES = Path(__file__).parent / "cases"
EXAMPLES = [(rule, example) for rule in all_rules() for example in rule_examples(rule)]
AROUND = {
    ("untested", "prices:prepare"): "prices.py",
    ("untested", "prices:load"): "prices.py",
    ("untested", "prices:one"): "prices.py",
    ("untested", "prices:two"): "prices.py",
    ("untested", "lib.models:fit"): "lib/models.py",
    ("module", "prices"): True,
    ("module", "lib.models"): True,
    ("import", "seaborn"): Undeclared("seaborn", "0.13.2", "requirements.txt"),
    ("import", "cv2"): Undeclared("opencv-python", "", "requirements.txt"),
    ("import", "torch"): Undeclared("torch", "", "requirements.txt"),
    ("import", "lightgbm"): Undeclared("lightgbm", "4.5.0", "requirements.txt"),
}
ELSEWHERE = {
    "prices.ipynb": """
def prepare(path):
    frame = pd.read_csv(path)
    frame = frame.dropna(subset=["price"])
    frame["day"] = pd.to_datetime(frame["day"])
    frame["price"] = frame["price"].clip(0, 100)
    frame = frame.sort_values("day").reset_index(drop=True)
    return frame.set_index("day")
""",
    "lib/models.py": """
class Ratio:
    def fit(self, x, y):
        low, high = np.percentile(x, [5, 95])
        inside = (x > low) & (x < high)
        self.slope = np.sum(x[inside] * y[inside]) / np.sum(x[inside] ** 2)
        self.rest = np.std(y - self.slope * x)
        for name in ("slope", "rest"):
            print(name, getattr(self, name))
        return self
    def forward(self, x):
        x = self.first(x)
        x = torch.relu(self.second(x))
        x = F.dropout(x, 0.2, training=self.training)
        x = x.view(x.shape[0], -1)
        x = F.max_pool2d(x, (2, 2), stride=self.stride)
        return F.log_softmax(self.third(x), dim=1)
""",
}
FILES = RuleSettings(surroundings=FakeSurroundings(("", "data/there.csv", "data"), AROUND, ELSEWHERE))


def of(code: str, text: str) -> list[Diagnostic]:
    return [item for item in check(analyze(parse_percent(text)), FILES) if item.code == code]


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=lambda value: getattr(value, "code", getattr(value, "kind", None))
)
def test_the_examples_of_a_rule_are_true(rule: Rule, example: object) -> None:
    found = of(rule.code, example.text)
    assert bool(found) is (example.kind == "bad")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_every_rule_has_a_page_with_all_headings_and_examples(rule: Rule) -> None:
    page = rule_page(rule)
    for heading in ("## What it does", "## Why it matters", "## What to do", "## Bad", "## Good"):
        assert heading in page, heading
    assert {example.kind for example in rule_examples(rule)} == {"bad", "good"}
    assert rule.summary.endswith(".")
    assert re.fullmatch(r"OB\d{3}", rule.code)
    assert all(option.meaning.endswith(".") for option in rule_options(rule))


@dataclass
class Case:
    title: str
    code: str
    notebook: str
    expected: list[str] = field(default_factory=list)
    fixed: str | None = None


def cases() -> Iterator[Case]:
    """Read the cases: a heading, a notebook, and what is expected: `cell:line:column message`, or nothing."""
    for file in sorted(CASES.glob("*.md")):
        for section in re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title = section.partition("\n")[0]
            blocks = re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
            notebook, *rest = [text for kind, text in blocks if kind == "python"]
            expected = [line for kind, text in blocks if kind == "text" for line in text.splitlines()]
            yield Case(f"{file.stem}: {title}", file.stem, notebook, expected, rest[0] if rest else None)


ALL_CASES = list(cases())


@pytest.mark.parametrize("case", ALL_CASES, ids=[case.title for case in ALL_CASES])
def test_cases(case: Case) -> None:
    notebook = parse_percent(case.notebook)
    found = of(case.code, case.notebook)
    lines = [
        f"{notebook.index(item.cell) + 1}:{item.span.start.line + 1}:{item.span.start.column + 1} {item.message}"
        for item in found
    ]
    assert len(lines) == len(case.expected), lines
    for line, expected in zip(lines, case.expected, strict=True):
        assert line.startswith(expected), line
    if case.fixed is not None:
        changed = apply_changes(notebook, changes_of(notebook, compatible_fixes(found, unsafe=True)))
        assert [cell.source for cell in changed.cells] == [cell.source for cell in parse_percent(case.fixed).cells]


def places(found: list[Diagnostic]) -> int:
    """Count the places that findings name; a finding that speaks for several may be mended one by one."""
    return sum(1 + len(item.related) for item in found)


TEXTS = [(rule.code, example.text) for rule, example in EXAMPLES] + [(case.code, case.notebook) for case in ALL_CASES]


@pytest.mark.parametrize("code", sorted({rule.code for rule in all_rules()}))
def test_a_fix_removes_its_finding_and_breaks_nothing(code: str) -> None:
    for text in [text for known, text in TEXTS if known == code]:
        notebook = parse_percent(text)
        found = of(code, text)
        for item in found:
            if item.fix is None or item.fix.applicability is Applicability.DISPLAY:
                continue
            changed = analyze(apply_changes(notebook, changes_of(notebook, [item.fix])))
            left = [other for other in check(changed, FILES) if other.code == code]
            assert places(left) < places(found), (item.fix.title, left)
            broken = {cell for cell, facts in analyze(notebook).facts.items() if facts.problem}
            assert {cell for cell, facts in changed.facts.items() if facts.problem} <= broken


@pytest.mark.parametrize(
    "suppression",
    [
        "df.head()  # offbook: ignore",
        "df.head()  # offbook: ignore[OB202]",
        "df.head()  # offbook:ignore[exploratory-cell]",
    ],
)
def test_a_comment_on_the_line_switches_a_finding_off(suppression: str) -> None:
    text = "# %%\ndf = f()\n# %%\n{}\n# %%\ndf = g(df)"
    assert of("OB202", text.format("df.head()"))
    assert not of("OB202", text.format(suppression))
    assert of("OB202", text.format("df.head()  # offbook: ignore[OB101]"))


def test_a_tag_on_the_cell_switches_a_finding_off() -> None:
    text = "# %%\ndf = f()\n# %% {}\ndf.head()\n# %%\ndf = g(df)"
    assert of("OB202", text.format(""))
    assert not of("OB202", text.format("tags=offbook:ignore"))
    assert not of("OB202", text.format("tags=offbook:ignore=OB202"))
    assert of("OB202", text.format("tags=offbook:ignore=OB101"))


def test_settings_choose_rules_and_their_options() -> None:
    analysis = analyze(parse_percent("# %% count=1 lines=50\nx = y"))
    assert {item.code for item in check(analysis)} == {"OB102"}
    strict = RuleSettings(options={"long-output": LongOutputOptions(max_lines=10)})
    assert {item.code for item in check(analysis, strict)} == {"OB102", "OB201"}
    assert {item.code for item in check(analysis, replace(strict, enabled={"OB201"}))} == {"OB201"}
    assert not check(analysis, RuleSettings(known_names=frozenset({"y"})))


def test_other_languages_are_left_alone() -> None:
    notebook = replace(parse_percent("# %%\nx <- y"), language="r")
    assert check(analyze(notebook)) == []


def test_a_rule_that_crashes_is_one_visible_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("offbook.rules.checker._reports", {})

    def broken(view: CellView) -> Iterator[Finding]:
        yield Finding(view.id, Span.on_line(0), "before")
        raise ZeroDivisionError

    checker = Checker(RuleSettings(enabled={"OB102"}))
    rule = Rule("OB999", "broken", Severity.WARNING, "cell", broken, None, "")
    checker._rules.rules.append(rule.heading)
    checker._rules._loaded[rule.code] = (rule, None)
    found = checker.check(analyze(parse_percent("# %%\nundefined_thing")))
    assert sorted(item.code for item in found) == ["OB102", "OB900"]
    (log,) = tmp_path.iterdir()
    message = next(item.message for item in found if item.code == "OB900")
    assert "OB999 crashed" in message
    assert message.endswith(str(log))
    assert "ZeroDivisionError" in log.read_text()
    assert not capsys.readouterr().err


def test_after_an_edit_the_checker_finds_what_a_new_one_finds() -> None:
    sources = [
        "x = 1",
        "y",
        "import matplotlib.pyplot as plt",
        "plt.plot(x)",
        "df.head()",
        "df = f(x)",
        "y = (",
        "label()",
    ]
    cells = parse_percent("".join(f"# %% id=c{n}\n{source}\n" for n, source in enumerate(sources)))
    checker, analysis = Checker(), analyze(cells)
    assert checker.check(analysis) == check(analysis)
    edits = ["plt.xlabel('a')", "y = 2", "def label(): plt.ylabel('a')", "df = 3", "", "(", "x", "plt.plot(y); label()"]
    for number, source in enumerate(edits):
        edited = [
            replace(cell, source=source) if cell.id == CellId(f"c{(number * 3) % 8}") else cell
            for cell in analysis.notebook.cells
        ]
        if number == 5:
            edited = edited[1:] + edited[:1]
        analysis = analyze(replace(analysis.notebook, cells=tuple(edited)), analysis)
        assert checker.check(analysis) == check(analysis)


LEAK = """# %% id=a
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LinearRegression
df = pd.read_csv("a.csv")
# %% id=b
X = StandardScaler().fit_transform(df[["a"]])
X_train, X_test, y_train, y_test = train_test_split(X, df.b)
# %% id=c
model = LinearRegression().fit(X_train, y_train)
model.score(X_test, y_test)  # offbook: ignore[OB305]
# %% id=d
print(df)
"""


def test_a_quick_check_keeps_what_stands_and_catches_up() -> None:
    checker, analysis = Checker(), analyze(parse_percent(LEAK))
    first = checker.check(analysis)
    assert "OB501" in {item.code for item in first}
    edits = [("d", "print(df, unknown)"), ("d", "df = 1"), ("b", "X = df"), ("a", "x ="), ("c", "1"), ("b", "X = df.a")]
    for cell, source in edits:
        cells = [replace(old, source=source) if old.id == cell else old for old in analysis.notebook.cells]
        analysis = analyze(replace(analysis.notebook, cells=tuple(cells)), analysis)
        quick = checker.check(analysis, quick=True)
        full = check(analysis)
        at_once = {rule.code for rule in all_rules() if rule.per in ("cell", "name")}
        assert [item for item in quick if item.code in at_once] == [item for item in full if item.code in at_once]
        late = [item for item in quick if item.code not in at_once]
        assert all((item in first and cell not in {*item.involved}) or item in full for item in late)
        if cell == "d":
            assert "OB501" in {item.code for item in quick}, "what names no changed cell stands"
        while checker.pending:
            checker.catch_up()
        first = checker.check(analysis, quick=True)
        assert first == full


def test_an_edit_runs_only_the_rules_that_asked_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = parse_percent("".join(f"# %% id=c{n}\nv{n + 1} = v{n}\n" for n in range(200)))
    checker, analysis = Checker(), analyze(notebook)
    checker.check(analysis)
    ran: list[str] = []
    original = Checker._run

    def noted(self: Checker, rule: Heading, subject: str, answers: Answers) -> object:
        ran.append(subject)
        return original(self, rule, subject, answers)

    monkeypatch.setattr(Checker, "_run", noted)
    cells = list(notebook.cells)
    cells[100] = replace(cells[100], source="v101 = v100 + 1")
    checker.check(analyze(replace(notebook, cells=tuple(cells)), analysis))
    assert set(ran) <= {"c100", "v100", "v101", "v0", ""}
    assert len(ran) <= 3 * len(all_rules())


@pytest.mark.parametrize("code", [rule.code for rule in all_rules()])
def test_findings_stand_inside_their_cell(code: str) -> None:
    for rule, example in EXAMPLES:
        if rule.code != code:
            continue
        notebook = parse_percent(example.text)
        for item in of(code, example.text):
            lines = split_lines(notebook.cell(item.cell).source)
            assert item.span.start <= item.span.end
            assert item.span.end.line < max(len(lines), 1)
            assert item.span.end.column <= len(lines[item.span.end.line])


def test_suppressions_of_rules_that_do_not_run_are_not_judged() -> None:
    analysis = analyze(parse_percent("# %%\na = 1  # offbook: ignore[OB102]\nb = 1  # offbook: ignore"))
    assert [item.code for item in check(analysis)] == ["OB002", "OB002"]
    assert [item.code for item in check(analysis, RuleSettings(enabled={"OB002", "OB102"}))] == ["OB002"]
    assert not check(analysis, RuleSettings(enabled={"OB002", "OB101"}))
    assert not check(analysis, RuleSettings(enabled={"OB102"}))


def test_a_suppression_is_judged_anew_after_an_edit_of_its_cell_or_of_another() -> None:
    notebook = parse_percent("# %% id=a\nx = y  # offbook: ignore[OB102]\n# %% id=b\nz = 1\n")
    checker, analysis = Checker(), analyze(notebook)
    assert not checker.check(analysis)
    for cell, source, codes in [
        ("b", "y = 1", ["OB101", "OB002"]),
        ("b", "z = 1", []),
        ("a", "x = y", ["OB102"]),
        ("a", "x = 1  # offbook: ignore[OB102]", ["OB002"]),
        ("a", "x = 1", []),
        ("b", "z = w", ["OB102"]),
        ("a", "# offbook: ignore-file[OB102]", []),
        ("b", "z = 1", ["OB002"]),
        ("a", "x = 1", []),
    ]:
        cells = [replace(old, source=source) if old.id == cell else old for old in analysis.notebook.cells]
        analysis = analyze(replace(analysis.notebook, cells=tuple(cells)), analysis)
        found = checker.check(analysis)
        assert sorted(item.code for item in found) == sorted(codes)
        assert found == check(analysis)
    cells = analysis.notebook.cells
    tagged = (replace(cells[0], tags=("offbook:ignore=OB103",)), *cells[1:])
    analysis = analyze(replace(analysis.notebook, cells=tagged), analysis)
    assert [item.code for item in checker.check(analysis)] == ["OB002"]
    analysis = analyze(replace(analysis.notebook, cells=tagged[1:]), analysis)
    assert checker.check(analysis) == []
