"""OB2: outputs and exploration."""
