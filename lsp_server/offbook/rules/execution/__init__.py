"""OB1: execution and state."""
