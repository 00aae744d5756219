"""The parts of the refactoring that moves literals from a notebook to a configuration file."""
