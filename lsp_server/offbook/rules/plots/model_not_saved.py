"""OB305."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import Analysis, CellFacts, root_name, span_of
from offbook.analysis.learning.events import Use
from offbook.analysis.learning.library import kind_of
from offbook.diagnostics import Applicability, Fix, Severity
from offbook.notebook import Cell, InsertCell, new_cell_id
from offbook.rules.learning.history import model_history, place, related
from offbook.rules.learning.networks import trainings
from offbook.rules.plots.results import SAVES, teaches
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text.patterns import pattern

_READS = pattern(r"read_(csv|table|excel|parquet|feather|json|sql\w*|hdf|pickle|orc|stata|sas|spss|gbq|fwf)$")
_SPLITS = frozenset({"train_test_split"})
_TOY_MODULES = ("sklearn.datasets", "statsmodels", "vega_datasets", "tensorflow_datasets", "keras.datasets")


@rule("OB305", Severity.WARNING, per="notebook", needs="networks")
def model_not_saved(notebook: NotebookView) -> Iterator[Finding]:
    """A model is fitted, evaluated and never saved.

    ## What it does
    Reports, once for a notebook, the model that is fitted on data from a file and evaluated, when nothing saves it:
    no `joblib.dump`, `pickle.dump`, `skops`, `.save`, `save_model`, `torch.save`, `mlflow`, and no file with its
    predictions. So it does for a network that a loop of PyTorch trains.

    ## Why it matters
    The model is the result of the notebook, and it is gone when the kernel stops: nobody can use it, or find out
    later which model gave the score.

    ## What to do
    Save it behind the evaluation. The fix adds a cell that does, with joblib, for models of scikit-learn.

    ## When it stays silent
    In notebooks that compare several models, that teach (chapters, exercises, tutorials), that use toy data or make
    them up, that have no held-out data, and where anything at all is written or uploaded. Models of statsmodels are
    fitted to be read.

    ## Bad
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import train_test_split
    df = pd.read_csv("sales.csv")
    X_train, X_test, y_train, y_test = train_test_split(df[["size"]], df["price"], random_state=0)
    # %%
    model = LinearRegression()
    model.fit(X_train, y_train)
    model.score(X_test, y_test)
    ```

    ## Good
    ```python
    # %%
    import joblib
    import pandas as pd
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import train_test_split
    df = pd.read_csv("sales.csv")
    X_train, X_test, y_train, y_test = train_test_split(df[["size"]], df["price"], random_state=0)
    # %%
    model = LinearRegression()
    model.fit(X_train, y_train)
    model.score(X_test, y_test)
    # %%
    joblib.dump(model, "model.joblib")
    ```
    """
    history = model_history(notebook)
    judged = [use for use in history.uses if use.how == "scored"] if history is not None else []
    if len({use.fitted.model.spot for use in history.uses} if history is not None else ()) > 1:
        return
    if not judged:
        yield from _networks(notebook)
        return
    analysis = notebook.whole()
    if not _makes_a_result(analysis) or any(map(teaches, analysis.notebook.cells)):
        return
    last = judged[-1]
    name = _name(last)
    text = f"`{name}`" if name else f"the `{last.fitted.model.name}`"
    yield Finding(
        last.fitted.spot.cell,
        place(last.fitted.spot),
        f"{text} is fitted and evaluated, and never saved",
        _saving_fix(notebook, last, name),
        (related(last.spot, "evaluated here"),),
    )


def _networks(notebook: NotebookView) -> Iterator[Finding]:
    """Report the network that a loop of PyTorch trains, where the notebook trains one and switches it to evaluation."""
    trained = trainings(notebook)
    if len({training.network for training in trained}) != 1 or not trained[0].network:
        return
    analysis = notebook.whole()
    names = {_called(call.node) for _, facts in analysis.cells for call in facts.calls}
    if not names & {"eval", "no_grad", "inference_mode"} or not _makes_a_result(analysis):
        return
    if any(map(teaches, analysis.notebook.cells)):
        return
    cell, node, name = trained[0]
    message = f"`{name}` is trained and evaluated, and never saved: write its `state_dict()` with `torch.save`"
    yield Finding(cell, span_of(node), message)


def _makes_a_result(analysis: Analysis) -> bool:
    """Tell whether the notebook models data of its own, holds some of them out, and writes nothing."""
    names = {_called(call.node) for _, facts in analysis.cells for call in facts.calls}
    imports = [(found.module, found.name) for _, facts in analysis.cells for found in facts.imports]
    if any(module.startswith(_TOY_MODULES) or SAVES.search(name) for module, name in imports):
        return False
    if any(
        module.partition(".")[0] in ("joblib", "pickle", "skops", "mlflow", "wandb", "dill") for module, _ in imports
    ):
        return False
    if sum(kind_of(name, "") == "model" for name in names) > 1:
        return False  # a comparison of models
    reads, splits = any(map(_READS.match, names)), bool(names & _SPLITS)
    return reads and splits and not any(map(SAVES.search, names)) and not any(map(_is_open, _all_facts(analysis)))


def _all_facts(analysis: Analysis) -> Iterator[CellFacts]:
    yield from (facts for _, facts in analysis.cells)


def _is_open(facts: CellFacts) -> bool:
    """Tell whether a cell may do more than can be seen: other programs, code that cannot be parsed."""
    shell = any(magic.kind != "line" or magic.name in ("run", "store", "save") for magic in facts.masked.magics)
    return facts.tree is None or shell or facts.dynamic


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _name(use: Use) -> str:
    """Return the name of the fitted model, where ``fit`` is called on a plain name."""
    node = use.fitted.spot.node
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return root_name(function) or ""
    return ""


def _saving_fix(notebook: NotebookView, use: Use, name: str) -> Fix | None:
    """Add a cell behind the evaluation that saves the model, for models of scikit-learn."""
    imported = (notebook.imported_from(use.fitted.model.name) or "").partition(".")[0]
    if not name or imported != "sklearn":
        return None
    source = f'import joblib\n\njoblib.dump({name}, "{name}.joblib")'
    cell = Cell(new_cell_id(source, notebook.order()), "code", source)
    return Fix("Save the model", Applicability.SAFE, changes=(InsertCell(use.spot.cell, cell),))
