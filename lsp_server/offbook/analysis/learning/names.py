"""What variables' names tell about the rows that they hold."""

from __future__ import annotations

import re

from offbook.text.patterns import pattern

_INDEX = pattern(r"ind|idx|ids|rows|mask|perm|order", re.IGNORECASE)
_TEST_ENDS = ("_te", "_ts", "_tst", "_eval", "xte", "yte", "xts", "yts", "_holdout")
_VALIDATION_ENDS = ("_val", "_dev", "_v", "xv", "yv", "xval", "yval")
_TRAIN_ENDS = ("_tr", "_trn", "xtr", "ytr", "_tra")
_TEST_NAMES = frozenset({"te", "ts", "tst", "holdout"})
_VALIDATION_NAMES = frozenset({"val", "dev"})
VALIDATION = "test for validation"
"""The side of validation rows: they are a test set, too, but a model may be watched on them."""
_TRAIN_NAMES = frozenset({"tr", "trn", "tra"})


def side_of(name: str) -> str:
    """Return which side of a split a variable's name speaks of; empty for none. Validation rows are a test set, too."""
    words = name.lower()
    if "test" in words or words in _TEST_NAMES or words.endswith(_TEST_ENDS) or words.startswith("tst_"):
        return "test"
    if "valid" in words or words in _VALIDATION_NAMES or words.endswith(_VALIDATION_ENDS) or words.startswith("val_"):
        return VALIDATION
    if "train" in words or words in _TRAIN_NAMES or words.endswith(_TRAIN_ENDS) or words.startswith("trn_"):
        return "train"
    return ""


def sides_of(names: list[str]) -> list[str]:
    """Return the sides of which variables' names speak that are bound at once; those that differ by a number differ.

    For instance ``X_val_1, X_val_2``: the second one's side ends with its number.
    """
    met: dict[str, str] = {}
    found = []
    for name in names:
        side = side_of(name)
        plain = "".join(letter for letter in name if not letter.isdigit())
        first = met.setdefault(plain, name)
        found.append(side if first == name or not side else f"{side} {name[len(first.rstrip('0123456789')) :]}")
    return found


_SIDES = _TEST_NAMES | _VALIDATION_NAMES | _TRAIN_NAMES | {"train", "test", "valid", "validation"}


def is_side(name: str) -> bool:
    """Tell whether a variable's name is that of a side, and nothing else (``X[train]``)."""
    return name.lower() in _SIDES


def is_index(name: str) -> bool:
    """Tell whether a variable's name speaks of row numbers or of a mask."""
    return _INDEX.search(name) is not None
