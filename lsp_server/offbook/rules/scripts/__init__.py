"""OB4: what stands between a notebook and a script."""
