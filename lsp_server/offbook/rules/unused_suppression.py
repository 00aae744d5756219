"""OB002."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Applicability, CellEdits, Fix, Severity
from offbook.rules.catalogue import CATALOGUE
from offbook.rules.registry import Finding, rule
from offbook.rules.suppression import UNUSED_CODE, Suppression
from offbook.rules.views import SuppressionsView
from offbook.text import Edit, Position, Span, split_lines


@rule(UNUSED_CODE, Severity.INFORMATION, per="suppressions", modules=True)
def unused_suppression(view: SuppressionsView) -> Iterator[Finding]:
    """A comment or tag switches off a rule that finds nothing there.

    ## What it does
    Reports `# offbook: ignore[CODE]` (for its line), the cell tag `offbook:ignore=CODE` and
    `# offbook: ignore-file[CODE]` (for the notebook) where the rule has nothing to say, and codes that no rule has.

    ## Why it matters
    What it was for is gone or stands elsewhere now. Left behind, it hides the next true finding.

    ## What to do
    Remove it. The fix removes a comment, or the codes in it that are of no use.

    ## When it stays silent
    For rules that the settings switch off (and for comments without codes, if any rule is off), for text in strings
    and in cells of other languages, and where `OB002` itself is among the codes.

    ## Bad
    ```python
    # %%
    total = 3  # offbook: ignore[OB102]
    ```

    ## Good
    ```python
    # %%
    total = counts + 3  # offbook: ignore[OB102]
    ```
    """
    for item in view.suppressions:
        if item.kind == "text" or (item.words is not None and any(map(_is_this_rule, item.words))):
            continue
        if item.words is None:
            if not view.is_used(item, "*") and all(rule.code in view.enabled for rule in CATALOGUE):
                message = f"nothing is switched off {_where(item)}: no rule has anything to say"
                yield Finding(item.cell, item.span, message, _removal(view.source(item.cell), item, ()))
            continue
        reasons = {word: reason for word in item.words if (reason := _reason(view, item, word))}
        if reasons or not item.words:
            kept = tuple(word for word in item.words if word not in reasons)
            message = "; ".join(reasons.values()) or "this names no rule"
            yield Finding(item.cell, item.span, message, _removal(view.source(item.cell), item, kept))


def _is_this_rule(word: str) -> bool:
    return word.lower() in ("ob002", "unused-suppression")


def _reason(view: SuppressionsView, item: Suppression, word: str) -> str:
    """Return why a word in a suppression is of no use; empty if it is, or if that cannot be told."""
    named = next((rule for rule in CATALOGUE if word.lower() in (rule.code.lower(), rule.name)), None)
    if named is None:
        return f"no rule is called `{word}`"
    if named.code not in view.enabled or view.is_used(item, word):
        return ""
    return f"`{word}` is switched off {_where(item)}, but has nothing to say"


def _where(item: Suppression) -> str:
    return "here" if item.whole or item.kind == "tag" else "on this line"


def _removal(source: str, item: Suppression, kept: tuple[str, ...]) -> Fix | None:
    """Return the fix that leaves only some words of a comment, or none of it."""
    if item.kind != "comment":
        return None
    if kept and item.codes_span is not None:
        edit = Edit(item.codes_span, ", ".join(kept))
        return Fix("Remove the codes of no use", Applicability.SAFE, (CellEdits(item.cell, (edit,)),))
    lines = split_lines(source)
    number = item.span.start.line
    line, start = lines[number], item.span.start.column
    other = line.find("#", item.span.end.column)
    if other >= 0:
        span = Span.on_line(number, start, other)
    elif line[:start].strip():
        span = Span.on_line(number, len(line[:start].rstrip()), len(line))
    elif number + 1 < len(lines):
        span = Span(Position(number, 0), Position(number + 1, 0))
    elif number:
        span = Span(Position(number - 1, len(lines[number - 1])), Position(number, len(line)))
    else:
        span = Span.on_line(0, 0, len(line))
    return Fix("Remove the comment", Applicability.SAFE, (CellEdits(item.cell, (Edit(span, ""),)),))
