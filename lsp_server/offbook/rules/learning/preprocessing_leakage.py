"""OB501."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning.leakage import PreprocessingLeak, preprocessing_leaks, split_of
from offbook.diagnostics import Severity
from offbook.notebook import CellId
from offbook.rules.learning.fit_later import fit_behind_split
from offbook.rules.learning.history import listed, model_history, place, related, split_related, where
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB501", Severity.ERROR, per="notebook", needs="learning", modules=True)
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
    For encoders that learn which values there are and no statistics of them (`LabelEncoder`, `OneHotEncoder`,
    `get_dummies`), for what is computed row by row, where the training part of a split is scaled and then
    cross-validated before a test on other rows, and where no model is judged.

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
    if history is None:
        return
    lines: dict[tuple[CellId, int], list[PreprocessingLeak]] = {}
    for leak in preprocessing_leaks(history):
        lines.setdefault((leak.taint.spot.cell, leak.taint.spot.node.lineno), []).append(leak)
    for leaks in lines.values():
        first, use = leaks[0].taint, leaks[0].use
        names = [leak.taint.by for leak in leaks]
        verb = "is" if len(set(names)) == 1 else "are"
        there = where(notebook, use.spot)
        split = split_of(history, use)
        yield Finding(
            first.spot.cell,
            place(first.spot),
            f"{listed(names)} {verb} computed from rows on which the model is judged in {there}: split first",
            related=(
                related(use.spot, f"`{use.fitted.model.name}` is judged here"),
                related(use.fitted.spot, "it learned here"),
                *split_related(history, use),
            ),
            fix=fit_behind_split(notebook, first.spot, split) if split is not None and len(leaks) == 1 else None,
        )
