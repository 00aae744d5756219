"""Literals of a notebook that are worth a place in a configuration file, and those that have to stay, with reasons."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from offbook.analysis import CellFacts, span_of
from offbook.analysis.parameters import PARAMETER_NAMES, Setting, settings_of
from offbook.notebook import Cell, CellId, may_fail
from offbook.notebook.ipython import LOCAL_MAGICS
from offbook.notebook.secrets import find_secrets
from offbook.refactor.configuration.values import Form, can_hold
from offbook.refactor.module.scene import Scene
from offbook.text import Lines, Span

_PATH = re.compile(
    r"(?:[a-z][a-z0-9+]*://|[./~]|[A-Za-z]:\\)\S+|[^\s:;,]+/[^\s:;,]*|[\w.() /-]+\.[a-z][a-z0-9]{1,4}", re.A
)
_WORTH = re.compile(
    r"(?:^|_)(?:threshold|thresh|ratio|rate|size|seed|epochs?|steps?|iters?|iterations|depth|clusters|components|folds|"
    r"splits?|alpha|lr|batch|n|num|max|min|patience|dropout|momentum|tol|limit|window|lag|horizon|frac|fraction|share|"
    r"path|file|filename|dir|folder|url|columns?|cols?|features?|target)(?:_|$)",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"passw(?:or)?d|passphrase|(?:^|_)(?:pwd|pass|secret|token|credentials?)(?:_|$)|"
    r"(?:api|access|auth|private|account|storage|secret|subscription|consumer|encryption)_?key",
    re.IGNORECASE,
)
_SECRET_ADDRESS = re.compile(r"[?&](?:\w*(?:token|key|secret|sig|signature|password))=\w|://[^/\s:@]+:[^/\s@]+@", re.I)
_OPAQUE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.JoinedStr)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MOST_ITEMS = 40
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A literal that can go to the file.

    Attributes:
        cell: where it stands.
        names: how it may be called there, the best first.
        value: what it is.
        node: the literal.
        statement: the assignment whose whole value it is; ``None`` for a literal inside a call.
        repeated: whether it is evaluated more than once.
        secret: what it is, where nobody should see it.
        order: its place among all.
    """

    cell: CellId
    names: tuple[str, ...]
    value: object
    node: ast.expr
    statement: ast.Assign | ast.AnnAssign | None
    repeated: bool
    secret: str
    order: tuple[int, int, int]

    @property
    def span(self) -> Span:
        """Where it stands; for a variable, its assignment."""
        return span_of(self.statement if self.statement is not None else self.node)


@dataclass(frozen=True, slots=True)
class Left:
    """A literal that stays in the notebook, and why."""

    name: str
    cell: CellId
    span: Span
    why: str


class Candidates:
    """Finds the literals of a notebook: the variables first, by cells."""

    def __init__(self, scene: Scene, form: Form) -> None:
        self.scene = scene
        self.form = form
        self.compared = _compared_by_identity(scene)

    def variables(self, cell: Cell, facts: CellFacts) -> Iterator[Candidate | Left]:
        """Yield the variables that the cell binds to a literal at its top level."""
        if not self._is_open(cell, facts) or facts.tree is None:
            return
        secrets = _Secrets(facts)
        for statement in facts.tree.body:
            target = _target(statement)
            if target is None or not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
                continue
            try:
                value = ast.literal_eval(statement.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
            why = self._hindrance(target, value) or self._form_hindrance(facts, statement.value, value)
            if why:
                yield Left(target, cell.id, span_of(statement), why)
                continue
            secret = secrets.at(statement.value, target)
            yield Candidate(
                cell.id, (target,), value, statement.value, statement, False, secret, self._order(cell, statement)
            )

    def settings(self, cell: Cell, facts: CellFacts) -> Iterator[Candidate | Left]:
        """Yield the literals inside calls and filters, outside of functions."""
        if not self._is_open(cell, facts) or facts.tree is None:
            return
        secrets = _Secrets(facts)
        opaque, looped = _below(facts.tree, _OPAQUE), _below(facts.tree, _LOOPS)
        calls = {id(word.value): (call.node, word.arg or "") for call in facts.calls for word in call.node.keywords}
        for setting in {id(item.node): item for item in (*settings_of(facts), *_read_paths(facts))}.values():
            if id(setting.node) in opaque:
                continue
            value = ast.literal_eval(setting.node)
            names = _names(setting, calls.get(id(setting.node)))
            why = self._form_hindrance(facts, setting.node, value)
            if why:
                yield Left(setting.text, cell.id, span_of(setting.node), why)
                continue
            repeated, secret = id(setting.node) in looped, secrets.at(setting.node)
            order = self._order(cell, setting.node)
            yield Candidate(cell.id, names, value, setting.node, None, repeated, secret, order)

    def _order(self, cell: Cell, node: ast.AST) -> tuple[int, int, int]:
        start = span_of(node).start
        return self.scene.notebook.index(cell.id), start.line, start.column

    def _is_open(self, cell: Cell, facts: CellFacts) -> bool:
        """Tell whether a cell's code may change: not where it is shown in an error, or its magic measures it."""
        magic = facts.masked.cell_magic
        return (
            not any(output.kind == "error" for output in cell.outputs)
            and not may_fail(cell)
            and not (magic is not None and magic.name in LOCAL_MAGICS)
        )

    def _hindrance(self, name: str, value: object) -> str:
        flow = self.scene.flow
        if len(flow.bindings(name)) > 1 or flow.deletions(name):
            return "it is bound more than once"
        if flow.mutations(name):
            return "it is changed in place"
        if name in self.compared and value is not None and not isinstance(value, bool):
            return "it is compared with `is`"
        return ""

    def _form_hindrance(self, facts: CellFacts, node: ast.expr, value: object) -> str:
        text = Lines(facts.source).slice(span_of(node))
        if self.form != "py" and _has_comment(text):
            return "there are comments inside it"
        if any(line.strip("\r") and line.isspace() for line in text.split("\n")[1:-1]):
            return "it has a line of blanks, which IPython may take away, and a file would not"
        return can_hold(self.form, value)


def is_worth(candidate: Candidate, cell: Cell) -> bool:
    """Tell whether somebody will want to change a variable: constants, paths, parameters, lists of names."""
    name, value = candidate.names[0], candidate.value
    if name.startswith("_") or value is None:
        return False
    if "parameters" in cell.tags:
        return True
    if isinstance(value, str | list | tuple | dict | set | bytes) and (
        not value or len(value) > (_LONGEST if isinstance(value, str | bytes) else _MOST_ITEMS)
    ):
        return False
    if len(repr(value)) > _LONGEST:
        return False
    if name.isupper():
        return not isinstance(value, list | tuple) or not any(isinstance(item, list | tuple) for item in value)
    if isinstance(value, str):
        return _PATH.fullmatch(value) is not None
    if isinstance(value, list | tuple):
        return len(value) > 1 and all(isinstance(item, str) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool) and _is_parameter(name)


def _is_parameter(name: str) -> bool:
    return name in PARAMETER_NAMES or _WORTH.search(name) is not None


class _Secrets:
    """The secrets that stand in a cell."""

    def __init__(self, facts: CellFacts) -> None:
        self.lines = Lines(facts.source)
        self.found = find_secrets(facts.source)

    def at(self, node: ast.expr, name: str = "") -> str:
        """Return what secret a literal holds, for all that its name and form tell; empty without any."""
        texts = [
            part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if (any(texts) and _SECRET_NAME.search(name)) or any(map(_SECRET_ADDRESS.search, texts)):
            return f"the value of `{name}`" if _SECRET_NAME.search(name) else "an address with a key in it"
        span = span_of(node)
        start, end = self.lines.offset(span.start), self.lines.offset(span.end)
        return next((secret.what for secret in self.found if secret.start < end and start < secret.end), "")


def _target(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    return target.id if isinstance(target, ast.Name) else None


def _below(tree: ast.AST, kinds: tuple[type[ast.AST], ...]) -> set[int]:
    """Return the nodes that stand inside nodes of some kinds."""
    outer = (node for node in ast.walk(tree) if isinstance(node, kinds))
    return {id(inner) for node in outer for inner in ast.walk(node)}


def _read_paths(facts: CellFacts) -> Iterator[Setting]:
    """Yield the paths of files that calls read: ``pd.read_csv("data/sales.csv")``."""
    for call in facts.calls:
        function = call.node.func
        called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        first = call.node.args[0] if call.node.args else None
        if called.startswith("read_") and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield from _local_path(first, first.value)


def _local_path(node: ast.Constant, text: str) -> Iterator[Setting]:
    if "\n" not in text and "://" not in text and _PATH.fullmatch(text):
        yield Setting("address", text, node)


def _names(setting: Setting, call: tuple[ast.Call, str] | None) -> tuple[str, ...]:
    """Return names for a literal inside a call, the best first."""
    if call is not None:
        node, parameter = call
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return (parameter, f"{_snake(called)}_{parameter}") if called else (parameter,)
    if setting.kind == "seed":
        return ("seed",)
    if setting.kind == "address":
        stem = re.split(r"[/\\]", str(ast.literal_eval(setting.node)).split("?")[0].rstrip("/"))[-1]
        return (_identifier(stem), f"{_identifier(stem)}_address")
    if setting.kind == "threshold":
        left = re.split(r"[<>]", setting.text)[0]
        words = re.findall(r"[^\W\d]\w*", left)
        return (f"{_snake(words[-1])}_threshold", "threshold") if words else ("threshold",)
    return ("columns",)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _identifier(text: str) -> str:
    name = re.sub(r"\W+", "_", text).strip("_").lower()
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"file_{name}"


def _has_comment(text: str) -> bool:
    if "#" not in text:
        return False
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(f"({text})").readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return True
    return any(token.type == tokenize.COMMENT for token in tokens)


def _compared_by_identity(scene: Scene) -> set[str]:
    """Return the names that the notebook compares with ``is``."""
    found: set[str] = set()
    for _, _, facts in scene.cells:
        for node in ast.walk(facts.tree) if facts.tree is not None else ():
            if isinstance(node, ast.Compare) and any(isinstance(item, ast.Is | ast.IsNot) for item in node.ops):
                sides: Sequence[ast.expr] = (node.left, *node.comparators)
                found.update(side.id for side in sides if isinstance(side, ast.Name))
    return found
