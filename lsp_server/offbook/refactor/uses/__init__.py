"""The uses of one function of a notebook, and edits of its calls and its signature."""
