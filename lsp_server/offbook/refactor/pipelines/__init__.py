"""Scikit-learn transformers and models that become one pipeline: what they are, who uses them, and the new text."""
