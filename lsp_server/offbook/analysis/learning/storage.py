"""Remembers what the notebook writes into files, and gives it again where it is read."""

from __future__ import annotations

import ast

from offbook.analysis.learning.objects import ObjectEvaluator
from offbook.analysis.learning.values import UNKNOWN, Constant, Data, Estimator, Mapping, Sequence, Value, named

_WRITING = frozenset({"to_csv", "to_pickle", "to_parquet", "to_excel", "to_feather", "to_hdf", "to_json"})
_DUMPING = frozenset({"pickle.dump", "joblib.dump", "cPickle.dump", "dill.dump", "_pickle.dump"})
_ARRAYS = frozenset({"numpy.savez", "numpy.savez_compressed", "numpy.save"})


class StorageEvaluator(ObjectEvaluator):
    """Knows which value is in which file, by the text of the file's path."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, Value] = {}

    def written_by_method(self, node: ast.Call, name: str, owner: Data) -> None:
        """Note ``frame.to_csv("clean.csv")``."""
        if name in _WRITING and node.args:
            self._write(node.args[0], Data(owner.rows, owner.taints))

    def written_by_function(self, node: ast.Call, path: str, values: list[Value]) -> None:
        """Note ``np.savez("parts.npz", train=X_train)`` and ``joblib.dump(model, "model.joblib")``."""
        if path in _DUMPING and len(node.args) > 1:
            self._write(node.args[1], values[0])
        elif path in _ARRAYS and node.args:
            words = dict(zip((word.arg for word in node.keywords), values[len(node.args) :], strict=True))
            known = {name: named(value) for name, value in words.items() if name}
            self._write(node.args[0], Mapping(known) if known else next(iter(values[1:]), UNKNOWN))

    def stored(self, values: list[Value]) -> Value | None:
        """Return what the notebook has written into the file that is read; ``None`` for other files."""
        place = values[0] if values else UNKNOWN
        return self.files.get(place.text) if isinstance(place, Constant) else None

    def _write(self, place: ast.expr, value: Value) -> None:
        path = self.evaluate(place)
        if isinstance(path, Constant) and isinstance(value, Data | Mapping | Sequence | Estimator):
            self.files[path.text] = value
