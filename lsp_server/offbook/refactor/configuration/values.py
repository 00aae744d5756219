"""Literal values, and how YAML and JSON hold them so that they come back the same, type for type."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Literal

Form = Literal["yaml", "json", "py"]

_LONGEST_INTEGER = 4000
"""Digits that Python converts without being asked to (``sys.set_int_max_str_digits``)."""
_PLAIN = re.compile(r"[A-Za-z/](?:[\w./ -]*[\w/])?", re.ASCII)
_WORDS = frozenset("true false yes no on off null none y n".split())
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNPRINTABLE = re.compile("[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def can_hold(form: Form, value: object) -> str:
    """Return why a file of this form cannot hold a value; empty where it can. A tuple is held as a list."""
    if form == "py":
        return ""
    if isinstance(value, tuple):
        return _first(form, value)
    return _hindrance(form, value)


def _first(form: Form, values: tuple[object, ...] | list[object]) -> str:
    return next((found for value in values if (found := _hindrance(form, value))), "")


def _hindrance(form: Form, value: object) -> str:
    name = form.upper()
    if isinstance(value, str):
        return "it holds half a character (a surrogate)" if _SURROGATE.search(value) else ""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return f"{name} would hold a number of thousands of digits" if abs(value) >= 10**_LONGEST_INTEGER else ""
    if isinstance(value, float):
        return f"{name} has no form for {value}" if form == "json" and not math.isfinite(value) else ""
    if isinstance(value, list):
        return _first(form, value)
    if isinstance(value, dict):
        return next((found for key in value if (found := _key(form, key))), "") or _first(form, list(value.values()))
    return (
        f"{name} has no form for a {type(value).__name__} inside it"
        if isinstance(value, tuple)
        else (f"{name} has no form for a value of the type `{type(value).__name__}`")
    )


def _key(form: Form, key: object) -> str:
    if isinstance(key, str):
        return _hindrance(form, key)
    if form == "yaml" and isinstance(key, int):
        return _hindrance(form, key)
    return f"{form.upper()} has no form for the key {key!r}"


def same(one: object, other: object) -> bool:
    """Tell whether two literals are the same in type and value, all the way down, with the order of dictionaries."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float | complex):
        return repr(one) == repr(other)
    return one == other


def to_json(entries: Mapping[str, object]) -> str:
    """Return the text of a JSON file."""
    return _printable(json.dumps(dict(entries), indent=2, ensure_ascii=False)) + "\n"


def to_yaml(entries: Mapping[str, object]) -> str:
    """Return the text of a YAML file that YAML 1.1 (PyYAML) and YAML 1.2 read alike."""
    return "".join(_yaml_lines(entries, ""))


def _yaml_lines(entries: Mapping[object, object] | Mapping[str, object], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in entries.items():
        head = f"{indent}{_scalar(key)}:"
        if isinstance(value, dict) and value:
            lines += [f"{head}\n", *_yaml_lines(value, indent + "  ")]
        elif isinstance(value, list | tuple) and len(_flow(value)) > 80 and not any(map(_is_container, value)):
            lines += [f"{head}\n", *(f"{indent}  - {_scalar(item)}\n" for item in value)]
        else:
            lines.append(f"{head} {_flow(value)}\n")
    return lines


def _is_container(value: object) -> bool:
    return isinstance(value, list | dict | tuple)


def _flow(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(item)}' for key, item in value.items())}}}"
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    return str(value)


def _number(value: float) -> str:
    """Return a float with a point, which YAML 1.1 asks for: ``1.0e-05``."""
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _printable(json.dumps(value, ensure_ascii=False))


def _printable(text: str) -> str:
    """Escape what YAML does not allow in a file, and line ends that only some programs see."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
