"""OB204."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from offbook.diagnostics import Applicability, Fix, Severity
from offbook.notebook import DropOutputs, Output
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Span

_NAMES = {
    "image": "images",
    "video": "videos",
    "audio": "sound",
    "text": "text",
    "html": "HTML",
    "application": "widgets or data",
}


class HeavyOutputOptions(Struct, frozen=True):
    """Settings of `heavy-output`.

    Attributes:
        max_kilobytes: Kilobytes (thousands of characters in the file) that the outputs of one cell may have.
    """

    max_kilobytes: int = 1000


@rule("OB204", Severity.WARNING, per="cell", options=HeavyOutputOptions)
def heavy_output(cell: CellView) -> Iterator[Finding]:
    """The stored outputs of one cell are very large.

    ## What it does
    Reports a cell whose stored outputs (embedded images, HTML, widgets, text) are larger than `max-kilobytes` (1000)
    together.

    ## Why it matters
    The file grows with each version that is committed, opens slowly, and many sites show no preview of it.

    ## What to do
    Show fewer or smaller images (`dpi`, `figsize`), save them to files, or clear the output before you commit.

    ## Bad
    ```python
    # %% count=1 size=2500000
    show_all(images)
    ```

    ## Good
    ```python
    # %% count=1 size=80000
    show_all(images[:5])
    ```
    """
    options: HeavyOutputOptions = cell.options
    outputs = cell.this.outputs
    total = sum(output.size for output in outputs)
    if total <= options.max_kilobytes * 1000:
        return
    kind = _NAMES.get(_family(max(outputs, key=lambda output: output.size)), "outputs")
    limit = _megabytes(options.max_kilobytes * 1000)
    message = f"{_megabytes(total)} of {kind} (more than {limit}) are stored with this cell"
    yield Finding(cell.id, Span.on_line(0), message, _fix(cell, options.max_kilobytes * 1000))


def _fix(cell: CellView, limit: int) -> Fix:
    """Clear the largest outputs, until the others are light enough."""
    sizes = sorted(((output.size, number) for number, output in enumerate(cell.this.outputs)), reverse=True)
    dropped, left = [], sum(size for size, _ in sizes)
    for size, number in sizes:
        if left > limit:
            dropped.append(number)
            left -= size
    change = DropOutputs(cell.id, tuple(sorted(dropped)), len(sizes))
    return Fix("Clear the large output" + "s" * (len(dropped) > 1), Applicability.SAFE, changes=(change,))


def _family(output: Output) -> str:
    """Return what an output's weight is made of; an image outweighs the text that stands for it."""
    families = [mime.partition("/")[0] for mime in output.mime_types] or ["text"]
    media = next((family for family in ("image", "video", "audio") if family in families), "")
    return media or ("html" if "text/html" in output.mime_types else families[0])


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size // 1000} kB"
