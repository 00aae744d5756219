"""OB503."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning.leakage import multi_test_leaks
from offbook.diagnostics import Severity
from offbook.rules.learning.history import listed, model_history, place, related, split_related
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB503", Severity.WARNING, per="notebook", needs="learning", modules=True)
def repeated_test_evaluation(notebook: NotebookView) -> Iterator[Finding]:
    """Several models are judged on the same test set.

    ## What it does
    Reports a test set on which two or more models (or one model with several settings) are scored, or on which a
    network is watched while it learns (`validation_data`, `eval_set`) and then judged, when no other held-out data are
    kept for the last word. It is reported once for a test set, where it is used again.

    ## Why it matters
    Whoever picks the best of many on one test set has fitted to that test set. The best score is too good.

    ## What to do
    Choose on a validation set or with cross-validation on the training part, and judge the chosen model once.

    ## When it stays silent
    When a model is scored with several metrics, inside the folds of a cross-validation, when other held-out rows are
    used by one model alone, and when models only predict a file that has no truth here.

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
        first, second = leak.first, leak.second
        names = listed([first.fitted.model.name, second.fitted.model.name])
        message = f"several models are judged on this test set ({names}): choose on a validation set, and test once"
        if first.fitted.number == second.fitted.number:
            message = (
                f"{names} is watched on this test set while it learns, then judged on it: hold out validation rows"
            )
        yield Finding(
            second.spot.cell,
            place(second.spot),
            message,
            related=(
                related(first.spot, f"`{first.fitted.model.name}` meets it here"),
                *(split_related(history, second) if history else ()),
            ),
        )
