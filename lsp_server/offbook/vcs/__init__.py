"""Git: the staged content and the hooks, through the git executable."""

from offbook.vcs.git import Git, GitError
from offbook.vcs.hooks import HookState, install_hook, is_installed, uninstall_hook
from offbook.vcs.index import Index, StagedFile
from offbook.vcs.tree import write_staged_tree

__all__ = [
    "Git",
    "GitError",
    "HookState",
    "Index",
    "StagedFile",
    "install_hook",
    "is_installed",
    "uninstall_hook",
    "write_staged_tree",
]
