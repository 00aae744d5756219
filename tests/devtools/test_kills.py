from __future__ import annotations

import sys
from pathlib import Path

import pytest

from offbook.devtools.kills import VICTIMS, kill_a_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")


@pytest.mark.parametrize("victim", VICTIMS)
def test_whoever_is_killed_leaves_nothing_behind_and_has_a_name(tmp_path: Path, victim: str) -> None:
    outcome, wrong = kill_a_run(tmp_path, victim, moment=1.5, pause=1.0)
    assert wrong == []
    assert outcome == "status -9" or victim != "runner"
