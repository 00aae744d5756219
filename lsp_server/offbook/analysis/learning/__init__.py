"""Machine learning in a notebook: the rows a model learns from, those it is judged on, and what leaks between them."""

from offbook.analysis.learning.events import Copying, Fit, History, Transformation, Use
from offbook.analysis.learning.interpreter import Interpreter
from offbook.analysis.learning.leakage import (
    MultiTestLeak,
    OverlapLeak,
    PreprocessingLeak,
    fits_on_test,
    multi_test_leaks,
    overlap_leaks,
    preprocessing_leaks,
    split_of,
)
from offbook.analysis.learning.pipelines import ByHand, done_by_hand
from offbook.analysis.learning.relevance import matters, uses_models
from offbook.analysis.learning.values import Spot, Taint

__all__ = [
    "ByHand",
    "Copying",
    "Fit",
    "History",
    "Interpreter",
    "MultiTestLeak",
    "OverlapLeak",
    "PreprocessingLeak",
    "Spot",
    "Taint",
    "Transformation",
    "Use",
    "done_by_hand",
    "fits_on_test",
    "matters",
    "multi_test_leaks",
    "overlap_leaks",
    "preprocessing_leaks",
    "split_of",
    "uses_models",
]
