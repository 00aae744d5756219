"""OB504."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning.pipelines import ByHand, done_by_hand
from offbook.diagnostics import Proposal, Severity
from offbook.rules.learning.history import listed, model_history, place, related
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB504", Severity.INFORMATION, per="notebook", needs="learning")
def manual_preprocessing(notebook: NotebookView) -> Iterator[Finding]:
    """A transformer is fitted and applied by hand, where a pipeline says it once.

    ## What it does
    Reports a scaler, imputer, vectoriser or other transformer that is fitted on the training rows, applied to the test
    rows in a line of its own, and followed by a model. It is said once for the same transformers, whatever the number
    of models behind them.

    ## Why it matters
    Nothing is wrong yet. But every new use of the model needs the same lines again, in the same order; one that is left
    out, or a `fit` in place of a `transform`, raises no error. Cross-validation of the model alone cannot fit the
    transformer on each fold.

    ## What to do
    Put both into a `Pipeline` (`make_pipeline(StandardScaler(), SVC())`): it is fitted, saved, searched and
    cross-validated as one. `offbook pipeline`, or the light bulb, does it.

    ## When it stays silent
    For networks and boosters with an interface of their own, which are no steps of a pipeline, and for transformers
    that a pipeline holds already.

    ## Reference
    Yang, Brower-Sinning, Lewis, Kästner: Data Leakage in Notebooks: Static Detection and Better Processes (ASE 2022).

    ## Bad
    ```python
    # %%
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    from sklearn.model_selection import train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    # %%
    scaler = StandardScaler()
    X_train = scaler.fit_transform(X_train)
    X_test = scaler.transform(X_test)
    model = SVC().fit(X_train, y_train)
    model.score(X_test, y_test)
    ```

    ## Good
    ```python
    # %%
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    from sklearn.model_selection import train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    # %%
    model = make_pipeline(StandardScaler(), SVC())
    model.fit(X_train, y_train)
    model.score(X_test, y_test)
    ```
    """
    history = model_history(notebook)
    for found in done_by_hand(history) if history else ():
        names = [fit.transformer.name for fit in found.fits]
        model = found.use.fitted
        verb = "is" if len(set(names)) == 1 else "are"
        what = f"{listed(names)} {verb} applied by hand to training and test rows"
        yield Finding(
            found.fits[0].spot.cell,
            place(found.fits[0].spot),
            f"{what}: a pipeline with `{model.model.name}` does both",
            related=(
                related(found.applied.spot, "applied to the test rows here"),
                related(model.spot, "the model is fitted here"),
            ),
            proposal=_proposal(found, model.model.name),
        )


def _proposal(found: ByHand, model: str) -> Proposal:
    """Return the refactoring that makes the pipeline."""
    fit = found.fits[0]
    return Proposal(f"Make a pipeline of `{fit.transformer.name}` and `{model}`", "pipeline", {"cell": fit.spot.cell})
