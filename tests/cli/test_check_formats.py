"""The formats for code hosts and build servers, and the work of several processes."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from msgspec.structs import replace

from offbook.app.check import check_paths
from offbook.cli.main import run


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
LINE = {"type": "integer", "minimum": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = _object("text", text=TEXT)
ARTIFACT = _object(uri={"type": "string", "format": "uri-reference", "pattern": r"^[^\s\\]+$"}, uriBaseId=TEXT)
REGION = _object(startLine=LINE, startColumn=LINE, endLine=LINE, endColumn=LINE)
PHYSICAL = _object("artifactLocation", artifactLocation=ARTIFACT, region=REGION)
LOGICAL = _object(name=TEXT, fullyQualifiedName=TEXT)
LOCATION = _object(id=COUNT, message=MESSAGE, physicalLocation=PHYSICAL, logicalLocations=_array(LOGICAL))
RULE = _object(
    "id",
    id=TEXT,
    name={"type": "string", "pattern": "^[A-Z][A-Za-z]+$"},
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=_object("text", text=TEXT, markdown=TEXT),
    helpUri={"type": "string", "format": "uri"},
    defaultConfiguration=_object(level=LEVEL),
    properties=_object(tags={**_array(TEXT), "uniqueItems": True}),
)
LONG = {"output_type": "stream", "name": "stdout", "text": "line\n" * 150}
DRIVER = _object("name", name=TEXT, version=TEXT, informationUri=TEXT, rules={**_array(RULE), "uniqueItems": True})
RESULT = _object(
    "message",
    ruleId=TEXT,
    ruleIndex=COUNT,
    level=LEVEL,
    message=MESSAGE,
    locations=_array(LOCATION),
    relatedLocations={**_array(LOCATION), "uniqueItems": True},
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
NOTIFICATION = _object("message", level=LEVEL, message=MESSAGE, locations=_array(LOCATION))
RUN = _object(
    "tool",
    tool=_object("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    originalUriBaseIds={"type": "object", "additionalProperties": _object(uri=TEXT)},
    invocations=_array(
        _object(
            "executionSuccessful",
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_array(NOTIFICATION),
        )
    ),
    results=_array(RESULT),
)
SARIF = _object("version", "runs", **{"$schema": TEXT, "version": {"enum": ["2.1.0"]}, "runs": _array(RUN)})
"""What offbook uses of SARIF 2.1.0's schema (section 3 of the specification), without the rest."""


def notebook(path: Path, *sources: str | list[str], **cell: Any) -> Path:
    keys = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, **cell}
    cells = [{**keys, "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "clean.ipynb", "x = 1\nprint(x)")
    notebook(tmp_path / "sub, 1" / "bad 100%.ipynb", ["s = '😀'\n", "print('é', total)"], ["total = 2"])
    (tmp_path / "broken.ipynb").write_text("{")
    return tmp_path


def output(capsys: pytest.CaptureFixture[str], form: str, *arguments: str) -> str:
    run(["check", "--select", "OB101", "--format", form, *arguments, "."])
    return capsys.readouterr().out


def test_sarif_names_lines_of_the_file_and_follows_its_schema(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(output(capsys, "sarif"))
    jsonschema.Draft7Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(document)
    [log] = document["runs"]
    [result] = log["results"]
    assert result["ruleId"] == log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "OB101"
    assert result["level"] == "error"
    [location] = result["locations"]
    assert location["logicalLocations"] == [{"name": "cell 1", "fullyQualifiedName": "cell 1, line 2"}]
    physical = location["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "sub%2C%201/bad%20100%25.ipynb", "uriBaseId": "%SRCROOT%"}
    lines = (folder / "sub, 1" / "bad 100%.ipynb").read_text().split("\n")
    region = physical["region"]
    assert region["startLine"] == region["endLine"]
    line = lines[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "total"
    assert "print(" in line
    [related] = result["relatedLocations"]
    assert lines[related["physicalLocation"]["region"]["startLine"] - 1].strip() == '"total = 2"'
    [invocation] = log["invocations"]
    assert invocation["executionSuccessful"] is False
    [problem] = invocation["toolExecutionNotifications"]
    assert problem["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "broken.ipynb"


@pytest.mark.parametrize(
    ("layout", "before", "after"),
    [
        ({"indent": 4}, b"", (b"\n", b"\n")),
        ({"indent": "\t", "ensure_ascii": False}, b"", (b"\n", b"\n")),
        ({"separators": (",", ":")}, b"", (b"\n", b"\n")),
        ({"indent": 1, "ensure_ascii": False}, b"", (b"\n", b"\r\n")),
        ({"indent": 1}, b"\xef\xbb\xbf", (b"\n", b"\n")),
    ],
    ids=["indent 4", "tabs", "minified", "carriage returns", "byte order mark"],
)
def test_regions_are_the_lines_of_the_file_however_it_is_laid_out(
    layout: dict[str, Any],
    before: bytes,
    after: tuple[bytes, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    path = notebook(tmp_path / "a.ipynb", ["s = '😀'\n", "print('é', total)"], "x = 1\nprint(other)")
    data = json.dumps(json.loads(path.read_text()), **layout).encode()
    path.write_bytes(before + data.replace(*after))
    run(["check", "--select", "OB102", "--format", "sarif", "a.ipynb"])
    [log] = json.loads(capsys.readouterr().out)["runs"]
    lines = path.read_bytes().decode().split("\n")
    shown = []
    for result in log["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"]
        shown.append(lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1])
    assert shown == ["total", "other"]


def test_the_subset_of_the_schema_refuses_what_the_whole_does() -> None:
    for wrong in ({"version": "2.0.0", "runs": []}, {"version": "2.1.0", "runs": [{}]}, {"version": "2.1.0"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, SARIF)


def test_a_fingerprint_stays_when_cells_are_put_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def prints(*sources: str) -> list[str]:
        notebook(tmp_path / "a.ipynb", *sources)
        results = json.loads(output(capsys, "sarif"))["runs"][0]["results"]
        return [result["partialFingerprints"]["offbook/v1"] for result in results]

    before = prints("print(a)", "print(b)", "a = b = 1")
    assert len(set(before)) == 2
    assert prints("z = 1", "y = 2\nprint(a)", "print(b)", "a = b = 1") == before


def test_junit_has_a_test_for_each_notebook(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suites = ElementTree.fromstring(output(capsys, "junit"))
    [suite] = suites
    assert {key: suite.attrib[key] for key in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
    }
    cases = {case.attrib["name"]: case for case in suite}
    assert list(cases["clean.ipynb"]) == []
    failure = cases["sub, 1/bad 100%.ipynb"].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "1 problem: OB101"
    assert failure.text == (
        "cell 1, line 2: error OB101 `total` is read here, but only cell 2 binds it: a fresh run fails"
    )
    assert cases["broken.ipynb"].find("error") is not None


def test_junit_is_well_formed_whatever_a_path_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "a\x1b<&\x01.ipynb", "y")
    assert run(["check", "--format", "junit", str(path)]) == 1
    [case] = ElementTree.fromstring(capsys.readouterr().out)[0]
    assert case.attrib["name"].endswith("a\ufffd<&\ufffd.ipynb")


def test_github_annotates_the_line_of_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken, found = output(capsys, "github").splitlines()
    assert broken.startswith("::error file=broken.ipynb,title=offbook::it is not valid JSON")
    said = re.fullmatch(
        r"::error file=(.*),line=(\d+),endLine=(\d+),col=(\d+),endColumn=(\d+),title=(.*?)::(.*)", found
    )
    assert said is not None
    path, line, last, start, end, title, message = said.groups()
    assert path == "sub%2C 1/bad 100%25.ipynb"
    text = (folder / "sub, 1" / "bad 100%.ipynb").read_text().split("\n")[int(line) - 1]
    assert line == last
    assert text[int(start) - 1 : int(end) - 1] == "total"
    assert title == "OB101 use-before-definition"
    assert message == "cell 1, line 2: `total` is read here, but only cell 2 binds it: a fresh run fails"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
@pytest.mark.parametrize("arguments", [[], ["--jobs", "3"]])
def test_every_format_ends_with_the_same_status(folder: Path, form: str, arguments: list[str]) -> None:
    assert run(["check", "--format", form, *arguments, "clean.ipynb"]) == 0
    assert run(["check", "--format", form, *arguments, "sub, 1"]) == 1
    assert run(["check", "--format", form, *arguments, "."]) == 2


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_half_an_emoji_stops_no_format(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    path = tmp_path / "a.ipynb"
    cell = {"cell_type": "code", "metadata": {}, "source": "print('\ud83d', y)", "outputs": [], "id": "\ud83d"}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert run(["check", "--format", form, str(path)]) == 1
    assert "OB102" in capsys.readouterr().out


def test_several_processes_find_the_same_in_the_same_order(tmp_path: Path) -> None:
    for number in range(30):
        notebook(tmp_path / f"n{number:02}.ipynb", f"print(v{number})", f"v{number} = w" * (number % 3))
    alone, shared = check_paths([tmp_path], jobs=1), check_paths([tmp_path], jobs=4, texts=False)
    assert [item.path for item in alone.notebooks] == [item.path for item in shared.notebooks]
    told = [replace(item, fix=None) for item in alone.diagnostics]  # edits are for editors
    assert told == [replace(item, fix=None) for item in shared.diagnostics]
    assert len(told) > 30
    assert alone.cells == shared.cells == 60
    assert all(item.file for item in alone.notebooks)
    assert not any(item.file for item in shared.notebooks)


def test_no_job_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--jobs", "0", str(tmp_path)]) == 2
    assert "--jobs" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_no_format_repeats_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    path = notebook(tmp_path / "a.ipynb", "connect(password='Zw4%hLob9')")
    assert run(["check", "--format", form, "--select", "OB602", str(path)]) == 1
    out = capsys.readouterr().out
    assert "OB602" in out
    assert "hLob9" not in out
    if form == "text":
        assert "connect(password='Zw4%*****')" in out
