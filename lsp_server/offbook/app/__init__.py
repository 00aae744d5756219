"""The use cases: the one door that every face uses."""
