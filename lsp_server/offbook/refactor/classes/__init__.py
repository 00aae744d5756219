"""Functions that become methods: which ones, what they share, and the class."""
