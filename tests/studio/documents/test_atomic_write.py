"""Replacing a file: whatever happens, the old content is there, or the new."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from studio.documents.atomic_write import replace_file
from studio.documents.errors import NotSaved

_ROOT = os.geteuid() == 0
#: Writes two texts in turn until it is killed.
_WRITER = """
import sys
from pathlib import Path
from studio.documents.atomic_write import replace_file
path = Path(sys.argv[1])
texts = [b"a" * 3_000_000, b"b" * 2_000_000]
print("ready", flush=True)
while True:
    for text in texts:
        replace_file(path, text)
"""
#: Saves with a limit on file sizes, as a full disk would have it; prints what is told.
_LIMITED = """
import resource, signal, sys
from pathlib import Path
from studio.documents.atomic_write import replace_file
from studio.documents.errors import NotSaved
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
backups = Path(sys.argv[2]) if len(sys.argv) > 2 else None
try:
    replace_file(Path(sys.argv[1]), b"new" * 100_000, backups)
except NotSaved as error:
    print(error.message)
"""


#: Saves as nobody; prints what is told.
_SAVER = """
import os, sys
from pathlib import Path
from studio.documents.atomic_write import replace_file
from studio.documents.errors import NotSaved
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
try:
    print(replace_file(Path(sys.argv[1]), b"new", Path(sys.argv[2]) if sys.argv[2:] else None))
except NotSaved as error:
    print(error.message)
"""


def _left_over(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.name.endswith(".tmp")]


def test_a_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_bytes(b"old")
    path.chmod(0o751)
    assert replace_file(path, b"new") is None
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o751
    assert not _left_over(tmp_path)


def test_a_new_file_has_the_mode_that_new_files_have(tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.touch()
    replace_file(tmp_path / "new", b"x")
    assert (tmp_path / "new").stat().st_mode == beside.stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link, second = tmp_path / "target", tmp_path / "link", tmp_path / "folder" / "second"
    target.write_bytes(b"old")
    link.symlink_to("target")
    second.parent.mkdir()
    second.symlink_to(Path("..", "link"))
    replace_file(second, b"new")
    assert link.is_symlink()
    assert second.is_symlink()
    assert target.read_bytes() == b"new"


def test_links_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to("circle")
    with pytest.raises(NotSaved):
        replace_file(circle, b"x")
    with pytest.raises(NotSaved, match="folder does not exist"):
        replace_file(tmp_path / "no" / "such", b"x")
    with pytest.raises(NotSaved, match="folder of that name"):
        replace_file(tmp_path, b"x")
    with pytest.raises(NotSaved, match="too long"):
        replace_file(tmp_path / ("x" * 300), b"x")


def test_a_name_of_the_greatest_length_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    replace_file(path, b"1")
    replace_file(path, b"2")
    assert path.read_bytes() == b"2"


def test_a_file_of_two_names_keeps_both(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"old and longer")
    os.link(one, other)
    notice = replace_file(one, b"new", tmp_path / "backups")
    assert notice is not None
    assert "several names" in notice
    assert other.read_bytes() == b"new"
    assert one.stat().st_ino == other.stat().st_ino
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.read_bytes() == b"old and longer"
    assert str(copy) in notice


def test_a_folder_that_cannot_be_written() -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o777)
        folder = place / "folder"
        folder.mkdir()
        path = folder / "file"
        path.write_bytes(b"old")
        path.chmod(0o666)
        folder.chmod(0o555)
        try:
            assert "not saved: you have no permission" in _as_nobody(path)
            assert path.read_bytes() == b"old"
            told = _as_nobody(path, place / "backups")
            assert "written in place, for its folder cannot be written" in told
            assert path.read_bytes() == b"new"
            (copy,) = (place / "backups").iterdir()
            assert copy.read_bytes() == b"old"
            path.chmod(0o444)
            assert "not saved: you have no permission" in _as_nobody(path, place / "backups")
        finally:
            folder.chmod(0o755)


def _as_nobody(*paths: Path) -> str:
    """Save as someone whom permissions concern, for root is let through everywhere; what is told.

    Everything is imported before the user is changed: the interpreter may lie where that user
    cannot look.
    """
    command = [sys.executable, "-c", _SAVER, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


@pytest.mark.skipif(not _ROOT, reason="only root can give files away")
def test_the_owner_stays(tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(b"old")
    os.chown(path, 12345, 54321)
    replace_file(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, in_place: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old" * 10)
    command = [sys.executable, "-c", _LIMITED, str(path)]
    if in_place:
        os.link(path, tmp_path / "second name")
        command.append(str(tmp_path / "backups"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "file was not saved: the file would be larger than is allowed" in done.stdout
    assert path.read_bytes() == b"old" * 10
    assert not _left_over(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_device_is_told_as_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    full = os.open("/dev/full", os.O_WRONLY)
    write = os.write
    monkeypatch.setattr(os, "write", lambda _, data: write(full, data))
    try:
        with pytest.raises(NotSaved, match="the disk is full") as caught:
            replace_file(path, b"new")
    finally:
        monkeypatch.undo()
        os.close(full)
    assert "Nothing is lost" in caught.value.hint
    assert path.read_bytes() == b"old"
    assert not _left_over(tmp_path)


def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * 3_000_000)
    whole = {b"a" * 3_000_000, b"b" * 2_000_000}
    for number in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(0.01 + 0.007 * number)
            writer.send_signal(signal.SIGKILL)
        assert path.read_bytes() in whole


def test_what_a_killed_save_left_is_removed_later(tmp_path: Path) -> None:
    old, new = (tmp_path / f".playhead-{digit * 16}.tmp" for digit in "ab")
    other = tmp_path / ".playhead-notes.tmp"
    for path in (old, new, other):
        path.write_bytes(b"x")
    for path in (old, other):
        os.utime(path, (1, 1))
    replace_file(tmp_path / "file", b"x")
    assert not old.exists()
    assert new.exists()  # it may be a save under way
    assert other.exists()  # it is none of ours
