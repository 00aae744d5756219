"""OB3: plots and results."""
