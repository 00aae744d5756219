"""OB5: machine learning."""
