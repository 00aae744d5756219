"""Restart and run all: fresh kernels, outcomes, comparison."""
