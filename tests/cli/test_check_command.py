import json
from pathlib import Path

import pytest

from offbook.cli.main import run


def notebook(path: Path, *sources: str, **keys: object) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for n, s in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **keys}))
    return path


def test_findings_are_shown_with_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "a.ipynb", "x = 1", "if x:\n    print(total)", "total = 2")
    assert run(["check", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out.rstrip().splitlines() == [
        str(path),
        "  cell 2, line 2: OB101 `total` is read here, but only cell 3 binds it: a fresh run fails",
        "      print(total)",
        "            ^^^^^",
    ]
    assert "Found 1 problem (1 notebook, 3 cells" in err


def test_a_clean_notebook_is_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(tmp_path / "a.ipynb", "x = 1")
    notebook(tmp_path / ".ipynb_checkpoints" / "a.ipynb", "y")
    assert run(["check", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "Nothing found (1 notebook, 1 cell," in err


def test_no_notebook_is_not_a_clean_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(tmp_path)]) == 0
    assert "There is no notebook to check" in capsys.readouterr().err
    notebook(tmp_path / "archive" / "a.ipynb", "print(y)")
    (tmp_path / "offbook.toml").write_text('exclude = ["archive/"]')
    assert run(["check", str(tmp_path)]) == 0
    assert "left out by `exclude`" in capsys.readouterr().err


def test_json_has_the_documented_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "a.ipynb", "s = '😀'; print(total)", "total = 2")
    assert run(["check", "--format", "json", str(path)]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert document["summary"].keys() == {"notebooks", "cells", "diagnostics", "seconds"}
    [found] = document["diagnostics"]
    assert found == {
        "path": str(path),
        "cell": {"index": 0, "id": "c0"},
        "range": {"start": {"line": 0, "column": 15}, "end": {"line": 0, "column": 20}},
        "code": "OB101",
        "name": "use-before-definition",
        "severity": "error",
        "message": "`total` is read here, but only cell 2 binds it: a fresh run fails",
        "fix": None,
        "url": "https://offbook.readthedocs.io/rules/OB101",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("{", "not valid JSON"),
        ('{"nbformat": 4, "cells": [{"cell_type": "x"}]}', "unknown type"),
    ],
)
def test_a_broken_file_is_one_message_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    notebook(tmp_path / "good.ipynb", "y")
    (tmp_path / "bad.ipynb").write_text(content)
    assert run(["check", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert message in out
    assert "no cell binds `y`" in out, "the others are still checked"
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.ipynb"], "there is no such file or folder"),
        (["--select", "OB9", "."], "no rule is called `OB9`"),
        (["--format", "xml", "."], "Invalid value for '--format'"),
        ([], "Missing argument"),
    ],
)
def test_mistakes_in_the_call(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "a.ipynb", "x = 1")
    assert run(["check", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_rules_are_selected_on_the_command_line_and_in_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = notebook(tmp_path / "a.ipynb", "y\ndf.head()", "df = 1")
    (tmp_path / "pyproject.toml").write_text('[tool.offbook]\nignore = ["OB102"]')
    assert run(["check", "--statistics", str(path)]) == 1
    assert capsys.readouterr().out == "     1  OB101  use-before-definition\n"
    assert run(["check", "--ignore", "OB101", str(path)]) == 0
    assert run(["check", "--select", "undefined-name", "--statistics", str(path)]) == 1
    assert "OB102" in capsys.readouterr().out


def test_wrong_settings_are_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "a.ipynb", "x = 1")
    (tmp_path / "offbook.toml").write_text("ignor = []")
    assert run(["check", str(path)]) == 2
    assert "did you mean `ignore`?" in capsys.readouterr().err


def test_a_diff_writes_nothing_and_fix_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "a.ipynb", "import matplotlib.pyplot as plt\nx = 1\nplt.plot(x)")
    before = path.read_bytes()
    assert run(["check", "--select", "OB301", "--diff", str(path)]) == 0
    assert '+plt.xlabel("index")' in capsys.readouterr().out
    assert path.read_bytes() == before
    assert run(["check", "--select", "OB301", "--fix", str(path)]) == 0
    assert "Fixed 1 finding in 1 notebook." in capsys.readouterr().err
    assert "plt.xlabel" in path.read_text()


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", "ob201"]) == 0
    assert "# long-output (OB201)" in capsys.readouterr().out
    assert run(["rule"]) == 0
    assert "use-before-definition" in capsys.readouterr().out
    assert run(["rule", "--format", "json"]) == 0
    assert "OB100" in [rule["code"] for rule in json.loads(capsys.readouterr().out)]
    assert run(["rule", "long-outpt"]) == 2
    assert "did you mean `long-output`?" in capsys.readouterr().err


def test_a_bug_is_status_3_with_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = notebook(tmp_path / "a.ipynb", "x = 1")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("offbook.cli.check.check_paths", crash)
    assert run(["check", str(path)]) == 3
    err = capsys.readouterr().err
    assert "please report it" in err
    assert "Traceback" not in err
    [log] = tmp_path.glob("offbook-*.log")
    assert "ZeroDivisionError: oh" in log.read_text()


@pytest.mark.parametrize("error", [KeyboardInterrupt, BrokenPipeError])
def test_an_interruption_is_quiet(monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    def stop(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("offbook.cli.check.check_paths", stop)
    monkeypatch.setattr("sys.stderr.close", lambda: None, raising=False)
    assert run(["check", "."]) == (130 if error is KeyboardInterrupt else 0)
