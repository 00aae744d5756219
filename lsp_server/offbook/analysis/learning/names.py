"""What variables' names tell about the rows that they hold."""

from __future__ import annotations

import re

_INDEX = re.compile(r"ind|idx|ids|rows|mask|perm|order", re.IGNORECASE)
_TEST_ENDS = ("_te", "_ts", "_tst", "_eval", "xte", "yte", "xts", "yts", "_holdout")
_VALIDATION_ENDS = ("_val", "_dev", "_v", "xv", "yv", "xval", "yval")
_TRAIN_ENDS = ("_tr", "_trn", "xtr", "ytr", "_tra")
_TEST_NAMES = frozenset({"te", "ts", "tst", "holdout"})
_VALIDATION_NAMES = frozenset({"val", "dev"})
_TRAIN_NAMES = frozenset({"tr", "trn", "tra"})


def side_of(name: str) -> str:
    """Return which side of a split a variable's name speaks of; empty for none. Validation rows are a test set, too."""
    words = name.lower()
    if "test" in words or words in _TEST_NAMES or words.endswith(_TEST_ENDS) or words.startswith("tst_"):
        return "test"
    if "valid" in words or words in _VALIDATION_NAMES or words.endswith(_VALIDATION_ENDS) or words.startswith("val_"):
        return "test for validation"
    if "train" in words or words in _TRAIN_NAMES or words.endswith(_TRAIN_ENDS) or words.startswith("trn_"):
        return "train"
    return ""


SIDES = {"train": "train", "training": "train", "test": "test", "testing": "test", "valid": "test for validation"}
"""Labels of rows (``frame.loc["train"]``) and the sides that they speak of."""


def is_index(name: str) -> bool:
    """Tell whether a variable's name speaks of row numbers or of a mask."""
    return _INDEX.search(name) is not None
