"""Changes below a folder are told, once they are over, and only those that matter."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import watchdog.observers

from studio.documents import watch
from studio.documents.text_file import read_text_file, write_text_file
from studio.documents.watch import FolderWatch


class Told:
    """What a watch told, to be waited for."""

    def __init__(self) -> None:
        self.batches: list[set[Path]] = []
        self._news = threading.Condition()

    def __call__(self, paths: set[Path]) -> None:
        with self._news:
            self.batches.append(paths)
            self._news.notify_all()

    @property
    def paths(self) -> set[Path]:
        return set().union(*self.batches)

    def wait_for(self, path: Path, timeout_s: float = 20) -> None:
        with self._news:
            assert self._news.wait_for(lambda: path in self.paths, timeout_s), self.batches


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def folder_watch(tmp_path: Path, told: Told) -> Iterator[FolderWatch]:
    root = tmp_path / "project"
    (root / "package").mkdir(parents=True)
    (root / ".git").mkdir()
    found = FolderWatch(root, told)
    yield found
    found.stop()


def test_changes_are_told_and_ignored_folders_are_not(
    folder_watch: FolderWatch, told: Told
) -> None:
    root = folder_watch.root
    folder_watch.start()
    assert folder_watch.wait_ready()
    assert folder_watch.failure is None
    (root / ".git" / "index").write_text("x")
    (root / "__pycache__").mkdir()
    (root / "__pycache__" / "main.pyc").write_text("x")
    (root / "package" / "module.py").write_text("x")
    told.wait_for(root / "package" / "module.py")
    (root / "package" / "module.py").rename(root / "moved.py")
    told.wait_for(root / "moved.py")
    shutil.rmtree(root / "package")
    told.wait_for(root / "package")
    assert not [path for path in told.paths if ".git" in path.parts or path.suffix == ".pyc"]


def test_many_writes_are_told_together(folder_watch: FolderWatch, told: Told) -> None:
    file = folder_watch.root / "busy.txt"
    folder_watch.start()
    assert folder_watch.wait_ready()
    for number in range(100):
        file.write_text(str(number))
    told.wait_for(file)
    assert len(told.batches) <= 4


def test_saving_shows_as_a_change_of_the_file_alone(folder_watch: FolderWatch, told: Told) -> None:
    file = folder_watch.root / "main.py"
    file.write_text("x = 1\n")
    folder_watch.start()
    assert folder_watch.wait_ready()
    write_text_file(read_text_file(file), "x = 2\n")
    told.wait_for(file)
    assert not [path for path in told.paths if path.suffix == ".tmp"]


def test_without_a_watch_open_files_are_looked_at(
    folder_watch: FolderWatch, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watchdog.observers.Observer, "schedule", refuse)
    monkeypatch.setattr(watch, "POLL_S", 0.05)
    file, new = folder_watch.root / "open.py", folder_watch.root / "gone and back.py"
    file.write_text("1")
    folder_watch.look_at([file, new])
    folder_watch.start()
    assert folder_watch.wait_ready()
    assert folder_watch.failure is not None
    assert "limit for watches" in folder_watch.failure
    file.write_text("22")
    told.wait_for(file)
    new.write_text("there")
    told.wait_for(new)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, told: Told) -> None:
    found = FolderWatch(tmp_path / "nothing", told)
    found.start()
    assert found.wait_ready()
    assert found.failure is not None
    assert "cannot be watched" in found.failure
    found.stop()


def test_nothing_is_told_after_the_end(folder_watch: FolderWatch, told: Told) -> None:
    folder_watch.start()
    folder_watch.stop()
    (folder_watch.root / "late.py").write_text("x")
    folder_watch.note([folder_watch.root / "late.py"])
    assert told.batches == []


def test_very_many_changes_are_told_as_their_folders(tmp_path: Path) -> None:
    told: list[set[Path]] = []
    watch = FolderWatch(tmp_path, told.append)
    watch.start()
    assert watch.wait_ready()
    watch.note(tmp_path / "many" / str(number) for number in range(5_000))
    watch.note([tmp_path / "main.py"])
    deadline = time.monotonic() + 10
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    watch.stop()
    assert told == [{tmp_path / "many", tmp_path}]


def test_a_folder_that_went_and_came_back_is_followed(
    folder_watch: FolderWatch, told: Told, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    package = folder_watch.root / "package"
    folder_watch.start()
    assert folder_watch.wait_ready()
    package.rename(tmp_path / "trash")
    told.wait_for(package)
    told.batches.clear()
    (tmp_path / "trash").rename(package)
    told.wait_for(package)
    (package / "new.py").write_text("x")
    told.wait_for(package / "new.py")
    assert capfd.readouterr().err == ""
