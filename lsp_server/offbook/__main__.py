"""Makes ``python -m offbook`` the same as ``offbook``."""

from __future__ import annotations

from offbook.cli import main

if __name__ == "__main__":
    main()
