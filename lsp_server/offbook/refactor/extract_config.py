"""Extract config: literals that somebody will want to change go to a YAML, JSON or Python file, read by one cell."""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.refactor.options import TargetPath, about
from offbook.refactor.plan import Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring


@dataclass(frozen=True, slots=True)
class ExtractConfigOptions:
    """What to extract, and where to.

    Attributes:
        to: the new file, `.yaml`, `.json` or `.py`; without it, `config.json` beside the notebook (`config.yaml` where
            the notebook imports `yaml` already).
        names: these variables alone.
        everything: every variable that is given a literal once, also those that do not look like settings.
        variables_only: leave literals inside calls where they are.
        secrets: read secrets from environment variables, which must be set before the notebook runs.
    """

    to: TargetPath = field(default=TargetPath(""), metadata=about(metavar="config.yaml"))
    names: tuple[str, ...] = field(default=(), metadata=about(metavar="A,B"))
    everything: bool = field(default=False, metadata=about(flag="--all"))
    variables_only: bool = field(default=False, metadata=about())
    secrets: bool = field(default=False, metadata=about(flag="--secrets-from-environment"))


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer it where a cell holds literals that are worth it; with a selection of variables, for these alone."""
    from offbook.refactor.configuration.candidates import Candidate, Candidates, is_worth  # noqa: PLC0415
    from offbook.refactor.module.scene import Scene  # noqa: PLC0415

    facts = context.analysis.facts.get(selection.cell)
    if facts is None or context.analysis.notebook.language != "python":
        return None
    cell = context.analysis.notebook.cell(selection.cell)
    candidates = Candidates(Scene(context), "json")
    variables = [item for item in candidates.variables(cell, facts) if isinstance(item, Candidate)]
    span = selection.span
    if span is not None and span.start != span.end:
        names = [item.names[0] for item in variables if item.span.overlaps(span)]
        return Offer(f"Extract {_listed(names)} to a configuration file", {"names": names}) if names else None
    worth = any(is_worth(item, cell) for item in variables)
    if worth or any(isinstance(item, Candidate) for item in candidates.settings(cell, facts)):
        return Offer("Extract the notebook's settings to a configuration file", {})
    return None


def _listed(names: list[str]) -> str:
    return f"`{names[0]}`" if len(names) == 1 else f"{len(names)} variables"


@refactoring(
    id="extract.config",
    title="Extract to a configuration file",
    kind="refactor.extract.config",
    options=ExtractConfigOptions,
    offer=offer,
)
def extract_config(context: Context, options: ExtractConfigOptions) -> Plan | Refusal:
    """Move paths, columns, hyper-parameters, seeds and thresholds to a configuration file.

    One new cell reads the file; values keep their types exactly. Secrets are never written to the file. Refused where
    the notebook would notice the new file or cell: it lists files or names, or reads numbered history.
    """
    from offbook.refactor.configuration.extraction import extract  # noqa: PLC0415  (loads libcst, which takes 0.1 s)
    from offbook.refactor.module.scene import RefusedError  # noqa: PLC0415

    try:
        return extract(context, options)
    except RefusedError as error:
        return error.refusal
