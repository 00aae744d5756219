"""The parts of the refactoring that removes what a notebook does not need."""
