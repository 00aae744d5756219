"""OB602."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Severity
from offbook.notebook.secrets import find_secrets
from offbook.rules.project.environment import from_environment
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Lines, Span


@rule("OB602", Severity.ERROR, per="cell", modules=True)
def secret_in_source(cell: CellView) -> Iterator[Finding]:
    """A password, key or token is written in the code.

    ## What it does
    Finds the keys and tokens of AWS, GitHub, GitLab, Google, Slack, OpenAI, Hugging Face and others by their shape,
    private keys, passwords in addresses (`scheme://user:...@host`), and text that is given to a name such as
    `password`, `api_key` or `ACCESS_TOKEN`; in comments and magics, too.

    ## Why it matters
    Whoever gets the notebook gets what the key opens; and it stays in the history of git when the cell is changed.

    ## What to do
    Withdraw the key where it was issued: once saved, it counts as known. Put the new one in the environment or a file
    that git ignores, and read it: `os.environ["API_KEY"]`, `getpass.getpass()`.

    ## When it stays silent
    For examples (`xxx`, `your-key`, `<token>`, `changeme`, ...), single words, names of files and variables, text that
    is put together (`f"{user}"`), publishable keys (`pk_...`), and servers on this computer. Other words than those of
    passwords need 16 characters, letters with digits among them, that look drawn at random.

    ## Bad
    ```python
    # %%
    import psycopg2
    connection = psycopg2.connect(host="db.lab.org", user="anna", password="mv8!kTrq2")
    ```

    ## Good
    ```python
    # %%
    import os
    import psycopg2
    connection = psycopg2.connect(host="db.lab.org", user="anna", password=os.environ["DB_PASSWORD"])
    ```
    """
    source = cell.here.source
    secrets = find_secrets(source)
    lines = Lines(source) if secrets else None
    for secret in secrets:
        assert lines is not None, "made where there is a secret"
        span = Span(lines.position(secret.start), lines.position(secret.end))
        message = f"{secret.what} stands in the code: whoever gets the notebook can use it"
        yield Finding(cell.id, span, message, fix=from_environment(cell, span, secret.what))
