"""Receipts of passed runs: what was run, with what, and whether all of that still holds.

The hook asks for them before anything heavy is loaded, so nothing but the standard library is imported here, and
nothing of the rest of offbook. This module imports none of the others.
"""
