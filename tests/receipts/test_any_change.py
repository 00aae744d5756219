"""Whatever single thing changes that counts, the receipt no longer holds; whatever else changes, it does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from receipt_workspace import SOURCES, found, restore, status, write

FILES = ("helpers.py", "package/inner.py", "package/__init__.py", "data/rows.csv", "shown.txt", "base.db")


def edit_file(root: Path, data: st.DataObject) -> str:
    """Change the bytes of a module or of data at any place, and perhaps keep its time."""
    path = root / data.draw(st.sampled_from(FILES))
    old, state = path.read_bytes(), path.stat()
    at = data.draw(st.integers(0, len(old)))
    gone = data.draw(st.integers(0, len(old) - at))
    new = old[:at] + data.draw(st.binary(min_size=0 if gone else 1, max_size=8)) + old[at + gone :]
    path.write_bytes(new if new != old else old + b"x")
    if data.draw(st.booleans()):
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    return f"{path.name} {old!r} {new!r}"


def edit_code(root: Path, data: st.DataObject) -> str:
    """Change the text of any code cell at any place."""
    cell = data.draw(st.integers(0, len(SOURCES) - 1))
    at = data.draw(st.integers(0, len(SOURCES[cell])))
    more = data.draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5))
    sources = [*SOURCES]
    sources[cell] = SOURCES[cell][:at] + more + SOURCES[cell][at:]
    write(root / "n.ipynb", sources)
    return repr(sources[cell])


def edit_kernelspec(root: Path, data: st.DataObject) -> str:
    path = root.parent / "jupyter" / "kernels" / "own" / "kernel.json"
    spec = json.loads(path.read_text())
    word = data.draw(st.text("abc=-", min_size=1, max_size=5))
    if data.draw(st.booleans()):
        spec["argv"].insert(data.draw(st.integers(0, len(spec["argv"]))), word)
    else:
        spec["env"][data.draw(st.sampled_from(["PYTHONPATH", "OTHER"]))] = word
    path.write_text(json.dumps(spec))
    return json.dumps(spec)


def edit_packages(root: Path, data: st.DataObject) -> str:
    """Install another version or another package, or remove one."""
    site = root.parent / "site-packages"
    version = data.draw(st.from_regex(r"[2-9]\.[0-9]{1,2}", fullmatch=True))
    match data.draw(st.sampled_from(["version", "more", "less", "path"])):
        case "version":
            (site / "thing-1.0.dist-info").rename(site / f"thing-{version}.dist-info")
        case "more":
            (site / f"other-{version}.dist-info").mkdir()
        case "less":
            (site / "thing-1.0.dist-info").rmdir()
        case "path":
            (site / "more.pth").touch()
    return version


def edit_what_is_shown(root: Path, data: st.DataObject) -> str:
    """Change outputs, counts, Markdown, metadata and layout, all at once."""
    path = root / "n.ipynb"
    document: dict[str, Any] = json.loads(path.read_text())
    text = st.text(max_size=8)
    document["metadata"]["title"] = data.draw(text)
    for cell in document["cells"]:
        cell["metadata"] = {"name": data.draw(text), "tags": data.draw(st.lists(st.sampled_from(["a", "parameters"])))}
        if cell["cell_type"] == "code":
            cell["execution_count"] = data.draw(st.none() | st.integers(1, 99))
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": data.draw(text)}]
        else:
            cell["source"] = data.draw(text)
    document["cells"].insert(
        data.draw(st.integers(0, 5)), {"cell_type": "markdown", "id": "x", "metadata": {}, "source": data.draw(text)}
    )
    path.write_text(json.dumps(document, indent=data.draw(st.integers(0, 3))))
    return "shown"


BREAKING = [edit_file, edit_code, edit_kernelspec, edit_packages]


def test_a_receipt_holds_for_what_it_vouches_for_and_nothing_else(workspace: Path) -> None:
    assert status(workspace) == "passed" and found(workspace)
    kept = [path for path in workspace.parent.rglob("*") if ".git" not in path.parts]
    saved = {path: path.read_bytes() for path in kept if path.is_file()}
    times = {path: path.stat() for path in kept}

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from([*BREAKING, edit_what_is_shown]), st.data())
    def change(edit: Any, data: st.DataObject) -> None:
        what = edit(workspace, data)
        try:
            assert found(workspace) == (edit is edit_what_is_shown), what
        finally:
            restore(workspace.parent, saved, times)
            assert found(workspace)

    change()
