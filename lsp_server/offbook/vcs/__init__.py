"""Git: the staged content and the hooks, through the git executable."""

from offbook.vcs.git import Git, GitError

__all__ = ["Git", "GitError"]
