"""The TypeScript types of our own messages, from the Structs of ``offbook.wire``."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from types import UnionType

import msgspec
from msgspec import inspect as shapes

from offbook import wire
from offbook.wire.methods import METHODS, Method

PATH = "lsp_server/client/src/wire.gen.ts"
_SCALARS: dict[type[shapes.Type], str] = {
    shapes.AnyType: "unknown",
    shapes.NoneType: "null",
    shapes.BoolType: "boolean",
    shapes.IntType: "number",
    shapes.FloatType: "number",
    shapes.StrType: "string",
}


def generate() -> Iterator[tuple[str, str]]:
    """Yield the module of the wire's types."""
    blocks = [
        "// Generated from lsp_server/offbook/wire by `python -m offbook.devtools.generate`. Do not edit.",
        _comment("Raised with every change that an older client could not read.")
        + f"export const PROTOCOL_VERSION = {wire.PROTOCOL_VERSION};",
        *_method_tables(),
        *_types(),
    ]
    yield PATH, "\n\n".join(blocks) + "\n"


def _types() -> Iterator[str]:
    """Yield every message and every named union, in the order of the Python module."""
    unions = {frozenset(value.__args__): name for name, value in vars(wire).items() if isinstance(value, UnionType)}
    sent = _sent_by_client()
    for name, value in vars(wire).items():
        if isinstance(value, UnionType):
            members = " | ".join(member.__name__ for member in value.__args__)
            yield f"export type {name} = {members};"
        elif _is_message(value):
            yield _interface(value, optional=value in sent, unions=unions)


def _is_message(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, wire.Message) and value is not wire.Message


def _interface(cls: type[wire.Message], *, optional: bool, unions: dict[frozenset[type], str]) -> str:
    """Render one message; a field with a default may be left out of what a client sends."""
    shape = shapes.type_info(cls)
    assert isinstance(shape, shapes.StructType)
    lines = [_comment(inspect.getdoc(cls) or "") + f"export interface {cls.__name__} {{"]
    if shape.tag_field:
        lines.append(f"  {shape.tag_field}: {_literal(shape.tag)};")
    for field in shape.fields:
        mark = "?" if optional and not field.required else ""
        lines.append(f"  {field.encode_name}{mark}: {_render(field.type, unions)};")
    return "\n".join([*lines, "}"])


def _render(shape: shapes.Type, unions: dict[frozenset[type], str]) -> str:
    """Render the type of a field."""
    match shape:
        case shapes.StructType(cls=cls):
            return cls.__name__
        case shapes.LiteralType(values=values):
            return " | ".join(map(_literal, values))
        case shapes.ListType(item_type=item):
            text = _render(item, unions)
            return f"({text})[]" if "|" in text else f"{text}[]"
        case shapes.DictType(value_type=value):
            return f"Record<string, {_render(value, unions)}>"
        case shapes.UnionType(types=types):
            return _union(types, unions)
    if type(shape) not in _SCALARS:
        raise TypeError(f"no TypeScript type is known for {shape!r}")
    return _SCALARS[type(shape)]


def _union(types: tuple[shapes.Type, ...], unions: dict[frozenset[type], str]) -> str:
    """Render a union by its name where it has one; ``null`` stands last."""
    members = frozenset(shape.cls for shape in types if isinstance(shape, shapes.StructType))
    rest = [shape for shape in types if not (members in unions and isinstance(shape, shapes.StructType))]
    names = [unions[members]] if members in unions else []
    names += [_render(shape, unions) for shape in sorted(rest, key=lambda shape: isinstance(shape, shapes.NoneType))]
    return " | ".join(names)


def _sent_by_client() -> set[type]:
    """Return the messages that clients send, and all that these hold."""
    found: set[type] = set()
    waiting: list[type] = [method.params for method in METHODS if method.sender == "client"]
    while waiting:
        cls = waiting.pop()
        if cls not in found:
            found.add(cls)
            waiting += [shape.cls for shape in _held(shapes.type_info(cls), top=True)]
    return found


def _held(shape: shapes.Type, *, top: bool = False) -> Iterator[shapes.StructType]:
    """Yield the messages inside a type, not looking into nested messages."""
    match shape:
        case shapes.StructType(fields=fields) if top:
            for field in fields:
                yield from _held(field.type)
        case shapes.StructType():
            yield shape
        case shapes.ListType(item_type=item):
            yield from _held(item)
        case shapes.DictType(value_type=value):
            yield from _held(value)
        case shapes.UnionType(types=types):
            for member in types:
                yield from _held(member)


def _method_tables() -> Iterator[str]:
    """Yield the names of the methods, and what each carries, by its name."""
    names = [f"  {_key(method)}: {_literal(method.name)}," for method in METHODS]
    yield "\n".join([_comment("The names of our own methods.") + "export const METHODS = {", *names, "} as const;"])
    requests = [
        f"  {_literal(method.name)}: {{ params: {method.params.__name__}; result: {method.result.__name__} }};"
        for method in METHODS
        if method.result
    ]
    yield "\n".join([_comment("What requests carry and answer.") + "export interface Requests {", *requests, "}"])
    notifications = [f"  {_literal(method.name)}: {method.params.__name__};" for method in METHODS if not method.result]
    yield "\n".join([_comment("What notifications carry.") + "export interface Notifications {", *notifications, "}"])


def _key(method: Method) -> str:
    """Return the last part of a method's name, as a property."""
    return method.name.rpartition("/")[2]


def _literal(value: object) -> str:
    """Render a literal as TypeScript, in single quotes where it is a string."""
    text = msgspec.json.encode(value).decode()
    return "'" + json.loads(text).replace("'", "\\'") + "'" if isinstance(value, str) else text


def _comment(text: str) -> str:
    """Render a docstring as a JSDoc comment."""
    lines = text.replace("``", "`").replace("`None`", "`null`").replace("*/", "* /").splitlines()
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */"]) + "\n"
