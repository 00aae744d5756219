"""The messages of offbook's own protocol, beside the standard language server protocol.

Positions are zero-based lines and UTF-16 columns, as in LSP. Cells are named by their document's URI. TypeScript types
are generated from these classes (``python -m offbook.devtools.generate``).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

PROTOCOL_VERSION = 1
"""Raised with every change that an older client could not read."""


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The base of all messages: camelCase on the wire."""


class WirePosition(Message, frozen=True):
    """A position as in LSP."""

    line: int
    character: int


class WireRange(Message, frozen=True):
    """A range as in LSP."""

    start: WirePosition
    end: WirePosition


class ReplaceSourceMessage(Message, frozen=True, tag_field="kind", tag="replaceSource"):
    """Give a cell a new source. A client refuses it where the cell no longer holds ``before``."""

    cell: str
    before: str
    after: str


class InsertCellMessage(Message, frozen=True, tag_field="kind", tag="insertCell"):
    """Insert a cell behind the cell ``after``, or at the top; insertions at one place keep their order."""

    after: str | None
    id: str
    cell_kind: Literal["code", "markdown", "raw"]
    source: str


class DeleteCellMessage(Message, frozen=True, tag_field="kind", tag="deleteCell"):
    """Delete a cell. A client refuses it where the cell no longer holds ``before``."""

    cell: str
    before: str


class TrimOutputsMessage(Message, frozen=True, tag_field="kind", tag="trimOutputs"):
    """Keep the first lines of a cell's stored text outputs, and say in the output how many were cut."""

    cell: str
    lines: int


class DropOutputsMessage(Message, frozen=True, tag_field="kind", tag="dropOutputs"):
    """Take some of a cell's outputs away: their numbers, from 0. Skipped where there are not ``total`` by now."""

    cell: str
    outputs: list[int]
    total: int


CellChangeMessage = (
    ReplaceSourceMessage | InsertCellMessage | DeleteCellMessage | TrimOutputsMessage | DropOutputsMessage
)


class NotebookChangeMessage(Message, frozen=True):
    """Changes of one notebook; ``version`` is the document version they were made for (``None``: it is not open)."""

    uri: str
    version: int | None
    changes: list[CellChangeMessage]


class FileChangeMessage(Message, frozen=True):
    """A text file created (``before`` is null) or rewritten."""

    uri: str
    before: str | None
    after: str


class PlanMessage(Message, frozen=True):
    """Everything a refactoring would change. ``id`` names it in ``offbook/verify``.

    ``unsafe``: it is applied only once it was verified.
    """

    id: str
    refactoring: str
    title: str
    notebooks: list[NotebookChangeMessage]
    files: list[FileChangeMessage]
    summary: list[str]
    warnings: list[str]
    unsafe: bool = False


class RemedyMessage(Message, frozen=True):
    """More options with which there may be a plan; ``title`` is for the button that asks again with them."""

    title: str
    options: dict[str, Any]


class RefusalMessage(Message, frozen=True):
    """Why there is no plan; ``uri`` and ``range`` say where."""

    reason: str
    advice: str
    uri: str | None
    range: WireRange | None
    remedy: RemedyMessage | None = None


class PlanParams(Message, frozen=True):
    """``offbook/plan``: ask for a refactoring of a notebook. ``cell`` and ``range`` tell what is selected."""

    notebook: str
    refactoring: str
    cell: str | None = None
    range: WireRange | None = None
    options: dict[str, Any] = {}


class PlanResult(Message, frozen=True):
    """Either a plan or a refusal."""

    plan: PlanMessage | None = None
    refusal: RefusalMessage | None = None


class VerifyParams(Message, frozen=True):
    """``offbook/verify``: run the notebooks of a plan before and after it, in scratch copies, and compare."""

    plan_id: str
    work_done_token: str | int | None = None


class VerifyResult(Message, frozen=True):
    """The verdict of a verification; ``message`` is for the user."""

    verdict: Literal["verified", "differs", "could-not-run"]
    message: str
    seconds: float
    before: str = ""
    after: str = ""


class CandidatesParams(Message, frozen=True):
    """``offbook/candidates``: what a refactoring could be asked for, to fill its dialog."""

    notebook: str
    refactoring: str
    cell: str | None = None
    range: WireRange | None = None


class Candidate(Message, frozen=True):
    """One thing that can be extracted: a definition, where it stands, and how many other notebooks hold the same."""

    name: str
    kind: Literal["function", "class"]
    cell: str
    selected: bool
    others: int = 0


class CandidatesResult(Message, frozen=True):
    """The definitions of the notebook, and the modules of the workspace (relative paths) that could take them."""

    candidates: list[Candidate]
    modules: list[str]
    suggestion: str


class RunParams(Message, frozen=True):
    """``offbook/run``: restart and run all, in a fresh kernel of its own; the user's kernel is not touched.

    With ``compare``, what it shows is held against the outputs in the saved file: a client saves first. The result's
    status is ``differs`` where a run that passed shows something else, and ``differences`` holds what.
    """

    notebook: str
    timeout: float | None = None
    compare: bool = False
    work_done_token: str | int | None = None


class RunProgress(Message, frozen=True):
    """``offbook/runProgress`` (notification): a cell of a running check starts or ends.

    ``index`` is its place among all cells of the notebook, from 0, and ``total`` is their number.
    """

    notebook: str
    cell: str
    index: int
    total: int
    state: Literal["running", "passed", "failed"]
    seconds: float


class RunFailure(Message, frozen=True):
    """The cell that failed, and why; ``explanation`` comes from the notebook's data flow and may be empty."""

    cell: str | None
    index: int
    ename: str
    evalue: str
    traceback: str
    explanation: str


class ShownOutput(Message, frozen=True):
    """One thing that a cell shows, in the form that ``kind`` names; everything in it comes from outside.

    ``text`` and ``rows`` are plain text, never markup, and without what changes in every run (addresses, times). A
    picture is base64 of the type ``mimeType``: it belongs in an ``<img>``, where no script of an SVG runs.
    ``mimeType`` is ``stdout``, ``stderr`` or ``error`` for what is no display.
    """

    kind: Literal["text", "table", "picture"]
    mime_type: str
    text: str
    rows: list[list[str]]
    picture: str


class OutputDifference(Message, frozen=True):
    """What a cell shows otherwise than the file: ``what`` says it in words.

    Where ``before`` (the file) and ``after`` (the run) hold one output each, of one ``mimeType``, these belong together
    and a diff of them says most. Otherwise the outputs do not correspond, and either may be empty. Both are empty where
    there is nothing to show; ``cell`` is ``None`` where it is about no cell.
    """

    cell: str | None
    index: int
    what: str
    before: list[ShownOutput]
    after: list[ShownOutput]


class RunResult(Message, frozen=True):
    """The outcome of ``offbook/run``; ``message`` says it in one sentence, ``notes`` what else there is to know."""

    status: Literal["passed", "failed", "timeout", "dead-kernel", "skipped", "cached", "differs"]
    message: str
    seconds: float
    total: int
    executed: int
    failure: RunFailure | None = None
    differences: list[OutputDifference] = []
    notes: list[str] = []


class FreshOutputsParams(Message, frozen=True):
    """``offbook/freshOutputs``: what the last ``offbook/run`` that passed has shown, to put it into the notebook.

    The server refuses with a message for the user where there is no such run, and where the code has changed since.
    """

    notebook: str


class FreshOutputs(Message, frozen=True):
    """The outputs of one code cell in the notebook format's JSON, multi-line texts joined."""

    cell: str
    execution_count: int | None
    outputs: list[dict[str, Any]]


class FreshOutputsResult(Message, frozen=True):
    """The cells that are to show something else; a client replaces their outputs in one step that can be undone.

    Cells that did not run lose theirs. Those that are not named keep what they show.
    """

    cells: list[FreshOutputs]


class OutputShape(Message, frozen=True):
    """What one output looks like; its content stays with the client."""

    kind: Literal["stream", "display", "result", "error"]
    name: str = ""
    mime_types: list[str] = []
    lines: int = 0
    widest: int = 0
    rows: int = 0
    size: int = 0
    noise: Literal["", "progress", "warnings", "installer", "log"] = ""
    noisy_lines: int = 0


class CellOutputs(Message, frozen=True):
    """The outputs of one cell; ``running`` where it just starts to run, with the source that the server knows."""

    cell: str
    execution_count: int | None
    outputs: list[OutputShape]
    running: bool = False


class OutputsParams(Message, frozen=True):
    """``offbook/outputs`` (notification): outputs of some cells of an open notebook, which LSP does not carry."""

    notebook: str
    cells: list[CellOutputs]


class GraphParams(Message, frozen=True):
    """``offbook/graph``: ask for the cell graph of an open notebook."""

    notebook: str


class GraphResult(Message, frozen=True):
    """The graph as an SVG without scripts; its elements' ``data-`` attributes name cells, rows and refactorings."""

    svg: str


class StagedParams(Message, frozen=True):
    """``offbook/staged``: ask for the notebooks that the next commit of a work tree concerns; ``folder`` is its URI."""

    folder: str


class StagedNotebookMessage(Message, frozen=True):
    """One of them: ``verified`` where it is known to run as it is staged; ``problem`` says why it cannot be read."""

    notebook: str
    verified: bool
    problem: str


class StagedResult(Message, frozen=True):
    """The notebooks, and whether offbook's hook runs them before the commit."""

    notebooks: list[StagedNotebookMessage]
    hook: bool


class PingParams(Message, frozen=True):
    """``offbook/ping``: ask for nothing, to see whether the server answers."""


class PingResult(Message, frozen=True):
    """It does."""
