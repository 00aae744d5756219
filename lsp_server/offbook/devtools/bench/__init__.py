"""Measures offbook beside other tools, in one run on the same files: the figures of ``docs/speed.md``."""
