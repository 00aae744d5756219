"""Definitions that several notebooks of a workspace hold: which agree, and how all of them come to import one."""
