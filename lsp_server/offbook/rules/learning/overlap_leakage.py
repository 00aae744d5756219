"""OB502."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning.leakage import OverlapLeak, overlap_leaks
from offbook.diagnostics import Severity
from offbook.rules.learning.history import model_history, place, related, where
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB502", Severity.ERROR, per="notebook", needs="learning", modules=True)
def overlap_leakage(notebook: NotebookView) -> Iterator[Finding]:
    """The same rows are trained on and tested on.

    ## What it does
    Reports rows that were copied or made up (SMOTE, random oversampling, `resample`, `sample(replace=True)`, numbers
    of rows by `np.random.choice(len(df), n)`) before the split, so that a row may be in the training set and its copy
    in the test set; windows that slide over the rows by one (`X[i : i + 30]`) and are split at random, so that they
    share rows; a model that is fitted on all rows and then judged on some of them, on a slice or on years that overlap
    its own (`X[:900]` and `X[800:]`), on a sample or split of the rows of which its own were drawn, too, or on all rows
    where it learned from one part and no model is judged on the other; and, once, a notebook whose models are judged on
    nothing but the rows that they learned from.

    ## Why it matters
    The model is asked what it has learned by heart. The score says nothing about new data.

    ## What to do
    Split first, and resample the training part alone (imblearn's `Pipeline` does so in cross-validation, too).

    ## When it stays silent
    For the score on the rows of the training, which people print to compare, where the same rows' models are judged on
    held-out rows, too, or by cross-validation; and for clusterings, which have no truth to be judged by.

    ## Reference
    Yang, Brower-Sinning, Lewis, Kästner: Data Leakage in Notebooks: Static Detection and Better Processes (ASE 2022).

    ## Bad
    ```python
    # %%
    from imblearn.over_sampling import SMOTE
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    X_more, y_more = SMOTE().fit_resample(X, y)
    # %%
    X_train, X_test, y_train, y_test = train_test_split(X_more, y_more)
    model = LogisticRegression().fit(X_train, y_train)
    model.score(X_test, y_test)
    ```

    ## Good
    ```python
    # %%
    from imblearn.over_sampling import SMOTE
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    X_more, y_more = SMOTE().fit_resample(X_train, y_train)
    # %%
    model = LogisticRegression().fit(X_more, y_more)
    model.score(X_test, y_test)
    ```
    """
    history = model_history(notebook)
    for leak in overlap_leaks(history) if history else ():
        yield _finding(notebook, leak)


def _finding(notebook: NotebookView, leak: OverlapLeak) -> Finding:
    use = leak.use
    there = where(notebook, use.spot)
    judged = related(use.spot, "the model is judged here")
    if leak.copying is None:
        message = f"the model is fitted on rows on which it is judged in {there}"
        if leak.alone:
            message = f"the model is judged ({there}) only on rows that it learned from: keep some rows aside"
        return Finding(use.fitted.spot.cell, place(use.fitted.spot), message, related=(judged,))
    if leak.copying.windows:
        message = f"windows that overlap are split at random: rows of test windows are trained on ({there})"
        return Finding(leak.copying.spot.cell, place(leak.copying.spot), message, related=(judged,))
    message = f"`{leak.copying.by}` copies rows before the split: copies of test rows are trained on ({there})"
    spot = leak.copying.spot
    return Finding(spot.cell, place(spot), message, related=(judged, related(use.fitted.spot, "it learned here")))
