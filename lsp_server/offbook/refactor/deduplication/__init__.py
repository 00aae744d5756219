"""Copies of statements: which of them one function can stand for, and the function."""
