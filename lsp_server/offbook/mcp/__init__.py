"""The use cases as tools for coding assistants."""
