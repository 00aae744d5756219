"""Adds requirements to the files in which projects declare them."""
