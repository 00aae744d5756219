"""Tools for offbook's own developers: generated files and benchmarks."""
