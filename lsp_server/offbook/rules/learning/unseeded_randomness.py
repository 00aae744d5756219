"""OB505."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.diagnostics import Applicability, Fix, Related, Severity
from offbook.rules.learning.history import model_history
from offbook.rules.learning.networks import unseeded_network
from offbook.rules.learning.randomness import Draw, merged, seeding_edit, unseeded_draws
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView

_SHOWN = 12
"""At most so many other places are named."""


@rule("OB505", Severity.WARNING, per="notebook", needs="networks", modules=True)
def unseeded_randomness(notebook: NotebookView) -> Iterator[Finding]:
    """A split, a model or a sample is drawn at random without a seed.

    ## What it does
    Reports, in a notebook in which a model is judged, the calls that draw at random and get no seed, all in one finding
    (and in one more those that take none):
    `train_test_split`, shuffled folds, forests, networks and samplers of scikit-learn and imbalanced-learn, `sample` of
    a frame, and NumPy's global generator. Of a network that a loop of PyTorch trains and whose loss or score is shown,
    it reports that it starts from random weights.

    ## Why it matters
    The next run splits and fits otherwise: its scores differ from those that are shown, and nobody can tell whether a
    change made the model better or the draw was lucky.

    ## What to do
    Give each call a `random_state`, as the fix does; for NumPy's own draws, set `np.random.seed(0)` in the first cell
    or draw from `np.random.default_rng(0)`. For PyTorch, call
    `torch.manual_seed(0)` behind the import, as the fix does.

    ## When it stays silent
    Behind `np.random.seed`, which seeds NumPy, pandas, scikit-learn and imbalanced-learn, and behind a helper like
    `seed_everything`; for networks, where the word seed stands in any call; where no model is judged; for
    `shuffle=False`; and for what is drawn only to be looked at.

    ## Bad
    ```python
    # %%
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    # %%
    model = RandomForestClassifier().fit(X_train, y_train)
    model.score(X_test, y_test)
    ```

    ## Good
    ```python
    # %%
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import train_test_split
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    # %%
    model = RandomForestClassifier(random_state=0).fit(X_train, y_train)
    model.score(X_test, y_test)
    ```
    """
    network = unseeded_network(notebook)
    if network is not None:
        message = f"`{network.name}` starts from random weights without a seed: the results change from run to run"
        yield Finding(network.cell, span_of(network.node), message, network.fix)
    history = model_history(notebook)
    if history is None or not any(use.how != "predicted" for use in history.uses):
        return
    draws = list(unseeded_draws(notebook, list(notebook.learning_cells())))
    edits = [(draw, seeding_edit(notebook, draw)) for draw in draws]
    seedable = [(draw, edit) for draw, edit in edits if edit is not None]
    if seedable:
        fix = Fix("Insert `random_state=0`", Applicability.SAFE, merged([edit for _, edit in seedable]))
        yield _finding([draw for draw, _ in seedable], fix)
    others = [draw for draw, edit in edits if edit is None]
    if others:
        yield _finding(others, None)


def _finding(draws: list[Draw], fix: Fix | None) -> Finding:
    first, *others = draws
    more = f" (and {len(others)} more calls)" if len(others) > 1 else " (and one more call)" if others else ""
    places = [Related(draw.cell, span_of(draw.node.func), f"`{draw.name}` draws without a seed") for draw in others]
    message = f"`{first.name}`{more} {'draw' if others else 'draws'} without a seed: the results change from run to run"
    return Finding(first.cell, span_of(first.node), message, fix, tuple(places[:_SHOWN]))
