"""OB205."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from offbook.diagnostics import Applicability, Fix, Related, Severity
from offbook.notebook import Cell, DropOutputs, Output
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Span

_LINES_READ = 40
"""About so many lines at the beginning of an output were looked at."""
_NAMES = {
    "progress": "progress bars",
    "warnings": "warnings",
    "installer": "an installer's messages",
    "log": "coloured log lines",
}


class NoisyOutputOptions(Struct, frozen=True):
    """Settings of `noisy-output`.

    Attributes:
        max_lines: Noisy lines that the stored outputs of one cell may have at their beginning.
    """

    max_lines: int = 5


@rule("OB205", Severity.INFORMATION, per="cell", options=NoisyOutputOptions)
def noisy_output(cell: CellView) -> Iterator[Finding]:
    """A stored output is noise: progress bars, warnings, an installer's messages.

    ## What it does
    Reports, once for a notebook, the cells whose stored outputs hold more than `max-lines` (5) lines of progress bars
    (tqdm, Keras), warnings on the error stream, messages of pip or conda, or coloured log lines.

    ## Why it matters
    It changes with every run, so that each commit shows differences that mean nothing, and it hides the result.

    ## What to do
    Switch it off where it is made (`verbose=2` or `0` for Keras, `disable=True` for tqdm, `%pip install -q`), mend
    what the warnings warn of, or clear the output before you commit.

    ## When it stays silent
    For a single warning or a bar or two; what stands beyond the first 4,096 characters of an output is not looked at.

    ## Bad
    ```python
    # %% count=1 noise=progress
    model.fit(X, y, epochs=10)
    ```

    ## Good
    ```python
    # %% count=1 lines=3
    model.fit(X, y, epochs=10, verbose=0)
    print(model.evaluate(X, y))
    ```
    """
    options: NoisyOutputOptions = cell.options
    kind = _noise(cell.this, options)
    if not kind:
        return
    order = cell.order()
    place = order.index(cell.id)
    if any(_noise(cell.cell(other), options) for other in order[:place]):
        return  # the first noisy cell speaks for all
    later = [(other, noise) for other in order[place + 1 :] if (noise := _noise(cell.cell(other), options))]
    related = [Related(other, Span.on_line(0), f"full of {_NAMES[noise]}") for other, noise in later]
    rest = f", and so are those of {len(later)} other cells" if len(later) > 1 else ""
    rest = ", and so is that of one other cell" if len(later) == 1 else rest
    noisy = [cell.id, *(other for other, _ in later)]
    changes = tuple(_clearing(cell.cell(other), options) for other in noisy)
    cleared = tuple(change for change in changes if change is not None)
    fix = Fix("Clear the noise", Applicability.SAFE, changes=cleared) if cleared else None
    message = f"the stored output of this cell is full of {_NAMES[kind]}{rest}"
    yield Finding(cell.id, Span.on_line(0), message, fix, tuple(related))


def _clearing(cell: Cell, options: NoisyOutputOptions) -> DropOutputs | None:
    """Clear the outputs that are noise; ``None`` where much noise stands among other text, which would be lost."""
    noisy = [(number, output) for number, output in enumerate(cell.outputs) if output.noise]
    left = sum(output.noisy_lines for _, output in noisy if not _is_noise(output))
    dropped = tuple(number for number, output in noisy if _is_noise(output))
    return DropOutputs(cell.id, dropped, len(cell.outputs)) if left <= options.max_lines and dropped else None


def _is_noise(output: Output) -> bool:
    """Tell whether half of an output, as far as it was looked at, is noise."""
    return output.noisy_lines * 2 >= min(output.lines, _LINES_READ)


def _noise(cell: Cell, options: NoisyOutputOptions) -> str:
    """Return what a cell's outputs are full of; empty for little noise."""
    lines: Counter[str] = Counter()
    for output in cell.outputs:
        if output.noise:
            lines[output.noise] += output.noisy_lines
    return lines.most_common(1)[0][0] if lines.total() > options.max_lines else ""
