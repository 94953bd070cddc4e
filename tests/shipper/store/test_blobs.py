"""Blobs: whole or not there, whatever happens to the file while it is read."""

import hashlib
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shipper.errors import Cancelled, ProjectChanged, StoreUnwritable
from shipper.formats.scan import FoundFile
from shipper.source.walk import stamp_of
from shipper.store.blobs import BlobStore, is_executable
from tests.support.workshop import Workshop

LARGE = 5_000_000


def found(place: Path) -> FoundFile:
    """Return a file as a walk finds it."""
    return FoundFile(place.name, str(place), stamp_of(place.stat()))


@pytest.mark.parametrize("size", [0, 10, LARGE])
def test_what_is_kept_is_what_was_read(tmp_path: Path, size: int) -> None:
    store = BlobStore(tmp_path / "cache")
    (tmp_path / "file").write_bytes(os.urandom(size))
    kept = store.keep(found(tmp_path / "file"), lambda: None)
    content = (tmp_path / "file").read_bytes()
    assert kept.file.sha256 == hashlib.sha256(content).hexdigest()
    assert store.read(kept.file.sha256) == content
    assert store.is_whole(kept.file.sha256)
    assert not list((tmp_path / "cache").rglob("*.tmp"))


def test_file_that_changes_once_is_read_again(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "cache")
    place = tmp_path / "file"
    place.write_bytes(b"a" * LARGE)
    changes = iter([True])

    def meanwhile() -> None:
        if next(changes, False):
            with place.open("ab") as file:
                file.write(b"b")

    kept = store.keep(found(place), meanwhile)
    assert kept.file.size == LARGE + 1
    assert kept.file.sha256 == hashlib.sha256(place.read_bytes()).hexdigest()
    assert kept.stamp == stamp_of(place.stat())


def test_file_that_never_holds_still(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"a" * LARGE)

    def meanwhile() -> None:
        with place.open("ab") as file:
            file.write(b"b")

    with pytest.raises(ProjectChanged, match="kept changing"):
        BlobStore(tmp_path / "cache").keep(found(place), meanwhile)


def test_file_that_went_away(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"a")
    row = found(place)
    place.unlink()
    with pytest.raises(ProjectChanged, match="went away"):
        BlobStore(tmp_path / "cache").keep(row, lambda: None)
    os.mkfifo(place)
    with pytest.raises(ProjectChanged, match="no file"):
        BlobStore(tmp_path / "cache").keep(row, lambda: None)


def test_stop_in_the_middle_of_a_large_file_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"a" * LARGE)
    pieces = iter(range(10))

    def cancelled() -> None:
        if next(pieces) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        BlobStore(tmp_path / "cache").keep(found(place), cancelled)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [(b"#!/bin/sh", True), (b"\x7fELF\x02", True), (b"import", False), (b"", False)],
)
def test_executables_are_known_by_their_content(head: bytes, expected: bool) -> None:
    assert is_executable(head) is expected


def test_store_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(StoreUnwritable):
        BlobStore(tmp_path / "cache").put(b"x")


PROGRAM = """
import pathlib, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
from tests.support.workshop import Workshop
shop = Workshop(pathlib.Path(sys.argv[1]))
failure = shop.fails(pathlib.Path(sys.argv[1]) / "project")
print(failure.code, "|", failure.message, "|", failure.hint)
"""


@pytest.mark.parametrize("size", [300_000, LARGE])
def test_no_space(shop: Workshop, size: int) -> None:
    """A real limit of the system stands in for a full disk: a write ends in the middle."""
    assert signal.SIGXFSZ
    assert resource.RLIMIT_FSIZE
    shop.project({"main.py": "", "data.bin": b"x" * size})
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(shop.folder)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("no-space | There is no space left"), done
    assert "PLAYHEAD_HOME" in done.stdout
    assert not list(shop.cache.rglob("*.tmp"))
