"""Strings that name a place on one machine, and where code uses them as paths."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from offbook.analysis import root_name
from offbook.analysis.nodes import text_of
from offbook.text.patterns import pattern

Use = Literal["path", "value", "none"]
"""How a string is used: handed to what takes a path, as a value that somebody may take for one, or not at all."""

_CERTAIN = pattern(
    r"""(?:file://)?(?:
        [A-Za-z]:(?:\\|/(?!/))[^\s:]
      | \\\\\w[\w.-]*\\\w
      | ~[/\\]\w
      | /(?:home|Users)/[\w.-]+(?:/|$)
      | /(?:root|mnt|media|Volumes|scratch|nfs|gpfs|lustre)/\w
      | /(?:content|kaggle)(?:/|$)
    )""",
    re.VERBOSE,
)
_LIKELY = pattern(r"/(?!(?:dev|proc|sys|etc|tmp|bin|usr|var|run|opt/ml)(?:/|$))[\w.-]+/[\w. -]")
_READERS = pattern(r"(?:im)?(?:read|to)_(?!numpy|list|dict|string|datetime|numeric|categorical|sql)\w+$")
_TAKES_PATH = frozenset(
    "open Path PosixPath WindowsPath chdir listdir scandir walk makedirs mkdir rmdir remove unlink rename glob iglob "
    "imread imwrite imsave savefig loadtxt genfromtxt savetxt loadmat savemat load_model save_model load_weights "
    "save_weights ImageFolder image_dataset_from_directory flow_from_directory copyfile copytree copy2 rmtree "
    "copy move load dump save join abspath ZipFile read_csv fromfile memmap load_img VideoCapture".split()
)
_MODULES = frozenset(
    "os path shutil glob np numpy torch joblib pickle json yaml Image cv2 plt io sys pathlib zipfile".split()
)
_AMBIGUOUS = frozenset({"join", "remove", "copy", "walk", "load", "dump", "save", "move", "rename"})
_NO_PATH = frozenset(
    "print display Markdown HTML replace startswith endswith split rsplit strip lstrip rstrip sub match search findall "
    "fullmatch compile mount exists isdir isfile is_file is_dir expanduser expandvars get getenv setdefault "
    "add_argument add_option route post put delete PurePosixPath PureWindowsPath getLogger info debug warning error "
    "len count index find ord set_title title text annotate".split()
)
_HINT = pattern(r"path|dir(?:ectory)?$|dir_|file|folder|root|fname", re.IGNORECASE)
_ENVIRONMENT = pattern(r"exists|isdir|isfile|colab|kaggle|environ|getenv|platform|modules|hostname|os\.name", re.I)


class MachinePath(NamedTuple):
    """A string that names a place on one machine, and the name that it is assigned to (empty: none)."""

    node: ast.Constant
    text: str
    name: str


def machine_paths(tree: ast.Module) -> Iterator[tuple[MachinePath, bool]]:
    """Yield the strings that are paths of one machine, and whether that is certain by what they say and how used.

    One that is not certain is a path if its name is used as one.
    """
    for statement in tree.body:
        yield from _statement(statement)


def takes_path(call: ast.Call) -> bool:
    """Tell whether a call's first argument is a path."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in _TAKES_PATH - _AMBIGUOUS or _READERS.match(function.id) is not None
    if not isinstance(function, ast.Attribute):
        return False
    if root_name(function) in ("spark", "dbutils", "sc"):
        return False
    if function.attr in _AMBIGUOUS:
        holder = function.value.attr if isinstance(function.value, ast.Attribute) else root_name(function.value)
        return holder in _MODULES
    return function.attr in _TAKES_PATH or _READERS.match(function.attr) is not None


def _statement(node: ast.stmt) -> Iterator[tuple[MachinePath, bool]]:
    if isinstance(node, ast.If) and _ENVIRONMENT.search(text_of(node.test)):
        return
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = target.id if isinstance(target, ast.Name) else ""
        held = target.attr if isinstance(target, ast.Attribute) else name
        yield from _expression(node.value, "path" if _HINT.search(held) else "value", name)
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield from _statement(child)
        elif isinstance(child, ast.expr):
            yield from _expression(child, "none", "")
        else:
            yield from _other(child)


def _other(node: ast.AST) -> Iterator[tuple[MachinePath, bool]]:
    """Go through handlers, cases and ``with`` items."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield from _statement(child)
        elif isinstance(child, ast.expr):
            yield from _expression(child, "none", "")


def _expression(node: ast.AST, use: Use, name: str) -> Iterator[tuple[MachinePath, bool]]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and use != "none" and len(node.value) < 300 and "\n" not in node.value:
            yield from _string(node, node.value, use, name)
    elif isinstance(node, ast.Call):
        yield from _call(node, use, name)
    elif isinstance(node, ast.BinOp):
        yield from _expression(node.left, use, name)
        yield from _expression(node.right, "none", "")
    elif isinstance(node, ast.JoinedStr):
        for number, part in enumerate(node.values):
            yield from _expression(part, use if number == 0 else "none", name)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Starred | ast.IfExp):
        if not (isinstance(node, ast.IfExp) and _ENVIRONMENT.search(text_of(node.test))):
            for child in ast.iter_child_nodes(node):
                yield from _expression(child, use, "")
    else:
        for child in ast.iter_child_nodes(node):
            yield from _expression(child, "none", "")


def _string(node: ast.Constant, text: str, use: Use, name: str) -> Iterator[tuple[MachinePath, bool]]:
    if _CERTAIN.match(text):
        yield MachinePath(node, text, name), True
    elif _LIKELY.match(text):
        if use == "path" and not name:
            yield MachinePath(node, text, ""), True
        elif name:
            yield MachinePath(node, text, name), False


def _call(node: ast.Call, use: Use, name: str) -> Iterator[tuple[MachinePath, bool]]:
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Attribute):
        pure = called in ("format", "rstrip", "strip")
        yield from _expression(function.value, use if pure else "none", name if pure else "")
    first: Use = "path" if takes_path(node) else "none" if called in _NO_PATH else "value"
    if root_name(function) in ("spark", "dbutils", "sc"):
        first = "none"
    for number, argument in enumerate(node.args):
        yield from _expression(argument, first if number == 0 else "value" if first != "none" else "none", "")
    for keyword in node.keywords:
        hinted: Use = "path" if first == "path" and _HINT.search(keyword.arg or "") else "value"
        yield from _expression(keyword.value, hinted if first != "none" else "none", "")
