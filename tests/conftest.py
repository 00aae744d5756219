"""Fast tests first: what is cheap to break is told at once, what needs an editor comes last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytest_jupyter.jupyter_server"]  # pytest takes plugins from the top conftest alone

settings.register_profile("offbook", deadline=None)  # machines that do several things at once are no bug
settings.load_profile("offbook")

ROOT = Path(__file__).resolve().parents[1]
ORDER = (
    "gates",
    "text",
    "notebook",
    "analysis",
    "diagnostics",
    "rules",
    "refactor",
    "vcs",
    "wire",
    "devtools",
    "config",
    "project",
    "app",
)
LATE = ("running", "cli", "lsp", "jupyter", "demo", "wheel", "browser")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what offbook caches out of the user's folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFBOOK_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.path))


def _rank(path: Path) -> int:
    folder = path.relative_to(ROOT / "tests").parts[0]
    if folder in LATE:
        return len(ORDER) + 1 + LATE.index(folder)
    return ORDER.index(folder) if folder in ORDER else len(ORDER)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT
