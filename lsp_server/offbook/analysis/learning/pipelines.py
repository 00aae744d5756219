"""Finds transformers that are fitted and applied by hand, where a pipeline would do both in one step."""

from __future__ import annotations

from typing import NamedTuple

from offbook.analysis.learning.events import Fit, History, Transformation, Use
from offbook.analysis.learning.rows import disjoint, key_of

_OTHERS = ("Sequential", "Model", "Booster", "Tokenizer", "TextVectorization", "Normalization", "TSNE", "UMAP")
"""Models and transformers of Keras and of boosters' own interfaces: they are no steps of a pipeline."""


class ByHand(NamedTuple):
    """Transformers are fitted on training rows, applied to test rows by hand, and then a model is fitted.

    Attributes:
        fits: where each transformer is fitted.
        applied: where the first is applied to the test rows.
        use: the model's use on the test rows.
    """

    fits: tuple[Fit, ...]
    applied: Transformation
    use: Use


def done_by_hand(history: History) -> list[ByHand]:
    """Return one finding for each set of transformers, with the first model that follows."""
    found: dict[frozenset[int], ByHand] = {}
    for use in history.uses:
        model = use.fitted.model
        if use.base is not None or model.name.startswith(_OTHERS) or not disjoint(use.fitted.data.rows, use.rows):
            continue
        spots = {taint.spot for taint in use.fitted.data.taints}
        steps = [(fit, _applied(fit, use, history)) for fit in history.fits if fit.spot in spots]
        pairs = [(fit, applied) for fit, applied in steps if applied is not None]
        known = {number for key in found for number in key}
        if pairs and not known & {id(fit.transformer) for fit, _ in pairs}:
            key = frozenset(id(fit.transformer) for fit, _ in pairs)
            found[key] = ByHand(tuple(fit for fit, _ in pairs), pairs[0][1], use)
    return list(found.values())


def _applied(fit: Fit, use: Use, history: History) -> Transformation | None:
    """Return where a transformer that has not seen the test rows is applied to them."""
    transformer = fit.transformer
    if transformer.kind != "transformer" or transformer.name in _OTHERS or not disjoint(fit.data.rows, use.rows):
        return None
    rows = key_of(use.rows)
    events = (event for event in history.transformations if event.transformer is transformer)
    return next((event for event in events if key_of(event.data.rows) == rows), None)
