"""Which calls read files by a literal path, and what else could make those files appear."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts, root_name
from offbook.text.patterns import pattern

_READERS = frozenset(
    """
    pandas.read_csv pandas.read_table pandas.read_fwf pandas.read_excel pandas.read_parquet pandas.read_json
    pandas.read_pickle pandas.read_feather pandas.read_hdf pandas.read_stata pandas.read_sas pandas.read_spss
    pandas.read_orc polars.read_csv polars.read_parquet polars.read_json polars.read_excel polars.scan_csv
    polars.scan_parquet geopandas.read_file numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile joblib.load
    torch.load PIL.Image.open matplotlib.pyplot.imread matplotlib.image.imread cv2.imread skimage.io.imread
    imageio.imread scipy.io.loadmat scipy.io.wavfile.read librosa.load xarray.open_dataset xarray.open_dataarray
    h5py.File zipfile.ZipFile tarfile.open gzip.open bz2.open io.open codecs.open open
    keras.models.load_model tensorflow.keras.models.load_model
    """.split()
)
_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in _READERS)
_OPENERS = frozenset({"open", "io.open", "codecs.open", "gzip.open", "bz2.open", "tarfile.open"})
_ARCHIVES = frozenset({"zipfile.ZipFile", "h5py.File"})
_PATH_KEYWORDS = (
    "filepath_or_buffer",
    "path_or_buf",
    "path",
    "io",
    "file",
    "fname",
    "filename",
    "fp",
    "source",
    "name",
)
_NO_PATH = pattern(r"://|^[~/\\]|^[A-Za-z]:|[\n<>{}\[\]|\"*?]|^\s|^$")
_MAKERS = pattern(
    r"download|retrieve|extractall|unpack|unzip|untar|get_file|chdir|^system$|popen|^check_|^run$|subprocess|gdown|"
    r"copy|move|rename|symlink|^mount$|^fetch|writefile",
    re.IGNORECASE,
)
_WRITERS = pattern(
    r"^(?:to_(?:csv|excel|parquet|json|feather|hdf\d*|h5|pickle|sql|stata|html|latex|markdown|netcdf|zarr|orc|xml|file|disk"
    r"|image|text|string|yaml|shp|geojson|tensor|path)|save\w*|dump|imwrite|imsave|write\w*)$"
)
_HARMLESS = pattern(
    r"\s*(?:pip3?|conda|mamba|ls|cat|head|tail|wc|pwd|echo [^>]*$|which|nvidia-smi|python3? --version)\b"
)


class FileRead(NamedTuple):
    """A literal path that a cell reads when it runs, and the expression of the path."""

    path: str
    node: ast.Constant


def file_reads(facts: CellFacts, origin: Callable[[str], str | None]) -> Iterator[FileRead]:
    """Yield the relative paths that a cell reads at top level, outside of ``if`` and ``try``.

    Args:
        facts: the cell.
        origin: tells what an import binds to a name (``pd`` is ``pandas``); the builtin ``open`` is ``open``.
    """
    if facts.tree is None or not any(not call.owner and _name(call.node) in _LAST_NAMES for call in facts.calls):
        return
    for call in _plain_calls(facts.tree.body):
        name = _called(call.func, origin)
        argument = _path_argument(call)
        if name not in _READERS or argument is None or not _only_reads(name, call):
            continue
        if isinstance(argument.value, str) and not _NO_PATH.search(argument.value):
            yield FileRead(argument.value, argument)


def makes_files(facts: CellFacts) -> bool:
    """Tell whether a cell may bring files that nobody can name, or look in another folder."""
    if facts.dynamic or any(found.module.startswith("google.colab") for found in facts.imports):
        return True
    for magic in facts.masked.magics:
        if magic.kind == "shell" and not _HARMLESS.match(magic.argument):
            return True
        if magic.name in ("cd", "sx", "system", "bash", "sh", "script", "writefile", "bookmark", "pushd", "popd"):
            return True
    return any(_makes(call.node) for call in facts.calls)


def _makes(call: ast.Call) -> bool:
    function, name = call.func, _name(call)
    if name == "copy" and not call.args:  # that of a frame or dictionary
        return False
    if name in ("rename", "extract") and not isinstance(function, ast.Name) and root_name(function) != "os":
        return False
    if _MAKERS.search(name):
        return True
    computed = bool(call.args) and not isinstance(call.args[0], ast.Constant)
    return bool(_WRITERS.match(name)) and computed


def _plain_calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls that a run of the statements makes in any case; of loops, those that each round makes."""
    for statement in body:
        if isinstance(statement, ast.With):
            for item in statement.items:
                yield from _calls(item.context_expr)
            if not any("suppress" in ast.dump(item.context_expr) for item in statement.items):
                yield from _plain_calls(statement.body)
        elif isinstance(statement, ast.For):
            yield from _calls(statement.iter)
            yield from _plain_calls(statement.body)
        elif isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value:
            yield from _calls(statement.value)


def _calls(node: ast.expr) -> Iterator[ast.Call]:
    """Yield the calls in an expression, without those that a lambda or a condition puts off."""
    waiting: list[ast.AST] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.Lambda | ast.IfExp | ast.BoolOp):
            continue
        if isinstance(current, ast.Call):
            yield current
        waiting += ast.iter_child_nodes(current)


def _name(call: ast.Call) -> str:
    """Return the last part of a called name."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _called(node: ast.expr, origin: Callable[[str], str | None]) -> str:
    """Return the dotted name of a called function, through the imports."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    first = origin(node.id)
    return ".".join([first, *reversed(parts)]) if first else ""


def _path_argument(call: ast.Call) -> ast.Constant | None:
    named = (keyword.value for keyword in call.keywords if keyword.arg in _PATH_KEYWORDS)
    value = call.args[0] if call.args else next(named, None)
    return value if isinstance(value, ast.Constant) else None


def _only_reads(name: str, call: ast.Call) -> bool:
    """Tell whether a call that can write, too, is to read: by its mode."""
    if name not in _OPENERS and name not in _ARCHIVES:
        return True
    mode = call.args[1] if len(call.args) > 1 else None
    mode = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), mode)
    if mode is None:
        return True
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and mode.value.startswith("r")
