"""Copies are whole or not there, and holes cost nothing."""

import os
from pathlib import Path

import pytest

from session.copying import copy_file


def test_a_file_is_copied_with_its_mode_and_time(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(3_000_000))
    source.chmod(0o750)
    target.write_text("older")
    copy_file(source, target)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mode == source.stat().st_mode
    assert target.stat().st_mtime_ns == source.stat().st_mtime_ns


def test_holes_stay_holes(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    with source.open("wb") as file:
        file.write(b"begin")
        file.seek(1 << 40)
        file.write(b"middle")
        file.truncate(1 << 41)
    copy_file(source, target)
    assert target.stat().st_size == 1 << 41
    assert target.stat().st_blocks * 512 < 1 << 20
    with target.open("rb") as file:
        assert file.read(5) == b"begin"
        file.seek(1 << 40)
        assert file.read(6) == b"middle"


def test_a_link_is_copied_as_a_link(tmp_path: Path) -> None:
    (tmp_path / "source").symlink_to("/nowhere")
    (tmp_path / "target").write_text("older")
    copy_file(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").readlink() == Path("/nowhere")


def test_a_copy_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "target"
    target.mkdir(parents=True)
    (tmp_path / "source").write_text("x")
    with pytest.raises(OSError, match="directory"):
        copy_file(tmp_path / "source", target)
    assert list((tmp_path / "folder").iterdir()) == [target]
