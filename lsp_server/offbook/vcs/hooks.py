"""Puts offbook's hooks into a repository, beside hooks that are there, and takes them out again."""

from __future__ import annotations

import contextlib
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from offbook.errors import UserError
from offbook.text import write_atomically
from offbook.vcs.git import Git, GitError

_NAMES = ("pre-commit", "pre-merge-commit")
"""Git calls the second one before it commits a merge without conflicts."""

_KEPT = ".before-offbook"
_MARK = "# Installed by `offbook hook install`."
_MADE = "# The folder was made for it."

_SCRIPT = """\
#!/bin/sh
{mark} `offbook hook uninstall` puts back what was here before.
{made}
here=$(dirname -- "$0")
if [ -x "$here/{kept}" ]; then
    "$here/{kept}" "$@" || exit $?
fi
python={python}
if [ -x "$python" ] && "$python" -I -S -c '{receipts}' {library} 2>/dev/null; then
    exit 0
fi
offbook={command}
if [ ! -x "$offbook" ]; then
    offbook=$(command -v offbook) || {{
        echo "offbook: notebooks are checked before every commit here, but offbook is not installed." >&2
        echo "Install it; or take the check out: rm '$0'; or, for once: git commit --no-verify" >&2
        exit 1
    }}
fi
exec "$offbook" hook run --timeout {timeout:g}
"""


_RECEIPTS = "import sys; sys.path.insert(0, sys.argv[1]); from offbook.receipts.staged import main; main()"
"""What answers first: it exits with 0 only where receipts vouch for the whole commit."""


@dataclass(frozen=True, slots=True)
class HookState:
    """Where the hook stands, and what the user should know; one sentence each."""

    path: Path
    notes: tuple[str, ...] = ()


def install_hook(folder: Path, command: Path, timeout: float) -> HookState:
    """Install the hooks; where they are installed already, renew them.

    Args:
        folder: somewhere in the work tree.
        command: the ``offbook`` executable.
        timeout: seconds that one notebook may take.

    Raises:
        UserError: outside git, or where another tool is in the way.
    """
    hooks, notes = _hooks_folder(folder)
    paths = [hooks / name for name in _NAMES]
    for path in paths:
        if _is_there(path) and _is_there(_kept(path)) and not _is_ours(path):
            raise UserError(
                f"{_kept(path)} is in the way: an earlier hook was kept there. Move it, then install again."
            )
    made = not hooks.exists() or any(map(_made_the_folder, paths))
    for path in paths:
        _put(path, _script(path, command, timeout, made))
        if _is_there(_kept(path)):
            notes = (*notes, f"The hook that was there runs first; it is {_kept(path).name} now.")
    return HookState(paths[0], notes)


def _script(path: Path, command: Path, timeout: float, made: bool) -> bytes:
    return _SCRIPT.format(
        mark=_MARK,
        made=_MADE if made else "#",
        kept=_kept(path).name,
        command=shlex.quote(command.as_posix()),
        timeout=timeout,
        python=shlex.quote(Path(sys.executable).as_posix()),
        receipts=_RECEIPTS,
        library=shlex.quote(Path(__file__).resolve().parents[2].as_posix()),
    ).encode()


def _put(path: Path, script: bytes) -> None:
    """Write a hook; one that is there is kept, and stays where it is if that fails."""
    kept = _kept(path)
    if _is_there(path) and not _is_ours(path):
        path.rename(kept)
    try:
        write_atomically(path, script)
        path.chmod(0o755)
    except (UserError, OSError):
        if kept.exists() and not path.exists():
            kept.rename(path)
        raise


def uninstall_hook(folder: Path) -> HookState | None:
    """Take the hooks out and put back what was there; ``None`` where none is installed.

    Raises:
        UserError: outside git, or where another tool has put its own hook over offbook's.
    """
    hooks, _ = _hooks_folder(folder)
    paths = [hooks / name for name in _NAMES]
    for path in paths:
        if not _is_ours(path) and _is_there(path) and _is_there(_kept(path)):
            raise UserError(
                f"another tool has replaced offbook's hook in {path}. The hook from before both is {_kept(path)}: "
                "uninstall that tool's hook, then move it back."
            )
    ours = [path for path in paths if _is_ours(path) or _is_there(_kept(path))]
    if not ours:
        return None
    made = any(map(_made_the_folder, ours))
    notes: tuple[str, ...] = ()
    for path in ours:
        path.unlink(missing_ok=True)
        if _is_there(_kept(path)):
            _kept(path).rename(path)
            notes = ("The hook that was there before is back.",)
    if made and not notes:
        with contextlib.suppress(OSError):
            hooks.rmdir()
    return HookState(paths[0], notes)


def _kept(path: Path) -> Path:
    """Return where the hook that was there before is kept."""
    return path.with_name(path.name + _KEPT)


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _made_the_folder(path: Path) -> bool:
    return _is_ours(path) and _MADE.encode() in path.read_bytes()


def is_installed(folder: Path) -> bool:
    """Tell whether the hook is installed in the repository of a folder; outside git it is not."""
    try:
        return _is_ours(_hooks_folder(folder)[0] / _NAMES[0])
    except UserError:
        return False


def _is_ours(path: Path) -> bool:
    try:
        return _MARK.encode() in path.read_bytes()
    except OSError:
        return False


def _hooks_folder(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Return the folder from which git takes this work tree's hooks."""
    top = Git.at(folder).top_level()
    if top is None:
        raise UserError(f"{folder.resolve()} is not in a git work tree. `git init` makes one.")
    git = Git.at(top)
    hooks = top / git.text("rev-parse", "--git-path", "hooks")
    if hooks.parts[-2:] == (".husky", "_"):
        raise UserError("husky manages the hooks here: add the line `offbook hook run` to .husky/pre-commit instead.")
    with contextlib.suppress(GitError):
        scope = git.text("config", "--show-scope", "--get", "core.hooksPath").split("\t")[0]
        if scope in ("global", "system"):
            return hooks, (
                f"core.hooksPath is set for all your repositories, so this hook is for all of them: {hooks}",
            )
        return hooks, (f"core.hooksPath is set: the hook is in {hooks}.",)
    return hooks, ()
