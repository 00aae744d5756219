from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from offbook.cli.main import offbook
from offbook.config import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
TOML = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[list[str]]:
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("offbook "):
                yield shlex.split(line, comments=True)[1:]


def find(words: list[str]) -> tuple[click.Command, click.Context]:
    """Follow the words to the sub-command that they name."""
    command: click.Command = offbook
    context = click.Context(offbook)
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(context, word)
        if found is None:
            break
        command, context = found, click.Context(found, parent=context)
    return command, context


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert not [target for target in targets if target and not (page.parent / target).exists()]


@pytest.mark.parametrize("page", [page for page in PAGES if any(commands(page))], ids=lambda page: page.name)
def test_commands_and_options_exist(page: Path) -> None:
    unknown = []
    for words in commands(page):
        command, context = find(words)
        known = {
            name for parameter in command.get_params(context) for name in (*parameter.opts, *parameter.secondary_opts)
        }
        options = {word.partition("=")[0] for word in words if word.startswith("-")}
        if (isinstance(command, click.Group) and words != ["--version"]) or options - known:
            unknown.append(" ".join(words))
    assert not unknown


def test_settings_of_the_guide_are_known(tmp_path: Path) -> None:
    blocks = TOML.findall((ROOT / "docs" / "command-line.md").read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        file = tmp_path / "pyproject.toml"
        file.write_text(block, encoding="utf-8")
        settings = load_settings(file)
        assert settings is not None
        assert settings != Settings(root=tmp_path)


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
