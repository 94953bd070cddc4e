"""The view: laid as private copies, harvested of what the run wrote, removed whatever it is."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session.errors import ConnectFailed
from session.log.entry import Severity
from session.ports import ImageFile
from session.runtime.harvest import harvest, keep_since
from session.runtime.notices import harvested
from session.runtime.own_folder import OwnFolder
from session.runtime.view import LaidFile, lay_view


def lay(tmp_path: Path, **files: str) -> tuple[Path, dict[str, LaidFile]]:
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    listed = []
    for number, (path, text) in enumerate(files.items()):
        blob = blobs / str(number)
        blob.write_text(text)
        blob.chmod(0o444)
        listed.append(ImageFile(path.replace("__", "/"), blob, len(text), executable="run" in path))
    view = tmp_path / "view"
    return view, lay_view(listed, view)


def test_files_are_private_writable_copies(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m", a__b__c="deep", a__run="x")
    assert (view / "a/b/c").read_text() == "deep"
    assert os.access(view / "a/run", os.X_OK)
    assert not (view / "main").stat().st_mode & 0o111
    (view / "main").write_text("changed")
    assert (tmp_path / "blobs" / "0").read_text() == "m"
    assert set(laid) == {"main", "a/b/c", "a/run"}


@pytest.mark.parametrize("size", [0, 1, (1 << 20) + 1, 5_000_000])
def test_every_size_is_copied_whole(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "blob").write_bytes(content)
    lay_view([ImageFile("f", tmp_path / "blob", size)], tmp_path / "view")
    assert (tmp_path / "view" / "f").read_bytes() == content


def test_laying_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "blob").write_text("x")
    files = [ImageFile(f"f{number}", tmp_path / "blob", 1) for number in range(10)]
    answers = iter([False, False, True])
    laid = lay_view(files, tmp_path / "view", lambda: next(answers))
    assert set(laid) == {"f0", "f1"}


def test_copying_works_without_the_kernels_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> int:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    content = os.urandom(3_000_000)
    (tmp_path / "blob").write_bytes(content)
    lay_view([ImageFile("f", tmp_path / "blob", len(content))], tmp_path / "view")
    assert (tmp_path / "view" / "f").read_bytes() == content


_PARTS = st.sampled_from(["a", "b", "..", ".", "", "/", "\0", "x y", "\u00e9", "a" * 300])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(_PARTS, min_size=1, max_size=5))
def test_no_path_leads_out(tmp_path: Path, parts: list[str]) -> None:
    top = tmp_path / os.urandom(6).hex()
    top.mkdir()
    (top / "blob").write_text("x")
    with suppress(ConnectFailed, OSError):
        lay_view([ImageFile("/".join(parts), top / "blob", 1)], top / "sub" / "view")
    inside = {one.name for one in top.iterdir()}
    assert inside <= {"blob", "sub"}
    assert {one.name for one in (top / "sub").iterdir()} == {"view"}


def test_new_changed_and_deleted_files_are_found(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m", touched="t", rewritten="r", gone="g", mode="x", a__b="ab")
    (view / "new").write_text("n")
    (view / "touched").touch()
    (view / "rewritten").write_text("R")
    (view / "gone").unlink()
    (view / "mode").chmod(0o600)
    (view / "a/sub").mkdir()
    (view / "a/sub/deep").write_text("d")
    (view / "a/empty").mkdir()
    found = harvest(OwnFolder.of(view), laid, tmp_path / "written")
    assert found.written == ("a/sub/deep", "new", "rewritten")
    assert found.deleted == ("gone",)
    assert (tmp_path / "written/a/sub/deep").read_text() == "d"
    assert (view / "main").exists()


def test_a_change_that_hides_its_time_is_found(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="aaaa")
    times = (view / "main").stat()
    (view / "main").write_text("bbbb")
    os.utime(view / "main", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert harvest(OwnFolder.of(view), laid, tmp_path / "written").written == ("main",)


def test_links_are_kept_as_links_and_never_followed(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("p")
    (view / "folder").symlink_to(outside)
    (view / "file").symlink_to(outside / "precious")
    (view / "main").unlink()
    (view / "main").symlink_to(outside / "precious")
    found = harvest(OwnFolder.of(view), laid, tmp_path / "written")
    assert found.written == ("file", "folder", "main")
    assert (tmp_path / "written" / "folder").is_symlink()
    assert OwnFolder.of(view).remove()
    assert (outside / "precious").read_text() == "p"


def test_odd_things_are_left_and_counted(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m")
    os.mkfifo(view / "fifo")
    odd = os.fsdecode(b"odd-\xff\n\x1b name")
    (view / odd).write_text("o")
    (view / "\u2028.txt").write_text("u")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(view)
        server.bind("socket")
        os.chdir("/")
    found = harvest(OwnFolder.of(view), laid, tmp_path / "written")
    assert found.left == 2
    assert set(found.written) == {odd, "\u2028.txt"}
    assert OwnFolder.of(view).remove()


def test_closed_folders_are_opened(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m", sub__file="f")
    (view / "sub" / "new").write_text("n")
    (view / "sub" / "deep").mkdir()
    (view / "sub" / "deep" / "x").write_text("x")
    (view / "sub" / "deep").chmod(0)
    (view / "sub").chmod(0o555)
    view.chmod(0o555)
    found = harvest(OwnFolder.of(view), laid, tmp_path / "written")
    assert found.written == ("sub/deep/x", "sub/new")
    assert OwnFolder.of(view).remove()


def test_very_deep_trees_are_removed(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m")
    home = os.getcwd()
    os.chdir(view)
    try:
        for _ in range(1500):
            os.mkdir("deep-folder")
            os.chdir("deep-folder")
        with open("bottom", "w") as file:
            file.write("b")
    finally:
        os.chdir(home)
    harvest(OwnFolder.of(view), laid, tmp_path / "written")
    assert OwnFolder.of(view).remove()
    assert not view.exists()


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    own = OwnFolder.of(tmp_path / "nothing")
    own.path.rmdir()
    assert own.remove()


def make_precious(folder: Path) -> Path:
    precious = folder / "precious"
    (precious / "inside").mkdir(parents=True)
    (precious / "file").write_text("p")
    (precious / "inside" / "file").write_text("p")
    precious.chmod(0o755)
    return precious


def assert_precious(precious: Path) -> None:
    assert (precious / "file").read_text() == (precious / "inside" / "file").read_text() == "p"
    assert precious.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("how", ["link", "folder"])
def test_a_view_that_was_replaced_is_left_alone(tmp_path: Path, how: str) -> None:
    view, laid = lay(tmp_path, main="m")
    own = OwnFolder.of(view)
    precious = make_precious(tmp_path)
    view.rename(tmp_path / "moved")
    if how == "link":
        view.symlink_to(precious)
    else:
        precious.rename(view)
        precious = view
    found = harvest(own, laid, tmp_path / "written")
    assert found.replaced
    assert found.written == ()
    keep_since(own, 0, tmp_path / "written")
    own.remove()
    assert_precious(precious)
    assert not (tmp_path / "written").exists()


@pytest.mark.parametrize("how", ["moved", "removed"])
def test_a_view_that_is_gone_is_told(tmp_path: Path, how: str) -> None:
    view, laid = lay(tmp_path, main="m")
    own = OwnFolder.of(view)
    if how == "moved":
        view.rename(tmp_path / "moved")
    else:
        own.remove()
    found = harvest(own, laid, tmp_path / "written")
    assert (found.gone, found.replaced, found.written) == (True, False, ())
    (entry,) = harvested(found)
    assert (entry.severity, entry.code) == (Severity.WARNING, "view-replaced")
    assert "moved its working folder away, or removed it" in entry.message


def test_a_folder_for_what_is_kept_that_leads_elsewhere_is_not_used(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m")
    precious = make_precious(tmp_path)
    (tmp_path / "written").symlink_to(precious)
    (view / "file").write_text("mine")
    assert harvest(OwnFolder.of(view), laid, tmp_path / "written").written == ("file",)
    assert_precious(precious)
    assert (tmp_path / "written" / "file").read_text() == "mine"


def test_a_link_among_what_is_kept_is_not_followed(tmp_path: Path) -> None:
    view, laid = lay(tmp_path, main="m")
    precious = make_precious(tmp_path)
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "sub").symlink_to(precious)
    (view / "sub").mkdir()
    (view / "sub" / "file").write_text("mine")
    found = harvest(OwnFolder.of(view), laid, tmp_path / "written")
    assert (found.written, found.left) == ((), 1)
    assert_precious(precious)


def test_after_a_crash_the_time_tells_what_was_written(tmp_path: Path) -> None:
    view, _laid = lay(tmp_path, main="m", old="o")
    stamp = tmp_path / "stamp"
    while not stamp.exists() or stamp.stat().st_ctime_ns <= (view / "old").stat().st_ctime_ns:
        stamp.touch()
    while not (view / "new").exists() or (
        (view / "new").stat().st_ctime_ns <= stamp.stat().st_ctime_ns
    ):
        (view / "new").write_text("n")
        (view / "main").write_text("changed")
    keep_since(OwnFolder.of(view), stamp.stat().st_ctime_ns, tmp_path / "written")
    assert sorted(one.name for one in (tmp_path / "written").iterdir()) == ["main", "new"]
