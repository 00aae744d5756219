"""OB506."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning.leakage import fits_on_test
from offbook.analysis.learning.refits import refits
from offbook.diagnostics import Severity
from offbook.rules.learning.history import model_history, place
from offbook.rules.learning.transform_only import transform_only
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView

_ON_TEST = "is fitted on the test set: fit it on the training set, and only `transform` here"
_AGAIN = "is fitted again on rows that a model only predicts: just `transform` them"


@rule("OB506", Severity.WARNING, per="notebook", needs="learning", modules=True)
def fit_on_test(notebook: NotebookView) -> Iterator[Finding]:
    """A transformer is fitted on the test set.

    ## What it does
    Reports `fit` or `fit_transform` of a scaler, encoder or other transformer on rows that a split has set aside for
    testing, or on other rows that a model only predicts (a competition's test file), where one of the kind was fitted
    on the training rows.

    ## Why it matters
    The test rows are scaled or encoded otherwise than the training rows: the model is judged on data that it cannot
    know.

    ## What to do
    Fit on the training part, and call `transform` on the test part. The fix does, where one object was
    fitted on both; it is unsafe, as the results change.

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
    if history is None:
        return
    on_test = {fit.spot: (fit, _ON_TEST) for fit in fits_on_test(history)}
    again = {fit.spot: (fit, _AGAIN) for fit in refits(history)}
    for fit, message in (again | on_test).values():
        text = f"`{fit.transformer.name}` {message}"
        yield Finding(fit.spot.cell, place(fit.spot), text, transform_only(notebook, history, fit))
