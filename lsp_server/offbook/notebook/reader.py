"""Reads the JSON of a notebook into a :class:`Notebook`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import msgspec

from offbook.errors import UserError
from offbook.notebook.model import Cell, CellId, CellKind, Notebook, Output, OutputKind, new_cell_id
from offbook.notebook.noise import noise_of
from offbook.notebook.oldformat import upgraded_cells
from offbook.notebook.secrets import shown_secrets
from offbook.text import measure_lines
from offbook.text.patterns import pattern

_TABLE_ROW = pattern(r"<tr[\s>]")
_KERNEL = pattern(
    r"(?:apache_toree_)?(ir(?=$)|julia|scala|almond|spylon|bash|octave|matlab|javascript|typescript|ruby|rust|gophernotes"
    r"|xcpp|haskell|kotlin|perl|sql|sos|gnuplot|calysto_scheme|\.net)",
    re.IGNORECASE,
)
"""Names of kernels for other languages than Python, in notebooks that do not say their language."""

_POINTER = "version https://git-lfs.github.com/spec/"

_OUTPUT_KINDS: dict[str, OutputKind] = {
    "stream": "stream",
    "display_data": "display",
    "execute_result": "result",
    "error": "error",
}


class NotebookError(UserError):
    """A file that is not a notebook this program can read."""


class PointerError(NotebookError):
    """A pointer that Git LFS left where the notebook belongs; nothing is wrong with the notebook."""


def read_notebook(text: str, path: Path) -> Notebook:
    """Read a notebook of nbformat 3 or 4 (an older one is upgraded in memory).

    Cells without an id get one in memory, and so do later cells of the same id.

    Raises:
        NotebookError: where the text is no notebook; the message says why.
    """
    document = load_document(text)
    major, minor = _format(document)
    cells = document.get("cells") if major > 3 else upgraded_cells(document)
    if not isinstance(cells, list):
        raise NotebookError("it has no list of cells, so it is not a notebook")
    taken: set[str] = set()
    found = []
    for index, raw in enumerate(cells):
        cell = _cell(raw, index, taken)
        taken.add(cell.id)
        found.append(cell)
    metadata = _mapping(document.get("metadata"))
    kernelspec = _mapping(metadata.get("kernelspec"))
    return Notebook(
        path=path,
        cells=tuple(found),
        language=_language(metadata, kernelspec),
        kernel=str(kernelspec.get("name") or ""),
        format=(major, minor),
    )


def load_document(text: str) -> dict[str, Any]:
    """Parse the JSON of a notebook.

    Raises:
        NotebookError: for text that is not a JSON object; the message names the line.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise NotebookError("the file is empty")
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        document = _load_leniently(text)
    if not isinstance(document, dict):
        raise NotebookError("it holds no JSON object, so it is not a notebook")
    return document


def _load_leniently(text: str) -> object:
    """Parse what the fast parser refuses and Jupyter accepts: ``NaN``, lone surrogates."""
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        if text.startswith(_POINTER):
            raise PointerError("it is a pointer of Git LFS: `git lfs pull` fetches the notebook") from None
        if text.lstrip().startswith(("<<<<<<<", "=======")) or "\n<<<<<<< " in text:
            raise NotebookError("it holds a merge conflict: resolve it first (nbdime can help)") from None
        raise NotebookError(f"it is not valid JSON (line {error.lineno}: {error.msg})") from None
    except RecursionError:
        raise NotebookError("its JSON is nested too deeply") from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise NotebookError("its JSON holds a number that is too long") from None


def _format(document: dict[str, Any]) -> tuple[int, int]:
    major, minor = document.get("nbformat"), document.get("nbformat_minor", 0)
    if not isinstance(major, int) or isinstance(major, bool):
        raise NotebookError("it does not say its nbformat, so it is not a notebook")
    if major < 3:
        raise NotebookError(f"nbformat {major} is too old: upgrade it with `jupyter nbconvert --to notebook --inplace`")
    if major > 4:
        raise NotebookError(f"nbformat {major} is newer than offbook knows (4): update offbook")
    return major, minor if isinstance(minor, int) else 0


def _cell(raw: object, index: int, taken: set[str]) -> Cell:
    if not isinstance(raw, dict):
        raise NotebookError(f"cell {index + 1} is no JSON object")
    kind = raw.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        raise NotebookError(f"cell {index + 1} has the unknown type {kind!r}")
    source = _joined(raw.get("source", ""))
    if source is None:
        raise NotebookError(f"cell {index + 1}: its source is not text")
    identity = raw.get("id")
    if not isinstance(identity, str) or not identity or identity in taken:
        identity = new_cell_id(source, taken)
    count = raw.get("execution_count")
    tags = _mapping(raw.get("metadata")).get("tags")
    outputs = raw.get("outputs")
    return Cell(
        id=CellId(identity),
        kind=cast(CellKind, kind),
        source=source,
        execution_count=count if isinstance(count, int) and count > 0 else None,  # Colab writes 0 where nothing ran
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        outputs=tuple(map(summarize_output, outputs)) if isinstance(outputs, list) else (),
    )


def summarize_output(raw: object) -> Output:
    """Return the shape of one output of the notebook format; an unknown one counts as an empty display."""
    output = _mapping(raw)
    kind = _OUTPUT_KINDS.get(str(output.get("output_type")), "display")
    if kind == "stream":
        text = _joined(output.get("text")) or ""
        name = str(output.get("name", "stdout"))
        noise = noise_of(text, warned=name == "stderr")
        return Output(kind, name, (), *_shape(text), 0, len(text), *noise, shown_secrets(text))
    if kind == "error":
        text = "\n".join(line for line in _items(output.get("traceback")) if isinstance(line, str))
        return Output(kind, str(output.get("ename", "")), (), *_shape(text), 0, len(text), secrets=shown_secrets(text))
    data = _mapping(output.get("data"))
    plain = _joined(data.get("text/plain")) or ""
    html = _joined(data.get("text/html")) or ""
    rows = len(_TABLE_ROW.findall(html)) if "<table" in html else 0
    size = sum(map(_size, data.values()))
    return Output(kind, "", tuple(data), *_shape(plain), rows, size, secrets=shown_secrets(plain))


def _shape(text: str) -> tuple[int, int]:
    """Return the number of lines, and the width of the widest."""
    return measure_lines(text.removesuffix("\n")) if text else (0, 0)


def _size(value: object) -> int:
    joined = _joined(value)
    return len(joined) if joined is not None else len(json.dumps(value))


def _joined(value: object) -> str | None:
    """Return the text of a multi-line string of the format: a string, or a list of strings."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        try:
            return "".join(value)
        except TypeError:  # something else is among the strings
            return None
    return "" if value is None else None


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _language(metadata: dict[str, Any], kernelspec: dict[str, Any]) -> str:
    named = _mapping(metadata.get("language_info")).get("name") or kernelspec.get("language")
    if not named:
        kernel = _KERNEL.match(str(kernelspec.get("name") or ""))
        named = "python" if kernel is None else {"ir": "r", "xcpp": "c++"}.get(kernel[1].lower(), kernel[1])
    language = str(named).lower()
    return "python" if language in ("ipython", "python2", "python3") else language
