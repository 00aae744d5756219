from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

STORY_SECONDS = 400
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


def find_browser() -> str:
    named = os.environ.get("OFFBOOK_BROWSER")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "the tests need Chrome or Chromium: run `make test`, or name one in OFFBOOK_BROWSER"
    return found


def run_story(root: Path, *options: str) -> None:
    """Play a story; it has to end well."""
    built = root / "jupyter_ext" / "offbook_jupyter" / "labextension" / "package.json"
    assert built.is_file(), "the JupyterLab extension is not built: run `make test`"
    story = root / "tests" / "browser" / "jupyterlab" / "story.mjs"
    command = ["node", str(story), "--python", sys.executable, "--chrome", find_browser()]
    command += ["--examples", str(root / "examples"), "--failures", str(root / "test-results"), *options]
    told = subprocess.run(command, capture_output=True, text=True, timeout=STORY_SECONDS, check=False)
    assert told.returncode == 0, f"{told.stdout}\n{told.stderr}"


def test_the_whole_story_in_jupyterlab(root: Path) -> None:
    run_story(root)


def test_without_the_server_extension_there_is_one_message(root: Path) -> None:
    run_story(root, "--story", "server-missing")


def test_refactorings_and_fixes_of_many(root: Path) -> None:
    run_story(root, "--story", "refactoring")


def test_in_notebook_7(root: Path) -> None:
    run_story(root, "--story", "notebook7")


def test_two_users_in_one_notebook(root: Path) -> None:
    run_story(root, "--story", "together")


def test_the_side_panel(root: Path) -> None:
    run_story(root, "--story", "panel")


def test_the_last_check_in_the_side_panel(root: Path) -> None:
    images = str(root / "docs" / "images")
    pictures = ("--screenshots", images) if os.environ.get("OFFBOOK_SCREENSHOTS") == "1" else ()
    run_story(root, "--story", "report", *pictures)


def test_the_screenshots_of_the_documentation(root: Path, tmp_path: Path) -> None:
    images = root / "docs" / "images" if os.environ.get("OFFBOOK_SCREENSHOTS") == "1" else tmp_path
    run_story(root, "--story", "pictures", "--screenshots", str(images))
    for theme in ("light", "dark"):
        assert (images / f"jupyterlab-{theme}.png").stat().st_size > 20_000
