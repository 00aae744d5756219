"""Times the check beside nbqa flake8 and pynblint, which take so long that they are given few notebooks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence

import click

from offbook.devtools.bench.timing import time_command

CHECK = (sys.executable, "-m", "offbook", "check", "--jobs", "2")


def compare_with_slow(files: Sequence[str], nbqa: str, pynblint: str) -> Iterator[str]:
    """Yield what each peer took beside a check of the same notebooks, both called in the same way."""
    if _is_there(nbqa):
        own = time_command((*CHECK, "--no-cache", *files))[0]
        peer = time_command((nbqa, "flake8", *files))[0]
        yield _compared("nbqa flake8", len(files), peer, own, "in one command")
    else:
        yield f"nbqa flake8: left out, there is no command `{nbqa}`"
    if not _is_there(pynblint):
        yield f"pynblint: left out, there is no command `{pynblint}`"
        return
    took: list[tuple[float, float]] = []
    failed: list[str] = []
    for file in files:
        try:
            peer = time_command((pynblint, file), accept=(0,))[0]  # it says 1 where it breaks down
        except click.ClickException:
            failed.append(file)
        else:
            took.append((peer, time_command((*CHECK, "--no-cache", file))[0]))
    if took:
        peers, owns = map(sum, zip(*took, strict=True))
        yield _compared("pynblint", len(took), peers, owns, "one by one")
    if failed:
        yield f"pynblint: it fails on {len(failed)} notebooks, which are left out ({failed[0]}, ...)"


def _is_there(command: str) -> bool:
    return shutil.which(command) is not None


def _compared(name: str, count: int, peer: float, own: float, how: str) -> str:
    each, ours = peer / count * 1e3, own / count * 1e3
    return f"{name}, {count} notebooks {how}: {each:.0f} ms each, offbook {ours:.0f} ms: {peer / own:.1f} times"
