"""OB506."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning import fits_on_test
from offbook.diagnostics import Severity
from offbook.rules.learning.history import model_history, place
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB506", Severity.WARNING, per="notebook")
def fit_on_test(notebook: NotebookView) -> Iterator[Finding]:
    """A transformer is fitted on the test set.

    ## What it does
    Reports `fit` or `fit_transform` of a scaler, encoder or other transformer on rows that a split has set aside for
    testing.

    ## Why it matters
    The test rows are scaled or encoded otherwise than the training rows: the model is judged on data that it cannot
    know.

    ## What to do
    Fit on the training part, and call `transform` on the test part.

    ## Bad
    ```python
    # %%
    from sklearn.preprocessing import StandardScaler
    from sklearn.model_selection import train_test_split
    X_train, X_test = train_test_split(X)
    scaler = StandardScaler()
    X_train = scaler.fit_transform(X_train)
    X_test = scaler.fit_transform(X_test)
    ```

    ## Good
    ```python
    # %%
    from sklearn.preprocessing import StandardScaler
    from sklearn.model_selection import train_test_split
    X_train, X_test = train_test_split(X)
    scaler = StandardScaler()
    X_train = scaler.fit_transform(X_train)
    X_test = scaler.transform(X_test)
    ```
    """
    history = model_history(notebook)
    for fit in fits_on_test(history) if history else ():
        name = fit.transformer.name
        yield Finding(
            fit.spot.cell,
            place(fit.spot),
            f"`{name}` is fitted on the test set: fit it on the training set, and only `transform` here",
        )
