"""What folders take on the disk, walked in slices: growth counts, what was there does not."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session.worker import disk_use
from session.worker.disk_use import DiskGauge

SIZES = st.lists(st.integers(0, 40_000), max_size=8)


def walked(gauge: DiskGauge) -> int | None:
    """Walk to the end of a walk."""
    found = gauge.over()
    while found is None and gauge._walk is not None:
        found = gauge.over()
    return found


def taken(folder: Path) -> int:
    return sum(max(one.lstat().st_blocks, 1) * 512 for one in folder.rglob("*"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=SIZES, after=SIZES)
def test_it_is_over_when_and_only_when_more_was_added(
    tmp_path_factory: pytest.TempPathFactory, before: list[int], after: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("disk")
    write(folder / "laid", before)
    there = taken(folder)
    gauge = DiskGauge(0, [str(folder)])
    write(folder / "new", after)
    added = taken(folder) - there
    for limit, reached in ((added, False), (added - 1, added > 0)):
        gauge.limit = limit
        assert (walked(gauge) is not None) == reached


def write(folder: Path, sizes: list[int]) -> None:
    folder.mkdir()
    for number, size in enumerate(sizes):
        put(folder / str(number), size)


def put(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.write(os.urandom(size))
        file.flush()
        os.fsync(file.fileno())  # blocks are given when the data goes out


def test_links_and_what_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "large").write_bytes(bytes(1_000_000))
    gauge = DiskGauge(100_000, [str(inside), str(tmp_path / "gone")])
    (inside / "link").symlink_to(outside)
    (inside / "circle").symlink_to(inside)
    (inside / "file").symlink_to(outside / "large")
    assert walked(gauge) is None


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    gauge = DiskGauge(1_500_000, [str(tmp_path)])
    put(tmp_path / "one", 1_000_000)
    for number in range(5):
        (tmp_path / f"again{number}").hardlink_to(tmp_path / "one")
    assert walked(gauge) is None


def test_a_long_walk_is_made_in_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(300):
        (tmp_path / str(number)).write_bytes(b"x")
    gauge = DiskGauge(10_000_000, [str(tmp_path)])
    monkeypatch.setattr(disk_use, "SLICE_S", 0.0)
    slices = 0
    while gauge.over() is None and gauge._walk is not None:
        slices += 1
        assert gauge.due > time.monotonic(), "between two slices others have their turn"
    assert slices == 300
    put(tmp_path / "large", 11_000_000)
    assert walked(gauge) is not None
