"""OB6: the notebook in its project."""
