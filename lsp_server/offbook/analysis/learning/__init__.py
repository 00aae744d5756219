"""Machine learning in a notebook: the rows a model learns from, those it is judged on, and what leaks between them."""
