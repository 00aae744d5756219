"""Finds and reads the settings; every mistake in them is an error that says what was meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from offbook.config.settings import RunSettings, Settings, select_codes
from offbook.errors import UserError
from offbook.rules import CATALOGUE, Rule, all_rules
from offbook.text.patterns import pattern
from offbook.text.toml import parse_toml

_TYPES = {
    "array": "a list (`[...]`)",
    "object": "a table",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
}
"""msgspec's words for types."""
_WRONG_TYPE = pattern(
    r"Expected `(?P<expected>\w+)(?: \| null)?`, got `(?P<given>\w+)`(?: - at `\$(?P<inner>[.\w]*)(?P<item>\[.*\])?`)?$"
)

Table = Mapping[str, Any]
"""A table of settings, with hyphens in its keys."""


class ConfigError(UserError):
    """A mistake in the settings."""


def find_settings(start: Path, defaults: Table | None = None) -> Settings:
    """Return the settings that apply to a file or folder: the nearest ones above it, or the defaults.

    Args:
        start: the file or folder.
        defaults: settings of an editor, in the form of the file; what a settings' file says wins over them.

    Raises:
        ConfigError: where the settings' file is wrong.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        for name in ("offbook.toml", "pyproject.toml"):
            file = folder / name
            if file.is_file() and (found := load_settings(file, defaults)) is not None:
                return found
    return parse_settings(defaults or {}, start if start.is_dir() else start.parent)


def load_settings(file: Path, defaults: Table | None = None) -> Settings | None:
    """Read one settings file; ``None`` for a pyproject.toml without ``[tool.offbook]``.

    Raises:
        ConfigError: where the file is wrong.
    """
    try:
        document = parse_toml(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from None
    except ValueError as error:
        if file.name == "pyproject.toml":
            return None  # not ours to complain about
        raise ConfigError(f"{file} is not valid TOML: {error}") from None
    table = document if file.name == "offbook.toml" else document.get("tool", {}).get("offbook")
    if table is None:
        return None
    try:
        return parse_settings(_merged(defaults or {}, table), file.parent)
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None


def _merged(below: Table, above: Table) -> dict[str, Any]:
    """Return the second table with what only the first has; tables in them likewise."""
    merged = {**below, **above}
    for key, value in above.items():
        inner = below.get(key)
        if isinstance(value, dict) and isinstance(inner, dict):
            merged[key] = _merged(inner, value)
    return merged


def parse_settings(table: Table, root: Path) -> Settings:
    """Turn a table of settings (keys with hyphens) into values.

    Raises:
        ConfigError: for an unknown key (the nearest known one is named), a wrong type, or a rule that does not exist.
    """
    keys = _keys(Settings) - {"root"}
    _refuse_unknown(table, keys, "setting")
    values: dict[str, Any] = {}
    for key in ("select", "ignore", "exclude", "known-names"):
        if key in table:
            values[key.replace("-", "_")] = tuple(_convert(table[key], list[str], key))
    if "per-path-ignores" in table:
        ignores = _convert(table["per-path-ignores"], dict[str, list[str]], "per-path-ignores")
        values["per_path_ignores"] = {pattern: tuple(codes) for pattern, codes in ignores.items()}
    for selectors in (values.get("select", ()), values.get("ignore", ()), *values.get("per_path_ignores", {}).values()):
        _refuse_unknown_rules(selectors)
    if "rules" in table:
        values["rules"] = dict(_rule_options(_convert(table["rules"], dict[str, Any], "rules")))
    if "run" in table:
        values["run"] = _options(RunSettings, table["run"], "run")
    return Settings(root=root, **values)


def _rule_options(table: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    rules = {rule.name: rule for rule in all_rules() if rule.options}
    by_code = {rule.code: rule for rule in rules.values()}
    for key, given in table.items():
        rule: Rule | None = rules.get(key) or by_code.get(key)
        if rule is None or rule.options is None:
            raise ConfigError(f"no rule with options is called `{key}`{_nearest(key, rules)}")
        yield rule.name, _options(rule.options, given, f"rules.{key}")


def _options(kind: type[msgspec.Struct], given: object, where: str) -> Any:
    table = _convert(given, dict[str, Any], where)
    _refuse_unknown(table, _keys(kind), f"setting of [{where}]")
    return _convert({key.replace("-", "_"): value for key, value in table.items()}, kind, where)


def _keys(kind: type[msgspec.Struct]) -> set[str]:
    return {name.replace("_", "-") for name in kind.__struct_fields__}


def _convert(value: object, kind: Any, key: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(_said_plainly(key, str(error))) from None


def _said_plainly(key: str, error: str) -> str:
    """Say which value has a wrong type, in the words of TOML's users."""
    found = _WRONG_TYPE.match(error)
    if found is None:
        return f"`{key}` is wrong: {error}"
    names = [key, *re.findall(r"\w+", found["inner"] or "")]
    expected, given = (_TYPES.get(found[word], found[word]) for word in ("expected", "given"))
    name = ".".join(name.replace("_", "-") for name in names)
    return f"{'a value of ' if found['item'] else ''}`{name}` is {given}, and not {expected}"


def _refuse_unknown(table: Table, known: Collection[str], what: str) -> None:
    for key in table:
        if key not in known:
            raise ConfigError(f"unknown {what} `{key}`{_nearest(key, known)}")


def _refuse_unknown_rules(selectors: Iterable[str]) -> None:
    for selector in selectors:
        if not select_codes([selector]):
            names = [word for rule in CATALOGUE for word in (rule.code, rule.name)]
            raise ConfigError(f"no rule is called `{selector}`{_nearest(selector, names)}")


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415  (for mistakes alone)

    near = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f": did you mean `{near[0]}`?" if near else ""
