"""Puts offbook's pre-commit hook into a repository, beside a hook that is there, and takes it out again."""

from __future__ import annotations

import contextlib
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from offbook.errors import UserError
from offbook.text import write_atomically
from offbook.vcs.git import Git, GitError

NAME = "pre-commit"
KEPT = "pre-commit.before-offbook"
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
    """Install the hook; where it is installed already, renew it.

    Args:
        folder: somewhere in the work tree.
        command: the ``offbook`` executable.
        timeout: seconds that one notebook may take.

    Raises:
        UserError: outside git, or where another tool is in the way.
    """
    hooks, notes = _hooks_folder(folder)
    made = not hooks.exists()
    path, kept = hooks / NAME, hooks / KEPT
    if _is_ours(path):
        made = _MADE in path.read_text(encoding="utf-8")
    elif path.exists() or path.is_symlink():
        if kept.exists() or kept.is_symlink():
            raise UserError(f"{kept} is in the way: an earlier hook was kept there. Move it, then install again.")
        hooks.mkdir(parents=True, exist_ok=True)
        path.rename(kept)
    if kept.exists() or kept.is_symlink():
        notes = (*notes, f"The hook that was there runs first; it is {kept.name} now.")
    script = _SCRIPT.format(
        mark=_MARK,
        made=_MADE if made else "#",
        kept=KEPT,
        command=shlex.quote(command.as_posix()),
        timeout=timeout,
        python=shlex.quote(Path(sys.executable).as_posix()),
        receipts=_RECEIPTS,
        library=shlex.quote(Path(__file__).resolve().parents[2].as_posix()),
    )
    try:
        write_atomically(path, script.encode())
        path.chmod(0o755)
    except (UserError, OSError):
        if kept.exists() and not path.exists():
            kept.rename(path)
        raise
    return HookState(path, notes)


def uninstall_hook(folder: Path) -> HookState | None:
    """Take the hook out and put back what was there; ``None`` where it is not installed.

    Raises:
        UserError: outside git, or where another tool has put its own hook over offbook's.
    """
    hooks, _ = _hooks_folder(folder)
    path, kept = hooks / NAME, hooks / KEPT
    had = kept.exists() or kept.is_symlink()
    if not _is_ours(path):
        if had and (path.exists() or path.is_symlink()):
            raise UserError(
                f"another tool has replaced offbook's hook in {path}. The hook from before both is {kept}: "
                "uninstall that tool's hook, then move it back."
            )
        if not had:
            return None
    made = path.exists() and _MADE in path.read_text(encoding="utf-8")
    path.unlink(missing_ok=True)
    notes: tuple[str, ...] = ()
    if had:
        kept.rename(path)
        notes = ("The hook that was there before is back.",)
    elif made:
        with contextlib.suppress(OSError):
            hooks.rmdir()
    return HookState(path, notes)


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
