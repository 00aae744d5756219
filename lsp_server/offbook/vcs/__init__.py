"""Git: staged content and hooks."""
