"""What an editor can run to mend a finding that no edit mends."""

from __future__ import annotations

from offbook.diagnostics import Applicability, Fix


def restart_and_run_all() -> Fix:
    """Return the advice to make all outputs anew."""
    return Fix("Restart and run all", Applicability.DISPLAY, run="all")


def run_cell() -> Fix:
    """Return the advice to make a cell's output anew."""
    return Fix("Run this cell", Applicability.DISPLAY, run="cell")


def run_from_here() -> Fix:
    """Return the advice to make the outputs anew from a cell on."""
    return Fix("Run from here", Applicability.DISPLAY, run="below")
