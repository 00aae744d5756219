"""OB503."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning import multi_test_leaks
from offbook.diagnostics import Severity
from offbook.rules.learning.history import model_history, place, related
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB503", Severity.WARNING, per="notebook")
def repeated_test_evaluation(notebook: NotebookView) -> Iterator[Finding]:
    """Several models are judged on the same test set.

    ## What it does
    Reports a test set on which two or more models (or one model with several settings) are scored, when no other
    held-out data are kept for the last word. It is reported once for a test set, where the second model is judged.

    ## Why it matters
    Whoever picks the best of many on one test set has fitted to that test set. The best score is too good.

    ## What to do
    Choose on a validation set or with cross-validation on the training part, and judge the chosen model once.

    ## When it stays silent
    When a model is scored with several metrics, when the shared set was cut from a training part, and when other
    held-out rows are used by one model alone.

    ## Reference
    Yang, Brower-Sinning, Lewis, Kästner: Data Leakage in Notebooks: Static Detection and Better Processes (ASE 2022).

    ## Bad
    ```python
    # %%
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC
    from sklearn.model_selection import train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    # %%
    first = LogisticRegression().fit(X_train, y_train)
    first.score(X_test, y_test)
    # %%
    second = SVC().fit(X_train, y_train)
    second.score(X_test, y_test)
    ```

    ## Good
    ```python
    # %%
    from sklearn.svm import SVC
    from sklearn.model_selection import GridSearchCV, train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    # %%
    search = GridSearchCV(SVC(), {"C": [1, 10]}).fit(X_train, y_train)
    search.score(X_test, y_test)
    ```
    """
    history = model_history(notebook)
    for leak in multi_test_leaks(history) if history else ():
        yield Finding(
            leak.second.spot.cell,
            place(leak.second.spot),
            "several models are judged on this test set: choose on a validation set, and test once",
            related=(related(leak.first.spot, "the first model is judged here"),),
        )
