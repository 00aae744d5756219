"""Turns IPython's syntax into Python of the same lines and columns.

What IPython adds to Python (https://ipython.readthedocs.io/en/stable/interactive/reference.html) is masked in place:
a magic becomes ``0#...``, an expression statement and a comment, so blocks stay valid; what a magic runs as Python
(``%time f(x)``) stays, behind blanks. Every line keeps its number, and every kept character its column.
"""

from __future__ import annotations

import ast
import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from offbook.notebook.logical import logical_starts
from offbook.text import Span, split_lines
from offbook.text.patterns import pattern

MagicKind = Literal["line", "cell", "shell", "help"]

WRAPPING_MAGICS = frozenset(
    "time timeit capture prun debug memit snakeviz pyinstrument scalene heat memray_flamegraph filprofile wandb "
    "measure".split()
)
"""Cell magics whose body is Python of this notebook."""

LOCAL_MAGICS = frozenset({"timeit"})
"""Wrapping magics whose body runs in a function, so that what it binds is lost."""

TRANSPARENT_MAGICS = frozenset({"time", "capture", "prun"})
"""Wrapping magics that every IPython has, and that run their cell in the notebook itself, once."""

_EXPRESSION_MAGICS = frozenset({"time", "timeit", "prun", "memit", "mprun", "lprun", "pdef", "psource", "debug"})
_AUTOMAGICS = frozenset({"pip", "conda", "mamba", "cd", "ls", "pwd", "cat", "cp", "mv", "rm", "mkdir", "ll", "man"})
_ALONE = frozenset(
    "alias bookmark config env history hist lprun load load_ext ls macro matplotlib memit mprun notebook pdef pdoc "
    "pfile pinfo pinfo2 precision prun psearch psource pylab recall reload_ext rerun reset reset_selective run save "
    "set_env store sx system time timeit unalias unload_ext who whos writefile xdel xmode".split()
)
"""Line magics that need no sign where they are the only line of their cell (IPython's ``%automagic``)."""

_SUSPECT = pattern(
    r"^[ \t]*[%!?,;/]|\?[ \t]*(?:\#.*)?;?[ \t]*$|=[ \t]*[%!]|^(?:pip|conda|mamba|cd|ls|cat|cp|mv|rm|mkdir|ll|man) ",
    re.MULTILINE,
)
_ARGUMENT = pattern(r"\s*[\w./~{'\"$-]")
_OPERATOR = pattern(r"\s*(?:(?:in|is|if|and|or|not)\b|-\s)")
_ASSIGNMENT = pattern(r"[ \t]*[^\W\d][\w., \t*]*(?:\[[^\]=#]*\][\w., \t]*)*=[ \t]*(?=[%!][^=\s])")
_HELP = pattern(r"[ \t]*(%{0,2}[^\W\d][\w.*]*(?:\[\w+\])*(?:\.[\w.*]+)?)(\?{1,2})[ \t]*;?[ \t]*(?:\#.*)?$")
_OPTIONS = pattern(r"(?:-[a-zA-Z]+[ \t]*(?:\d+|(?<=[fsTl])[ \t]*\S+)?[ \t]+)*")
_NO_STATEMENT = pattern(r"[-#]|(?:for|while|with|if|try|def|class|async)\b")  # nothing that may stand behind ``0;``
_BRACES = pattern(r"\{([^{}]*)\}")
_DOLLAR = pattern(r"\$\{?([^\W\d]\w*)")
_NAME = pattern(r"[^\W\d]\w*")


class Magic(Struct, frozen=True):
    """One use of IPython's syntax.

    Attributes:
        kind: ``line`` (``%name``), ``cell`` (``%%name``), ``shell`` (``!``) or ``help`` (``?``).
        name: the magic's name; ``!`` for a shell line, ``?`` for help.
        argument: the text behind the name.
        span: the lines that it takes up, from its first character.
        reads: names of the notebook that it uses (``{name}``, ``$name``, ``name?``).
        binds: names that it binds (``%%capture out``, ``%%bash --out text``).
    """

    kind: MagicKind
    name: str
    argument: str
    span: Span
    reads: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()


class MaskedSource(Struct, frozen=True):
    """The Python that a cell holds.

    Attributes:
        text: valid Python wherever the cell was valid IPython; same lines and columns as the source.
        magics: what was masked, in order.
        language: ``python``, or the cell magic's name where the cell is in another language (``bash``, ``html``).
    """

    text: str
    magics: tuple[Magic, ...] = ()
    language: str = "python"

    @property
    def cell_magic(self) -> Magic | None:
        """The ``%%`` magic at the cell's start."""
        return self.magics[0] if self.magics and self.magics[0].kind == "cell" else None


def mask(source: str) -> MaskedSource:
    """Mask IPython's syntax in one cell's source."""
    if not _SUSPECT.search(source) and not _is_magic_alone(source):
        return MaskedSource(source)
    lines = split_lines(source)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%") and lines[first][2:3].strip():
        return _mask_cell_magic(source, lines, first)
    magics: list[Magic] = []
    _mask_lines(lines, 0, magics)
    return MaskedSource(_rejoin(source, lines), tuple(magics))


def _rejoin(source: str, lines: list[str]) -> str:
    """Join lines with the terminators of ``source``."""
    if "\r" not in source:
        return "\n".join(lines)
    ends = [*re.findall(r"\r\n|\r|\n", source), ""]
    return "".join(line + end for line, end in zip(lines, ends, strict=True))


def _mask_cell_magic(source: str, lines: list[str], first: int) -> MaskedSource:
    name, _, argument = lines[first][2:].partition(" ")
    name = name.strip()
    argument = argument.strip()
    magic = Magic(
        "cell",
        name,
        argument,
        Span.of(first, 0, len(lines) - 1, len(lines[-1])),
        reads=_interpolated(argument),
        binds=_bound_by(name, argument),
    )
    if name not in WRAPPING_MAGICS:
        body = "\n".join(lines[first + 1 :])
        reads = magic.reads if name in ("writefile", "file", "html", "markdown") else _dollars(magic.reads, name, body)
        magic = Magic("cell", name, argument, magic.span, reads, magic.binds)
        masked = ["#" + line[1:] if line else line for line in lines]
        return MaskedSource(_rejoin(source, masked), (magic,), name)
    magics = [magic]
    lines[first] = "#" + lines[first][1:]
    _mask_lines(lines, first + 1, magics)
    return MaskedSource(_rejoin(source, lines), tuple(magics))


def _dollars(reads: tuple[str, ...], name: str, body: str) -> tuple[str, ...]:
    """Add the names that a foreign body takes from the notebook; shells have ``$names`` of their own."""
    if name in ("bash", "sh", "script", "perl", "ruby", "javascript", "js", "latex", "svg"):
        return reads
    return (*reads, *_interpolated(body))


def _mask_lines(lines: list[str], start: int, magics: list[Magic]) -> None:
    """Mask line magics, shell lines and help in place."""
    done = start
    for number in logical_starts(lines):
        if number < done:
            continue
        done = _mask_line(lines, number, magics)


def _mask_line(lines: list[str], number: int, magics: list[Magic]) -> int:
    """Mask the line where it is IPython's; return the next line to look at."""
    line = lines[number]
    body = line.lstrip(" \t")
    at = len(line) - len(body)
    if (body[:1] in "%!?" and body.strip("%!? \t")) or body.strip() in ("?", "??"):
        return _mask_command(lines, number, at, magics)
    if (body[:1] in ",;/" and _NAME.match(body[1:])) or body.strip() in (",", ";"):
        return _mask_whole(
            lines, number, at, Magic("line", body[0], body[1:], Span.on_line(number, at, len(line))), magics
        )
    assignment = _ASSIGNMENT.match(line)
    if assignment:
        return _mask_command(lines, number, assignment.end(), magics)
    if len(lines) == 1 and _is_magic_alone(line):
        return _mask_command(lines, number, at, magics)
    automagic = _automagic(line, number)
    if automagic is not None:
        return _mask_whole(lines, number, 0, automagic, magics)
    found = _HELP.match(line)
    if found:
        name = found.group(1)
        read = _NAME.match(name)
        magic = Magic("help", "?", name, Span.on_line(number, at, len(line)), (read.group(),) if read else ())
        return _mask_whole(lines, number, at, magic, magics)
    return number + 1


def _mask_command(lines: list[str], number: int, at: int, magics: list[Magic]) -> int:
    """Mask ``%name ...`` (with its sign or not), ``!command`` or ``?name`` that starts at column ``at``."""
    end = number
    while lines[end].endswith("\\") and end + 1 < len(lines):
        end += 1
    text = "\n".join([lines[number][at:], *lines[number + 1 : end + 1]])
    span = Span.of(number, at, end, len(lines[end]))
    sign = text[0]
    if sign == "?":
        names = _NAME.findall(text)[:1]
        return _mask_whole(lines, number, at, Magic("help", "?", text.strip("? "), span, tuple(names)), magics)
    if sign == "!":
        command = text.lstrip("!")
        magic = Magic("shell", "!", command, span, (*_interpolated(command), *_dollar_names(command)))
        return _mask_whole(lines, number, at, magic, magics)
    name = re.match(r"%*\s*([\w.]+)", text)
    called = name.group(1) if name else ""
    argument = text[name.end() :] if name else text[1:]
    if called in _EXPRESSION_MAGICS and name and end == number:
        return _mask_prefix(lines, number, at, name.end(), Magic("line", called, argument.strip(), span), magics)
    binds = _bound_by(called, argument.strip())
    magic = Magic("line", called, argument.strip(), span, (*_interpolated(argument), *_dollar_names(argument)), binds)
    if text.rstrip().endswith("?"):
        magic = Magic("help", "?", called, span)
    return _mask_whole(lines, number, at, magic, magics)


def _mask_whole(lines: list[str], number: int, at: int, magic: Magic, magics: list[Magic]) -> int:
    """Replace all that the magic spans by ``0#``; return the next line."""
    rest = lines[number][at + 1 :]
    lines[number] = lines[number][:at] + "0" + ("#" + rest[1:] if rest else "")
    if lines[number].endswith("\\"):
        lines[number] = lines[number][:-1] + "#"
    for later in range(number + 1, magic.span.end.line + 1):
        lines[later] = "#" * len(lines[later])
    magics.append(magic)
    return magic.span.end.line + 1


def _mask_prefix(lines: list[str], number: int, at: int, name_end: int, magic: Magic, magics: list[Magic]) -> int:
    """Blank ``%time`` and its options, and keep the statement behind them."""
    line = lines[number]
    start = at + name_end
    start += len(line[start:]) - len(line[start:].lstrip())
    options = _OPTIONS.match(line, start)
    start = options.end() if options else start
    if not line[start:].strip() or _NO_STATEMENT.match(line, start):
        magic = replace(magic, reads=tuple(dict.fromkeys(_NAME.findall(line, start))))
        return _mask_whole(lines, number, at, magic, magics)
    if line[:at].strip():
        lines[number] = line[:at] + " " * (start - at) + line[start:]
    else:
        lines[number] = line[:at] + "0;" + " " * (start - at - 2) + line[start:]
    magics.append(magic)
    return number + 1


def _interpolated(text: str) -> tuple[str, ...]:
    """Return the names in ``{expressions}``, which IPython evaluates in the notebook."""
    names: list[str] = []
    for found in _BRACES.finditer(text):
        names += (name.group() for name in _NAME.finditer(found.group(1)) if _starts_expression(found.group(1), name))
    return tuple(dict.fromkeys(names))


def _starts_expression(text: str, name: re.Match[str]) -> bool:
    before = text[: name.start()].rstrip()
    return not before.endswith((".", "'", '"'))


def _dollar_names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.group(1) for found in _DOLLAR.finditer(text)))


def _bound_by(name: str, argument: str) -> tuple[str, ...]:
    """Return the names of the notebook that a magic binds."""
    if name == "capture":
        return tuple(word for word in argument.split() if word.isidentifier())[:1]
    if name in ("bash", "sh", "script", "perl", "ruby", "pypy", "python", "python2", "python3"):
        return tuple(re.findall(r"--(?:out|err|proc)[= ]+([^\W\d]\w*)", argument))
    if name in ("sql", "bigquery"):
        return tuple(re.findall(r"^\s*([^\W\d]\w*)\s*<<", argument)) or tuple(
            word for word in argument.split()[:1] if name == "bigquery" and word.isidentifier()
        )
    return ()


def _automagic(line: str, number: int) -> Magic | None:
    """Recognise ``pip install x`` and the like: a magic without its sign, which is no Python."""
    word, _, rest = line.partition(" ")
    if word not in _AUTOMAGICS or not _ARGUMENT.match(rest) or _OPERATOR.match(rest):
        return None
    return Magic("line", word, rest, Span.on_line(number, 0, len(line)))


def _is_magic_alone(source: str) -> bool:
    """Tell whether a cell of one line is a magic without its sign (``timeit f(x)``), as it is no Python."""
    word, _, rest = source.strip().partition(" ")
    if word not in _ALONE or "\n" in source.strip() or not rest.strip() or _OPERATOR.match(rest):
        return False
    try:
        ast.parse(source.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _ARGUMENT.match(rest) is not None
    return False
