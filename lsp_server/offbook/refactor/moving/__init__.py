"""The parts of the refactoring that moves a cell above the cells that need it."""
