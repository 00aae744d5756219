"""The methods of offbook's own protocol: their names, who sends them, and what they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offbook.wire import (
    CandidatesParams,
    CandidatesResult,
    FreshOutputsParams,
    FreshOutputsResult,
    GraphParams,
    GraphResult,
    Message,
    OutputsParams,
    PingParams,
    PingResult,
    PlanParams,
    PlanResult,
    RunParams,
    RunProgress,
    RunResult,
    StagedParams,
    StagedResult,
    VerifyParams,
    VerifyResult,
)


@dataclass(frozen=True, slots=True)
class Method:
    """One request or notification.

    Attributes:
        name: the name on the wire.
        params: what it carries.
        result: what answers it; ``None`` for a notification.
        sender: who sends it.
    """

    name: str
    params: type[Message]
    result: type[Message] | None = None
    sender: Literal["client", "server"] = "client"


PLAN = Method("offbook/plan", PlanParams, PlanResult)
VERIFY = Method("offbook/verify", VerifyParams, VerifyResult)
CANDIDATES = Method("offbook/candidates", CandidatesParams, CandidatesResult)
RUN = Method("offbook/run", RunParams, RunResult)
RUN_PROGRESS = Method("offbook/runProgress", RunProgress, sender="server")
FRESH_OUTPUTS = Method("offbook/freshOutputs", FreshOutputsParams, FreshOutputsResult)
OUTPUTS = Method("offbook/outputs", OutputsParams)
GRAPH = Method("offbook/graph", GraphParams, GraphResult)
STAGED = Method("offbook/staged", StagedParams, StagedResult)
PING = Method("offbook/ping", PingParams, PingResult)

METHODS = (PLAN, VERIFY, CANDIDATES, RUN, RUN_PROGRESS, FRESH_OUTPUTS, OUTPUTS, GRAPH, STAGED, PING)
