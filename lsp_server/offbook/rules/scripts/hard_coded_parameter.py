"""OB401."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from msgspec import Struct

from offbook.analysis import CellFacts, span_of
from offbook.analysis.parameters import Setting, settings_of
from offbook.diagnostics import Proposal, Related, Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text.patterns import pattern

_SHOWN = 4
_RELATED = 20
_LONGEST = 40
_READS_DATA = pattern(
    r"\bread_(?:csv|table|excel|json|parquet|sql\w*|feather|pickle|hdf|html)\(|\bopen\(|urlopen|urlretrieve|requests\."
    r"|\bload_(?:dataset|data|files|img|from_disk)\(|flow_from_directory|ImageFolder|imread|loadtxt|genfromtxt|loadmat"
)
_settings: WeakKeyDictionary[CellFacts, tuple[Setting, ...]] = WeakKeyDictionary()


class HardCodedParameterOptions(Struct, frozen=True):
    """Settings of OB401.

    Attributes:
        min_places: How many places of a notebook hold such a literal at least.
    """

    min_places: int = 4


@rule("OB401", Severity.INFORMATION, per="notebook", options=HardCodedParameterOptions)
def hard_coded_parameter(notebook: NotebookView) -> Iterator[Finding]:
    """What one will want to change is written into the code.

    ## What it does
    Looks for hyper-parameters (`n_estimators=500`), ratios of splits, seeds, addresses of data, lists of four columns
    or more, and thresholds of filters that are written where they are used. A notebook that reads data and has at
    least four such places (`min-places`) gets one finding, which says which; the others are related locations.

    ## Why it matters
    To try another value one looks through the whole notebook, and misses a place where it is written twice. A script
    or a scheduled run cannot be given other values.

    ## What to do
    Give them names in one cell at the top, or extract them to a configuration file: `offbook extract config`, or the
    light bulb, does it.

    ## When it stays silent
    For what already has a name, for what plots look like, for zeros, ones and indices, for notebooks that load no data
    of their own, and for few such places; all addresses together are one.

    ## Bad
    ```python
    # %%
    import pandas as pd
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import train_test_split
    sales = pd.read_csv("sales.csv")
    # %%
    X, y = sales.drop(columns="price"), sales["price"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    # %%
    model = RandomForestRegressor(n_estimators=500, max_depth=8, random_state=42)
    model.fit(X_train, y_train)
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import train_test_split
    SEED = 42
    TEST_SIZE = 0.2
    FOREST = {"n_estimators": 500, "max_depth": 8}
    sales = pd.read_csv("sales.csv")
    # %%
    X, y = sales.drop(columns="price"), sales["price"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=TEST_SIZE, random_state=SEED)
    # %%
    model = RandomForestRegressor(**FOREST, random_state=SEED)
    model.fit(X_train, y_train)
    ```
    """
    found = list(_found(notebook))
    addresses = sum(setting.kind == "address" for _, setting in found)
    places = len(found) - max(addresses - 1, 0)
    if places < notebook.options.min_places or not _reads_data(notebook):
        return
    (cell, first), *others = found
    counts = Counter(setting.text for _, setting in found)
    are, them, they = ("is", "it a name", "it") if len(counts) == 1 else ("are", "them names", "they")
    yield Finding(
        cell,
        span_of(first.node),
        f"{_listed(counts)} {are} written into the code: give {them} in one place, where {they} can be changed",
        related=tuple(_related(other, setting) for other, setting in others[:_RELATED]),
        proposal=Proposal("Extract them to a configuration file", "extract.config"),
    )


def _related(cell: CellId, setting: Setting) -> Related:
    return Related(cell, span_of(setting.node), f"`{_shortened(setting.text)}`")


def _found(notebook: NotebookView) -> Iterator[tuple[CellId, Setting]]:
    for cell in notebook.code_cells():
        facts = notebook.facts(cell)
        if facts is None:
            continue
        known = _settings.get(facts)
        if known is None:
            known = _settings[facts] = tuple(settings_of(facts))
        yield from ((cell, setting) for setting in known)


def _reads_data(notebook: NotebookView) -> bool:
    cells = map(notebook.facts, notebook.code_cells())
    return any(facts is not None and _READS_DATA.search(facts.source) for facts in cells)


def _listed(counts: Counter[str]) -> str:
    """Return the literals, those that are written most often first."""
    shown = counts.most_common(_SHOWN)
    texts = [f"`{_shortened(text)}`" + (f" ({count} times)" if count > 1 else "") for text, count in shown]
    if len(counts) > _SHOWN:
        texts.append(f"{len(counts) - _SHOWN} more")
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
