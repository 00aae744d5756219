"""Cuts long stored outputs, in the notebook format's JSON."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from offbook.notebook.model import Output

_MARK = "... {count} more lines cut by offbook\n"


def excess(output: Output, lines: int, width: int) -> str:
    """Return what is too long about an output (``lines`` of text or rows, ``width`` characters); empty if nothing is.

    Errors, and outputs that are shown as images, are never too long; HTML is judged by its rows.
    """
    if output.kind == "error" or any(mime.startswith("image/") for mime in output.mime_types):
        return ""
    if output.rows > lines:
        return f"a table of {output.rows:,} rows (more than {lines:,}) is"
    if "text/html" in output.mime_types:
        return ""
    if output.lines > lines:
        return f"{output.lines:,} lines of output (more than {lines:,}) are"
    if output.widest > width:
        return f"a line of {output.widest:,} characters (more than {width:,}) is"
    return ""


def trimmed_outputs(outputs: list[Any], lines: int) -> list[Any]:
    """Return outputs whose plain text has at most ``lines`` lines, and one more that says what was cut.

    An HTML table longer than that is dropped where there is plain text to stand for it. All else stays.
    """
    return [_trimmed(output, lines) if isinstance(output, dict) else output for output in outputs]


def trimmed_shape(output: Output, lines: int) -> Output:
    """Return the shape that an output has once it is trimmed; sizes are kept as upper bounds."""
    if output.lines <= lines + 1 and output.rows <= lines:
        return output
    return replace(output, lines=min(output.lines, lines + 1), rows=0)


def _trimmed(output: dict[str, Any], lines: int) -> dict[str, Any]:
    if output.get("output_type") == "stream":
        return {**output, "text": _cut(output.get("text"), lines)}
    data = output.get("data")
    if not isinstance(data, dict) or "text/plain" not in data:
        return output
    kept = {**data, "text/plain": _cut(data["text/plain"], lines)}
    html = data.get("text/html")
    if html is not None and "".join(html).count("<tr") > lines:
        del kept["text/html"]
    return {**output, "data": kept}


def _cut(text: object, lines: int) -> object:
    whole = "".join(text) if isinstance(text, list) else text
    if not isinstance(whole, str):
        return text
    parts = whole.splitlines(keepends=True)
    if len(parts) <= lines + 1:
        return text
    kept = [*parts[:lines], _MARK.format(count=len(parts) - lines)]
    return kept if isinstance(text, list) else "".join(kept)
