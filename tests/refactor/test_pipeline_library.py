"""The transformers of which a pipeline is made give, bit by bit, the same rows at once and in two steps."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from offbook.refactor.pipelines.library import ALIKE, ORDERED, SEEDED, SQUARE

RANDOM = np.random.default_rng(0)
NUMBERS = RANDOM.normal(size=(3001, 7)) * RANDOM.uniform(0.1, 1e5, 7) + 3
HOLES = np.where(RANDOM.random(NUMBERS.shape) < 0.1, np.nan, NUMBERS)
WORDS = [" ".join(RANDOM.choice(["the", "cat", "sat", "on", "a", "mat"], 8)) for _ in range(999)]
KINDS = pd.DataFrame({"a": RANDOM.choice(list("xyz"), 999), "b": RANDOM.choice(["u", "v"], 999)})
COUNTS = sparse.csr_matrix(RANDOM.integers(0, 3, (500, 20)))


def data_for(name: str) -> list[object]:
    if name.endswith("Encoder"):
        return [KINDS, KINDS.to_numpy()]
    if name.endswith("Vectorizer"):
        return [WORDS, pd.Series(WORDS)]
    if name == "TfidfTransformer":
        return [COUNTS]
    if name.endswith("Imputer"):
        return [HOLES, pd.DataFrame(HOLES)]
    return [NUMBERS, NUMBERS.astype("float32"), pd.DataFrame(NUMBERS)]


def pieces(rows: object) -> list[bytes]:
    if sparse.issparse(rows):
        return [part.tobytes() for part in (rows.data, rows.indices, rows.indptr)]
    return [np.asarray(rows).tobytes()]


@pytest.mark.parametrize("dotted", sorted(ALIKE))
def test_fitting_and_transforming_in_two_steps_gives_the_same(dotted: str) -> None:
    module, _, name = dotted.rpartition(".")
    made = getattr(importlib.import_module(module), name)
    for rows in data_for(name):
        at_once, one, two = made(), made(), made()
        result = at_once.fit_transform(rows)
        assert pieces(one.fit(rows).transform(rows)) == pieces(result)
        assert pieces(at_once.transform(rows)) == pieces(result)
        assert pieces(two.fit_transform(rows, np.arange(result.shape[0]))) == pieces(result)


@pytest.mark.parametrize("dotted", sorted(ORDERED))
def test_vectorisers_give_almost_the_same(dotted: str) -> None:
    module, _, name = dotted.rpartition(".")
    made = getattr(importlib.import_module(module), name)()
    at_once, later = made.fit_transform(WORDS), made.transform(WORDS)
    assert np.allclose(at_once.toarray(), later.toarray(), rtol=1e-12)
    assert pieces(at_once) != pieces(later)


@pytest.mark.parametrize("dotted", sorted(SEEDED))
def test_with_a_seed_a_decomposition_gives_the_same_each_time_it_is_fitted(dotted: str) -> None:
    module, _, name = dotted.rpartition(".")
    made = getattr(importlib.import_module(module), name)(n_components=3, random_state=0)
    state = np.random.get_state()[1].copy()
    first, rows = made.fit_transform(NUMBERS), made.transform(NUMBERS[:9])
    again = made.fit_transform(NUMBERS, np.arange(len(NUMBERS)))
    assert pieces(again) == pieces(first)
    assert pieces(made.transform(NUMBERS[:9])) == pieces(rows)
    assert np.array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("dotted", sorted(SQUARE))
def test_some_give_as_many_columns_as_they_are_given(dotted: str) -> None:
    module, _, name = dotted.rpartition(".")
    made = getattr(importlib.import_module(module), name)()
    wide = np.column_stack([NUMBERS, np.zeros(len(NUMBERS))])
    assert made.fit_transform(wide).shape == wide.shape == made.transform(wide).shape
