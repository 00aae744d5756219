"""Reads the dependencies that project files declare: pyproject.toml, setup.cfg, setup.py, Pipfile and pixi.toml."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from offbook.project.dependencies.requirements import normalize, read, requirement_names, requirements_file
from offbook.text.toml import parse_toml


class Declared(NamedTuple):
    """What one file declares.

    Attributes:
        names: distributions, normalised.
        declares: whether it is a place for dependencies at all.
        complete: whether everything that it declares could be read.
    """

    names: set[str]
    declares: bool = True
    complete: bool = True


NOTHING = Declared(set(), declares=False)


def pyproject_file(path: Path, text: str) -> Declared:
    """Read ``[project]``, dependency groups, and the tables of poetry, pdm, uv, hatch and pixi."""
    document = _toml(text)
    project, tool = _table(document, "project"), _table(document, "tool")
    names = requirement_names(_lists(project.get("dependencies"), project.get("optional-dependencies")))
    names |= requirement_names(_lists(document.get("dependency-groups")))
    pdm, uv = _table(tool, "pdm"), _table(tool, "uv")
    names |= requirement_names(_lists(pdm.get("dev-dependencies"), uv.get("dev-dependencies")))
    poetry = _table(tool, "poetry")
    names |= _keys(poetry.get("dependencies"), poetry.get("dev-dependencies"))
    for group in _tables(poetry.get("group")):
        names |= _keys(group.get("dependencies"))
    for environment in _tables(_table(tool, "hatch").get("envs")):
        names |= requirement_names(_lists(environment.get("dependencies"), environment.get("extra-dependencies")))
    pixi = _pixi(_table(tool, "pixi"))
    declares = bool(names or pixi) or "dependencies" in project or "dependencies" in poetry
    complete = True
    dynamic = project.get("dynamic")
    if isinstance(dynamic, list) and "dependencies" in dynamic:
        files = _table(_table(_table(tool, "setuptools"), "dynamic"), "dependencies").get("file")
        listed = [files] if isinstance(files, str) else files if isinstance(files, list) else []
        for file in listed:
            names |= requirements_file(path.parent / str(file), read(path.parent / str(file)))
        complete = declares = bool(listed)
    return Declared(names | pixi, declares, complete)


def pipfile(text: str) -> Declared:
    """Read a ``Pipfile``."""
    document = _toml(text)
    return Declared(_keys(document.get("packages"), document.get("dev-packages")))


def pixi_file(text: str) -> Declared:
    """Read a ``pixi.toml``."""
    return Declared(_pixi(_toml(text)))


def setup_cfg(text: str) -> Declared:
    """Read ``install_requires`` and extras of a ``setup.cfg``."""
    import configparser  # noqa: PLC0415  (few projects have such a file)

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return NOTHING
    values = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        values += [value for _, value in parser.items("options.extras_require")]
    names = requirement_names(line for value in values for line in value.splitlines() if line.strip())
    complete = not any(value.strip().startswith("file:") for value in values)
    return Declared(names, parser.has_option("options", "install_requires"), complete)


def setup_py(text: str) -> Declared:
    """Read the lists that a ``setup.py`` gives to ``setup()``, as far as they are written down in it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return NOTHING
    values = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names: set[str] = set()
    declares, complete = False, True
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for keyword in call.keywords:
            if keyword.arg in ("install_requires", "extras_require", "tests_require"):
                given = values.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
                declares = True
                complete &= isinstance(given, ast.List | ast.Tuple | ast.Dict)
                constants = ast.walk(given) if given else ()
                names |= requirement_names(node.value for node in constants if isinstance(node, ast.Constant))
    return Declared(names, declares, complete)


def _pixi(table: Mapping[str, Any]) -> set[str]:
    names = _keys(table.get("dependencies"), table.get("pypi-dependencies"))
    for feature in _tables(table.get("feature")):
        names |= _keys(feature.get("dependencies"), feature.get("pypi-dependencies"))
    return names


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return parse_toml(text)
    except ValueError:
        return {}


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}


def _tables(value: object) -> Iterator[Mapping[str, Any]]:
    yield from (item for item in value.values() if isinstance(item, dict)) if isinstance(value, dict) else ()


def _lists(*values: object) -> Iterator[object]:
    """Yield the items of lists, and those of the lists in tables."""
    for value in values:
        if isinstance(value, list):
            yield from value
        elif isinstance(value, dict):
            yield from _lists(*value.values())


def _keys(*values: object) -> set[str]:
    return {normalize(key) for value in values if isinstance(value, dict) for key in value} - {"python"}
