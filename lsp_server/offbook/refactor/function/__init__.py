"""The parts of "extract function"."""
