"""OB501."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning import preprocessing_leaks
from offbook.diagnostics import Severity
from offbook.rules.learning.history import model_history, place, related
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB501", Severity.ERROR, per="notebook")
def preprocessing_leakage(notebook: NotebookView) -> Iterator[Finding]:
    """A transformer is fitted on data that the test set is part of.

    ## What it does
    Follows rows of data from where they are read, through splits and transformers, to the models that learn from
    them and the scores that judge them. It reports a scaler, imputer, vectoriser, selector, PCA, or a mean put into the
    data, that was computed from rows on which the model is judged later.

    ## Why it matters
    The model has seen the test set, if only through its mean. The score is too good, and nobody notices before the
    model meets new data.

    ## What to do
    Split first. Fit the transformer on the training part, and only transform the test part; a `Pipeline` does both.

    ## When it stays silent
    For encoders that learn no statistics (`LabelEncoder`, `OneHotEncoder`), and where no model is judged.

    ## Reference
    Yang, Brower-Sinning, Lewis, Kästner: Data Leakage in Notebooks: Static Detection and Better Processes (ASE 2022).

    ## Bad
    ```python
    # %%
    from sklearn.preprocessing import StandardScaler
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    X_scaled = StandardScaler().fit_transform(X)
    # %%
    X_train, X_test, y_train, y_test = train_test_split(X_scaled, y, random_state=0)
    model = LogisticRegression().fit(X_train, y_train)
    model.score(X_test, y_test)
    ```

    ## Good
    ```python
    # %%
    from sklearn.preprocessing import StandardScaler
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    # %%
    scaler = StandardScaler()
    model = LogisticRegression().fit(scaler.fit_transform(X_train), y_train)
    model.score(scaler.transform(X_test), y_test)
    ```
    """
    history = model_history(notebook)
    for taint, use in preprocessing_leaks(history) if history else ():
        number = notebook.number(use.spot.cell) + 1
        yield Finding(
            taint.spot.cell,
            place(taint.spot),
            f"`{taint.by}` is computed from rows on which the model is judged in cell {number}: split first",
            related=(related(use.spot, "the model is judged here"), related(use.fitted.spot, "it learned here")),
        )
