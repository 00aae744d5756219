"""The calls that create what a cloud bills by the hour, and what shows that somebody thinks of its end."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from offbook.analysis import root_name
from offbook.analysis.nodes import text_of
from offbook.text.patterns import pattern


class Billed(NamedTuple):
    """A call that creates something: what it is, and what ends it."""

    what: str
    end: str


_SAGEMAKER = Billed("a SageMaker endpoint", "delete_endpoint")
_VERTEX = Billed("a Vertex AI endpoint", "undeploy_all")
_AZURE = Billed("an Azure ML deployment", "delete")

ENDING = pattern(
    r"delete|terminate|undeploy|tear_?down|clean_?_?up|shut_?down|remove_endpoint|stop_notebook|begin_stop|\.stop\(",
    re.IGNORECASE,
)
"""What stands in the code of a notebook that ends what it created, or could."""
PROMISED = pattern(
    r"clean(?:ing)?[\s-]*up|delet(?:e|es|ed|ing)\b|terminat"
    r"|tear(?:ing)? down|shut(?:ting)? down|keep\w* (?:it|the \w+) running"
    r"|(?:next|other|following|subsequent|later|another) notebook",
    re.IGNORECASE,
)
"""What stands in the text of a notebook whose author thinks of the end."""

_MODULES = pattern(
    r"^(?:sagemaker|boto3|google\.cloud\.aiplatform|google\.cloud|azure(?:ml)?|databricks|vertexai)(?:\.|$)"
)


def is_cloud(module: str) -> bool:
    """Tell whether an imported module is one that creates what is billed."""
    return _MODULES.match(module) is not None


def billed(node: ast.Call, modules: frozenset[str]) -> Billed | None:
    """Return what a call creates that is billed until it is deleted; ``None`` for any other call.

    Args:
        node: the call.
        modules: the modules that the notebook imports.
    """
    function = node.func
    if not isinstance(function, ast.Attribute):
        return None
    words = {word.arg: word.value for word in node.keywords}
    if "local" in words:
        return None  # a deployment on this computer
    if function.attr == "deploy":
        return _deployment(node, words, modules)
    if function.attr == "create" and _owner(function) == "clusters" and _uses(modules, "databricks"):
        ends = "autotermination_minutes" in words
        return None if ends else Billed("a Databricks cluster", "clusters.permanent_delete")
    if function.attr.startswith("begin_create_or_update") and _owner(function) == "online_deployments":
        return _AZURE._replace(end="online_endpoints.begin_delete")
    return _by_boto(function.attr, words) if _uses(modules, "boto3") or _uses(modules, "sagemaker") else None


def _deployment(node: ast.Call, words: dict[str | None, ast.expr], modules: frozenset[str]) -> Billed | None:
    """Recognise ``model.deploy(...)`` of SageMaker, Vertex AI and Azure ML by its arguments."""
    if _uses(modules, "sagemaker"):
        kind = words.get("instance_type")
        local = isinstance(kind, ast.Constant) and str(kind.value).startswith("local")
        first = node.args[0] if node.args else None
        counted = "initial_instance_count" in words or isinstance(first, ast.Constant | ast.Name)
        billed_always = counted and "serverless_inference_config" not in words
        return _SAGEMAKER if billed_always and not local and (kind is not None or len(node.args) > 1) else None
    if _uses(modules, "google.cloud") or _uses(modules, "vertexai"):
        machine = {"machine_type", "min_replica_count", "deployed_model_display_name", "traffic_percentage"}
        return _VERTEX if machine & words.keys() or not (node.args or node.keywords) else None
    if any(module.startswith(("azureml", "azure.ai")) for module in modules):
        return _AZURE if "deployment_config" in words or len(node.args) >= 4 else None
    return None


def _by_boto(name: str, words: dict[str | None, ast.expr]) -> Billed | None:
    if name == "create_endpoint" and {"EndpointConfigName", "config_name"} & words.keys():
        return _SAGEMAKER
    if name == "create_notebook_instance" and "NotebookInstanceName" in words:
        return Billed("a SageMaker notebook instance", "delete_notebook_instance")
    if name == "run_job_flow" and "Instances" in words:
        text = text_of(words["Instances"])
        alive = re.search(r"KeepJobFlowAliveWhenNoSteps['\"]?: True", text)
        return (
            Billed("an EMR cluster", "terminate_job_flows") if alive and "AutoTerminationPolicy" not in words else None
        )
    return None


def _uses(modules: frozenset[str], package: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for module in modules)


def _owner(function: ast.Attribute) -> str:
    """Return the part before the method: ``clusters`` of ``w.clusters.create``."""
    return function.value.attr if isinstance(function.value, ast.Attribute) else root_name(function.value) or ""
