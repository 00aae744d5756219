"""OB603."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Applicability, Fix, Severity
from offbook.notebook import DropOutputs
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Span


@rule("OB603", Severity.ERROR, per="cell")
def secret_in_output(cell: CellView) -> Iterator[Finding]:
    """A stored output shows a password, key or token.

    ## What it does
    Looks in the plain text of stored outputs (printed text, results, error messages) for what `secret-in-source` finds
    in code: keys and tokens by their shape, private keys, passwords in addresses, values of names such as `password`.

    ## Why it matters
    The code may read the key from a safe place, and the output still hands it to everybody who gets the notebook; and
    it stays in the history of git.

    ## What to do
    Withdraw the key where it was issued, clear the output, and do not print it again.

    ## When it stays silent
    For images, HTML, widgets and metadata, where what looks random is data; for examples, as in code; beyond the first
    65,536 characters of an output. In an editor, outputs are looked at when the notebook is opened or saved.

    ## Bad
    ```python
    # %% count=1 secret=API_KEY
    !cat .env
    ```

    ## Good
    ```python
    # %% count=1 lines=1
    print(len(os.environ["API_KEY"]) > 0)
    ```
    """
    outputs = cell.this.outputs
    shown = [number for number, output in enumerate(outputs) if output.secrets]
    if not shown:
        return
    first, *others = dict.fromkeys(secret for number in shown for secret in outputs[number].secrets)
    more = f" and {len(others)} more {'secrets' if others[1:] else 'secret'}" if others else ""
    fix = Fix("Clear the output", Applicability.SAFE, changes=(DropOutputs(cell.id, tuple(shown), len(outputs)),))
    yield Finding(cell.id, Span.on_line(0), f"the stored output of this cell shows {first}{more}", fix)
