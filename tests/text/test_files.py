import errno
import os
from pathlib import Path

import pytest

from offbook.errors import UserError
from offbook.text import require_writable, write_atomically


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("old")
    file.chmod(0o640)
    link = tmp_path / "link.py"
    link.symlink_to(file)
    write_atomically(link, b"new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"a.py", "link.py"}


def test_a_place_that_cannot_be_written_is_a_user_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write_atomically(tmp_path / "file" / "a.py", b"")
    with pytest.raises(UserError, match="cannot be written"):
        require_writable(tmp_path / "file" / "a.py")
    with pytest.raises(UserError, match="cannot be written: it is a folder"):
        require_writable(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_to_ask_whether_a_place_can_be_written_changes_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    require_writable(tmp_path / "file")
    require_writable(tmp_path / "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "old"}


@pytest.mark.parametrize("durable", [True, False])
def test_content_is_on_the_disk_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    seen: list[tuple[bytes, str]] = []

    def sync(number: int) -> None:
        (beside,) = (path for path in tmp_path.iterdir() if path != file)
        assert os.fstat(number).st_ino == beside.stat().st_ino
        seen.append((beside.read_bytes(), file.read_text()))
        raise OSError(errno.EINVAL, "this file system cannot")

    monkeypatch.setattr(os, "fsync", sync)
    write_atomically(file, b"new", durable=durable)
    assert seen == ([(b"new", "old")] if durable else [])
    assert file.read_text() == "new"


def test_a_disk_that_fails_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("old")

    def sync(_number: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(UserError, match="cannot be written"):
        write_atomically(file, b"new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "old"}
