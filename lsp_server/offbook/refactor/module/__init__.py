"""The parts of ``extract module``: what moves, whether it may, and the texts of the module and of the cells."""
