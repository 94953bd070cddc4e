"""Renaming overwrites nothing: no link's target, no file that comes in between, on any disk."""

import threading
from pathlib import Path

import pytest

from studio.workspaces.editor import renaming
from studio.workspaces.editor.file_operations import Refused, move


@pytest.fixture(params=["at once", "in two steps"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that can rename without overwriting, and one that cannot."""
    if request.param == "in two steps":
        monkeypatch.setattr(renaming, "_rename", renaming._rename_slowly)


@pytest.mark.usefixtures("disk")
def test_a_link_does_not_replace_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "a.txt", tmp_path / "b"
    target.write_text("precious")
    link.symlink_to("a.txt")
    hard = tmp_path / "A.TXT"
    hard.hardlink_to(target)
    for path in (link, hard):
        with pytest.raises(Refused, match="exists"):
            move(path, target)
    assert target.read_text() == "precious"
    assert not target.is_symlink()
    assert link.is_symlink()


@pytest.mark.usefixtures("disk")
def test_files_folders_and_links_are_renamed_and_back(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "folder", "link"):
        done = move(tmp_path / name, tmp_path / f"{name} 2")
        assert name not in {path.name for path in tmp_path.iterdir()}
        assert done.undo is not None
        done.undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "link"]
    (tmp_path / "other").mkdir()
    with pytest.raises(Refused, match="exists"):
        move(tmp_path / "folder", tmp_path / "other")
    with pytest.raises(Refused, match="exists"):
        move(tmp_path / "file", tmp_path / "link")  # it leads nowhere, and is there


def test_of_many_at_once_one_wins_and_none_is_lost(tmp_path: Path) -> None:
    for turn in range(20):
        folder = tmp_path / str(turn)
        folder.mkdir()
        sources = [folder / f"{number}" for number in range(4)]
        for source in sources:
            source.write_text(source.name)
        barrier = threading.Barrier(len(sources))

        def rename(
            source: Path, folder: Path = folder, barrier: threading.Barrier = barrier
        ) -> None:
            barrier.wait()
            try:
                move(source, folder / "wanted")
            except Refused:
                return

        threads = [threading.Thread(target=rename, args=(source,)) for source in sources]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        texts = sorted(path.read_text() for path in folder.iterdir())
        assert texts == ["0", "1", "2", "3"]
