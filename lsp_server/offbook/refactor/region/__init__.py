"""Stretches of a notebook's code: what each needs from before, and gives to what comes after."""
