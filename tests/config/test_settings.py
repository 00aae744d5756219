from pathlib import Path

import pytest

from offbook.config import ConfigError, Settings, find_settings, load_settings, parse_settings
from offbook.rules import all_rules
from offbook.rules.outputs.long_output import LongOutputOptions


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"selct": []}, "unknown setting `selct`: did you mean `select`?"),
        ({"zzz": 1}, "unknown setting `zzz`$"),
        ({"select": "OB1"}, "`select` is a text, and not a list"),
        ({"select": ["OB999"]}, "no rule is called `OB999`"),
        ({"ignore": ["long-ouput"]}, "did you mean `long-output`?"),
        ({"per-path-ignores": {"a": ["nope"]}}, "no rule is called `nope`"),
        ({"rules": {"long-outputs": {}}}, "no rule with options is called `long-outputs`: did you mean `long-output`?"),
        ({"rules": {"long-output": {"max-line": 3}}}, r"unknown setting of \[rules.long-output\] `max-line`"),
        (
            {"rules": {"long-output": {"max-lines": "3"}}},
            "`rules.long-output.max-lines` is a text, and not a whole number",
        ),
        ({"run": {"timeout": "soon"}}, "`run.timeout` is a text, and not a number"),
        ({"run": {"skip": [1]}}, "a value of `run.skip` is a whole number, and not a text"),
        ({"rules": []}, "`rules` is a list"),
    ],
)
def test_a_mistake_says_what_was_meant(table: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_settings(table, Path())


def test_all_settings_are_read() -> None:
    settings = parse_settings(
        {
            "select": ["OB1", "long-output"],
            "ignore": ["OB103"],
            "exclude": ["old"],
            "known-names": ["spark"],
            "rules": {"OB201": {"max-lines": 5}},
            "run": {"timeout": 3, "cell-timeout": 1.5, "skip": ["slow.ipynb"]},
        },
        Path("/p"),
    )
    rules = settings.for_path(Path("/p/a.ipynb"))
    chosen = {rule.code for rule in all_rules() if rule.code.startswith("OB1")} - {"OB103"} | {"OB201"}
    assert chosen >= {"OB100", "OB101", "OB102"}
    assert rules.enabled == chosen
    assert rules.options["long-output"] == LongOutputOptions(max_lines=5)
    assert rules.known_names == {"spark"}
    assert (settings.run.timeout, settings.run.cell_timeout, settings.run.skip) == (3, 1.5, ("slow.ipynb",))


def test_some_rules_are_left_out_in_some_files(tmp_path: Path) -> None:
    settings = parse_settings({"per-path-ignores": {"drafts/*": ["OB3"], "x.ipynb": ["ALL"]}}, tmp_path)
    assert "OB301" not in (settings.for_path(tmp_path / "drafts" / "a.ipynb").enabled or ())
    assert "OB301" in (settings.for_path(tmp_path / "a.ipynb").enabled or ())
    assert not settings.for_path(tmp_path / "deep" / "x.ipynb").enabled


def test_excluded_files(tmp_path: Path) -> None:
    settings = Settings(root=tmp_path, exclude=("old", "data/*.ipynb"))
    assert settings.excludes(tmp_path / "a" / "old" / "b.ipynb")
    assert settings.excludes(tmp_path / "data" / "b.ipynb")
    assert not settings.excludes(tmp_path / "a.ipynb")


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.offbook]\nselect = ["OB1"]')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text('[project]\nname = "x"')
    assert find_settings(inner).select == ("OB1",)
    (tmp_path / "a" / "offbook.toml").write_text('select = ["OB2"]')
    assert find_settings(inner).select == ("OB2",)
    assert find_settings(inner).root == tmp_path / "a"


def test_broken_files(tmp_path: Path) -> None:
    file = tmp_path / "offbook.toml"
    file.write_text("select = [")
    with pytest.raises(ConfigError, match=r"offbook.toml is not valid TOML"):
        find_settings(tmp_path)
    file.write_text("selct = []")
    with pytest.raises(ConfigError, match=r"offbook.toml: unknown setting `selct`"):
        find_settings(tmp_path)
    file.unlink()
    (tmp_path / "pyproject.toml").write_text("[")
    assert load_settings(tmp_path / "pyproject.toml") is None


def test_an_editors_settings_lie_below_the_files(tmp_path: Path) -> None:
    editor = {"ignore": ["OB1"], "known-names": ["spark"], "rules": {"long-output": {"max-lines": 5, "max-width": 50}}}
    assert find_settings(tmp_path, editor).known_names == ("spark",)
    (tmp_path / "offbook.toml").write_text('ignore = ["OB3"]\n[rules.long-output]\nmax-lines = 7')
    settings = find_settings(tmp_path, editor)
    assert (settings.ignore, settings.known_names) == (("OB3",), ("spark",))
    assert settings.rules["long-output"] == LongOutputOptions(max_lines=7, max_width=50)
