"""The ``offbook`` command, and ``python -m offbook``."""

from __future__ import annotations

import gc

_ALLOCATIONS = 200_000
"""How many more objects there are before garbage is looked for."""


def main() -> None:
    """Run the command line and exit with its status; most of what a command loads and makes stays until its end."""
    gc.set_threshold(_ALLOCATIONS, 50, 1000)
    from offbook.cli import main as run  # noqa: PLC0415  (loading it makes a tenth of these objects)

    run()


if __name__ == "__main__":
    main()
