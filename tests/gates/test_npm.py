from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def lock(root: Path) -> dict[str, dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))[
        "packages"
    ]
    return packages


def test_lock_file_names_no_download_address(lock: dict[str, dict[str, Any]]) -> None:
    assert not [name for name, entry in lock.items() if not entry.get("link") and "resolved" in entry]


def test_lock_file_has_a_digest_for_every_package(lock: dict[str, dict[str, Any]]) -> None:
    installed = {
        name: entry for name, entry in lock.items() if name.startswith("node_modules/") and not entry.get("link")
    }
    assert installed
    assert not [name for name, entry in installed.items() if "integrity" not in entry and not entry.get("inBundle")]


def test_every_package_has_the_one_version(root: Path, lock: dict[str, dict[str, Any]]) -> None:
    workspace = json.loads((root / "package.json").read_text(encoding="utf-8"))
    for folder in workspace["workspaces"]:
        package = json.loads((root / folder / "package.json").read_text(encoding="utf-8"))
        assert package["version"] == workspace["version"], folder
        assert lock[folder]["version"] == workspace["version"], folder


def test_there_is_one_lock_file(root: Path) -> None:
    locks = [
        path
        for pattern in ("package-lock.json", "*/package-lock.json", "*/*/package-lock.json", "*/yarn.lock")
        for path in root.glob(pattern)
        if not {".cache", "node_modules", ".venv"} & set(path.relative_to(root).parts)
    ]
    assert locks == [root / "package-lock.json"]
