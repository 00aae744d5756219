"""OB604."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import CellFacts, span_of
from offbook.analysis.nodes import text_of
from offbook.diagnostics import Applicability, Fix, Related, Severity
from offbook.notebook import Cell, CellId
from offbook.rules.project.clouds import ENDING, PROMISED, Billed, billed, is_cloud
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView


@rule("OB604", Severity.WARNING, per="notebook")
def cloud_resource_left_running(notebook: NotebookView) -> Iterator[Finding]:
    """An endpoint or cluster in a cloud is created, and never deleted.

    ## What it does
    Reports, once for a notebook, the call that creates what is billed until somebody deletes it: an endpoint of
    SageMaker, Vertex AI or Azure ML, a notebook instance, a cluster of EMR or Databricks that does not end by itself.

    ## Why it matters
    It goes on costing money after the notebook is closed, by the hour, until someone looks at the bill.

    ## What to do
    Delete it in the last cell: `predictor.delete_endpoint()`, `endpoint.undeploy_all()`, `service.delete()`,
    `terminate_job_flows`.

    ## When it stays silent
    Where any cell deletes, stops or undeploys something, also in a comment or a shell line; where the text speaks of
    cleaning up, deleting, or another notebook that goes on; for local mode, serverless endpoints and training jobs,
    which end by themselves; for calls in functions.

    ## Bad
    ```python
    # %%
    from sagemaker.sklearn import SKLearn
    model = SKLearn("train.py", role=role, instance_type="ml.m5.large", framework_version="1.2-1")
    model.fit({"train": data})
    # %%
    predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large")
    predictor.predict(rows)
    ```

    ## Good
    ```python
    # %%
    from sagemaker.sklearn import SKLearn
    model = SKLearn("train.py", role=role, instance_type="ml.m5.large", framework_version="1.2-1")
    model.fit({"train": data})
    # %%
    predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large")
    predictor.predict(rows)
    # %%
    predictor.delete_endpoint()
    ```
    """
    importing = [facts for cell in notebook.cells_with("imports") if (facts := notebook.facts(cell)) is not None]
    modules = frozenset(_module(item.module, item.name) for facts in importing for item in facts.imports)
    if not any(map(is_cloud, modules)):
        return
    found = list(_created(notebook, modules))
    if not found or any(map(_ends, map(notebook.cell, notebook.order()))):
        return
    (cell, facts, node, what), *others = found
    name = _bound_name(facts, node)
    held = f", `{name}`," if name else ""
    yield Finding(
        cell,
        span_of(node),
        f"`{text_of(node.func)}(...)` creates {what.what}{held} that is billed until it is deleted, and no cell "
        f"deletes it (`{what.end}`)",
        Fix(f"Delete it in a last cell: `{what.end}`", Applicability.DISPLAY),
        tuple(Related(other, span_of(call), f"this creates {kind.what} too") for other, _, call, kind in others),
    )


def _module(module: str, name: str) -> str:
    return f"{module}.{name}" if module == "google.cloud" and name else module


def _created(notebook: NotebookView, modules: frozenset[str]) -> Iterator[tuple[CellId, CellFacts, ast.Call, Billed]]:
    for cell in notebook.code_cells():
        facts = notebook.facts(cell)
        for call in facts.calls if facts is not None else ():
            what = billed(call.node, modules) if not call.owner else None
            if facts is not None and what is not None:
                yield cell, facts, call.node, what


def _ends(cell: Cell) -> bool:
    """Tell whether a cell ends something, or its text speaks of it."""
    return (ENDING if cell.kind == "code" else PROMISED).search(cell.source) is not None


def _bound_name(facts: CellFacts, node: ast.Call) -> str:
    """Return the name that the result of a call is given."""
    for binding in facts.bindings:
        if isinstance(binding.node, ast.Assign) and binding.node.value is node:
            return binding.name
    return ""
