"""A module that is there already: whether code can be added to it without changing what it, or the notebook, does."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property

from offbook.refactor.module.closure import Closure
from offbook.refactor.module.held import HeldPieces, keeps_state
from offbook.refactor.module.local import LocalModule, module_level
from offbook.refactor.module.names import BUILTINS, ImportedName
from offbook.refactor.module.noise import check_quiet, noise
from offbook.refactor.module.order import first_run, imports_of, new_imports_run
from offbook.refactor.module.scene import Piece, RefusedError, Scene
from offbook.refactor.module.target import Target
from offbook.refactor.plan import Place, Refusal
from offbook.text import Span


class ExistingModule:
    """The module as it is before code is added.

    Attributes:
        bound: the names that it binds at its top level, and how often.
        imports: for each imported name, what it stands for.
    """

    def __init__(self, scene: Scene, target: Target) -> None:
        self.scene = scene
        self.target = target
        self.file = LocalModule(target.dotted, target.path, target.before or "")
        tree = self.file.tree
        if tree is None:
            raise self.refuse(f"`{target.name}` has a syntax error", 1, "Mend it first.")
        self.tree = tree
        self.bound: defaultdict[str, int] = defaultdict(int)
        self.imports: dict[str, ImportedName] = {}
        self.reads: set[str] = set()
        self._collect()

    def refuse(self, reason: str, line: int, advice: str = "") -> RefusedError:
        """Return the error to raise for a refusal at a line (from 1) of the module."""
        return RefusedError(Refusal(reason, Place(self.target.path, None, Span.on_line(line - 1)), advice))

    def _collect(self) -> None:
        for statement in self.tree.body:
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    self.imports[bound] = ImportedName(alias.name, "", bound)
            elif isinstance(statement, ast.ImportFrom) and not statement.level:
                for alias in statement.names:
                    bound = alias.asname or alias.name
                    self.imports[bound] = ImportedName(statement.module or "", alias.name, bound)
        for node in module_level(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    self.bound[alias.asname or alias.name.partition(".")[0]] += 1
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.bound[node.name] += 1
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.bound[node.id] += 1
        for inner in ast.walk(self.tree):
            if isinstance(inner, ast.Name):
                self.reads.add(inner.id)
            elif isinstance(inner, ast.Global):
                for name in inner.names:
                    self.bound[name] += 2

    # checks

    def check(self, closure: Closure) -> None:
        """Refuse collisions of names, circular imports, and a module whose import does more than define names.

        Raises:
            RefusedError: with the place in the module.
        """
        if closure.guards:
            raise self.refuse("the code needs imports that have a way out (`try`)", 1, "Choose a new module.")
        self._check_collisions(closure)
        self._check_stars(closure)
        self._check_future(closure)
        for item in self.missing(closure):
            self._check_cycle(item)
        self._check_held(closure)
        start = new_imports_run(self.scene, closure.ordered)
        if first_run(self.scene, self.target, closure.ordered) == start:
            check_quiet(self.scene, self.target.dotted, start)

    def missing(self, closure: Closure) -> list[ImportedName]:
        """Return the imports that the module lacks.

        Raises:
            RefusedError: where a name is taken by something else.
        """
        found: list[ImportedName] = []
        for item in sorted(closure.imports):
            if self._is_own(item):
                continue
            if self.bound.get(item.bound):
                if self.imports.get(item.bound) == item and self.bound[item.bound] == 1:
                    continue
                plain = not item.name and item.bound == item.module.partition(".")[0]
                other = self.imports.get(item.bound)
                if not (plain and other and not other.name and other.module.partition(".")[0] == item.bound):
                    raise self.refuse(
                        f"`{self.target.name}` has another `{item.bound}`",
                        self._line(item.bound),
                        "Rename one of them.",
                    )
            found.append(item)
        return found

    @cached_property
    def _held(self) -> HeldPieces:
        return HeldPieces(self.scene, self.target.before or "", self.bound)

    def held(self, closure: Closure) -> dict[Piece, ast.stmt]:
        """Return the pieces that the module defines just so already, each with its statement there."""
        known = (piece for piece in closure.pieces if all(self.bound.get(name) for name in piece.bound))
        found = {piece: self._held.find(piece, closure.pieces[piece]) for piece in known}
        return {piece: node for piece, node in found.items() if node is not None}

    def _check_held(self, closure: Closure) -> None:
        """Refuse to use what the module has where its own code may have changed it."""
        held = self.held(closure)
        if not held:
            return
        for statement in self.tree.body:
            plain = isinstance(statement, ast.Import | ast.ImportFrom)
            problem = "" if plain else noise(self.file, statement, set(), self.scene)
            if problem:
                raise self.refuse(f"`{self.target.name}` has what moves already, and {problem}", statement.lineno)
        if next(imports_of(self.scene, self.target.path), None) is None:
            return
        nodes = set(map(id, held.values()))
        for piece in held:
            for statement in self.tree.body if keeps_state(piece) else ():
                words = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
                if id(statement) not in nodes and words.intersection(piece.names):
                    raise self.refuse(
                        f"other code of `{self.target.name}`, which the notebook imports, uses its `{piece.name}` too",
                        statement.lineno,
                    )

    def _is_own(self, item: ImportedName) -> bool:
        """Tell whether an import of the notebook takes a name from this very module."""
        if item.module != self.target.dotted:
            return False
        if item.name and item.name == item.bound and self.bound.get(item.name):
            return True
        raise self.refuse(
            f"the code needs `{item.bound}` from `{self.target.name}` itself, under another name",
            1,
            f"Use `from {self.target.dotted} import ...` without `as` in the notebook.",
        )

    def _check_collisions(self, closure: Closure) -> None:
        name = self.target.name
        held = self.held(closure)
        for piece in closure.ordered:
            for bound in () if piece in held else piece.bound:
                if self.bound.get(bound):
                    raise self.refuse(
                        f"`{name}` already has a `{bound}`", self._line(bound), "Rename it, or choose another module."
                    )
        for builtin in sorted(closure.builtins):
            if self.bound.get(builtin):
                raise self.refuse(
                    f"`{name}` has a `{builtin}` of its own", self._line(builtin), "Choose another module."
                )
        new = closure.bound.difference(*(piece.bound for piece in held))
        new |= {item.bound for item in self.missing(closure)}
        for taken in sorted(new & self.reads & BUILTINS):
            if not self.bound.get(taken):
                raise self.refuse(f"`{name}` uses the builtin `{taken}`", self._line(taken), "Rename the function.")
        for taken in sorted(new & self.reads):
            if not self.bound.get(taken):
                raise self.refuse(f"`{name}` uses a name `{taken}` that it does not bind", self._line(taken))

    def _check_stars(self, closure: Closure) -> None:
        needed = {*closure.bound, *closure.builtins, *(item.bound for item in closure.imports)}
        for _, _, facts in self.scene.cells:
            for item in facts.imports:
                if item.bound == "*" and item.module == self.target.dotted:
                    raise RefusedError(
                        Refusal(
                            f"the notebook imports all of `{self.target.name}` (`*`)",
                            None,
                            "Import by name what it needs, or choose another module.",
                        )
                    )
        for facts_import in _star_imports(self.tree):
            known = None if facts_import.level else self.scene.star_names(facts_import.module or "")
            if known is None or known & needed:
                raise self.refuse(
                    f"`{self.target.name}` imports with a star, which may bind names that the code uses",
                    facts_import.lineno,
                    "Import by name there, or choose another module.",
                )

    def _check_future(self, closure: Closure) -> None:
        """Refuse where annotations are evaluated in one of the two, and kept as text in the other."""
        here = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in self.tree.body
        )
        there = uses_lazy_annotations(self.scene, closure.ordered)
        if here != there and any(_is_annotated(piece.node) for piece in closure.ordered):
            who, other = (self.target.name, "the notebook") if here else ("the notebook", self.target.name)
            raise self.refuse(
                f"`{who}` has `from __future__ import annotations`, and `{other}` has not",
                1,
                "Choose another module.",
            )

    def _check_cycle(self, item: ImportedName) -> None:
        for dotted in (item.module, f"{item.module}.{item.name}" if item.name else item.module):
            for module in self.scene.reached(dotted):
                if module.path == self.target.path:
                    raise self.refuse(
                        f"`{self.target.name}` would import `{item.module}`, which imports `{self.target.name}`",
                        1,
                        "Choose another module.",
                    )

    def _line(self, name: str) -> int:
        """Return the first line (from 1) on which a name stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and node.id == name:
                return node.lineno
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
                return node.lineno
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name.partition(".")[0]) == name:
                        return node.lineno
        return 1


def uses_lazy_annotations(scene: Scene, pieces: list[Piece]) -> bool:
    """Tell whether ``from __future__ import annotations`` holds for the pieces; it does from its cell on.

    Raises:
        RefusedError: where it holds for some of them only.
    """
    start = scene.lazy_from
    if start is None:
        return False
    before = [piece for piece in pieces if piece.moment < start and _is_annotated(piece.node)]
    after = [piece for piece in pieces if piece.moment >= start]
    if before and after:
        piece = before[0]
        raise scene.refuse(
            f"`{piece.name}` stands before `from __future__ import annotations`, and `{after[0].name}` behind it",
            piece.cell,
            piece.whole,
            "Move that import to the first cell.",
        )
    return bool(after)


def _is_annotated(node: ast.stmt) -> bool:
    return any(
        (isinstance(inner, ast.arg) and inner.annotation is not None)
        or isinstance(inner, ast.AnnAssign)
        or (isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.returns is not None)
        for inner in ast.walk(node)
    )


def _star_imports(tree: ast.Module) -> list[ast.ImportFrom]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
