import csv
import json
from pathlib import Path

from click.testing import CliRunner

from offbook.devtools.precision import main


def notebook(*sources: str) -> str:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": text,
        }
        for number, text in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_every_notebook_gives_a_finding_before_one_gives_a_second(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "n.ipynb").write_text(notebook("one", "two", "three"))
    run = CliRunner().invoke(main, ["sample", str(tmp_path), "--per-rule", "4", "--rules", "OB102"])
    rows = list(csv.DictReader(run.stdout.splitlines()))
    assert [row["code"] for row in rows] == ["OB102"] * 4
    assert {row["notebook"] for row in rows[:3]} == {"a/n.ipynb", "b/n.ipynb", "c/n.ipynb"}


def test_the_table_counts_verdicts_and_names_reasons(tmp_path: Path) -> None:
    judged = tmp_path / "judged.csv"
    judged.write_text(
        "code,notebook,cell,line,message,verdict,reason\n"
        "OB101,a/n.ipynb,1,1,m,right,\n"
        "OB101,b/n.ipynb,1,1,m,wrong,a guard\n"
        "OB102,b/n.ipynb,1,1,m,wrong,a star\n"
        "OB102,c/n.ipynb,1,1,m,wrong,a star\n"
    )
    table = CliRunner().invoke(main, ["table", str(judged)]).stdout
    assert "| OB101 | use-before-definition | 2 | 1 | 1 | a guard |" in table
    assert "| OB102 | undefined-name | 2 | 0 | 2 | a star (2) |" in table
    assert "| all | | 4 | 1 | 3 | |" in table


def test_a_finding_without_a_verdict_is_named(tmp_path: Path) -> None:
    judged = tmp_path / "judged.csv"
    judged.write_text("code,notebook,cell,line,message,verdict,reason\nOB101,a/n.ipynb,3,1,m,,\n")
    run = CliRunner().invoke(main, ["table", str(judged)])
    assert run.exit_code != 0
    assert "OB101 a/n.ipynb, cell 3: no verdict" in run.output
