"""Images as folders: laid once, brought up to date, never changed while a run looks at them."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from session.ports import ImageFile
from session.runtime.image_tree import ImageTree, ImageTrees, NoTreeError


class Store:
    """Blobs by their text, as the shipper's store would have them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def image(self, files: Mapping[str, str]) -> list[ImageFile]:
        return [
            ImageFile(path, self._blob(text), len(text), executable=text.startswith("#!"))
            for path, text in files.items()
        ]

    def _blob(self, text: str) -> Path:
        blob = self.folder / text.encode().hex()
        if not blob.exists():
            blob.write_text(text)
            blob.chmod(0o444)
        return blob


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "blobs")


@pytest.fixture
def trees(tmp_path: Path) -> ImageTrees:
    return ImageTrees(tmp_path / "trees")


def content(tree: ImageTree) -> dict[str, str]:
    files = (one for one in tree.path.rglob("*") if one.is_file())
    return {one.relative_to(tree.path).as_posix(): one.read_text() for one in files}


def folders(tree: ImageTree) -> set[str]:
    return {one.relative_to(tree.path).as_posix() for one in tree.path.rglob("*") if one.is_dir()}


def inodes(tree: ImageTree) -> dict[str, int]:
    return {one.name: one.stat().st_ino for one in tree.path.rglob("*") if one.is_file()}


FILES = {"main.py": "m", "a/b/deep": "d", "a/run": "#!x"}


def test_a_tree_is_the_image_with_files_to_be_written(store: Store, trees: ImageTrees) -> None:
    tree = trees.take("key", store.image(FILES))
    assert content(tree) == FILES
    assert os.access(tree.path / "a/run", os.X_OK)
    assert (tree.path / "main.py").stat().st_mode & 0o222
    assert not (tree.path / "main.py").stat().st_mode & 0o111


def test_an_unchanged_image_is_laid_once_and_shared(store: Store, trees: ImageTrees) -> None:
    first = trees.take("key", store.image(FILES))
    before = inodes(first)
    second = trees.take("key", store.image(FILES))
    assert inodes(second) == before
    assert first.path == second.path


def test_an_edited_project_costs_what_changed(store: Store, trees: ImageTrees) -> None:
    first = trees.take("key", store.image(FILES | {"gone/x": "x", "swap": "file"}))
    before = inodes(first)
    first.release()
    edited = {**FILES, "main.py": "new", "swap/inside": "now a folder", "more": "more"}
    second = trees.take("key", store.image(edited))
    assert content(second) == edited
    assert folders(second) == {"a", "a/b", "swap"}
    after = inodes(second)
    assert (after["deep"], after["run"]) == (before["deep"], before["run"])


def test_a_file_that_became_executable_is_one(store: Store, trees: ImageTrees) -> None:
    (file,) = store.image({"tool": "x"})
    trees.take("key", [file]).release()
    tree = trees.take("key", [ImageFile("tool", file.blob, 1, executable=True)])
    assert os.access(tree.path / "tool", os.X_OK)


@pytest.mark.parametrize("damage", ["written", "removed", "added", "swapped", "linked"])
def test_what_was_altered_is_laid_anew(
    tmp_path: Path, store: Store, trees: ImageTrees, damage: str
) -> None:
    trees.take("key", store.image(FILES)).release()
    tree = tmp_path / "trees" / "key"
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "deep").write_text("p")
    if damage == "written":
        times = (tree / "main.py").stat()
        (tree / "main.py").write_text("x")
        os.utime(tree / "main.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    elif damage == "removed":
        (tree / "a/run").unlink()
    elif damage == "added":
        (tree / "a/more").write_text("x")
    elif damage == "swapped":
        (tree / "a/run").rename(tree / "a/b/deep")
    else:
        (tree / "a/b").rename(tree / "aside")
        (tree / "a/b").symlink_to(precious)
    assert content(trees.take("key", store.image(FILES))) == FILES
    assert [one.name for one in precious.iterdir()] == ["deep"]
    assert (precious / "deep").read_text() == "p"


def test_a_tree_in_use_is_not_changed(store: Store, trees: ImageTrees) -> None:
    tree = trees.take("key", store.image(FILES))
    with pytest.raises(NoTreeError, match="another version"):
        trees.take("key", store.image({"main.py": "other"}))
    assert content(tree) == FILES
    tree.release()
    assert content(trees.take("key", store.image({"main.py": "other"}))) == {"main.py": "other"}


def test_one_that_was_left_half_way_is_laid_again(store: Store, trees: ImageTrees) -> None:
    answers = iter([False, True])
    with pytest.raises(NoTreeError, match="stopped"):
        trees.take("key", store.image(FILES), lambda: next(answers))
    assert content(trees.take("key", store.image(FILES))) == FILES


@pytest.mark.parametrize("note", ["", "[]", "{", "{}", '{"files": {}, "folders": {}}'])
def test_a_damaged_note_costs_a_new_tree(
    tmp_path: Path, store: Store, trees: ImageTrees, note: str
) -> None:
    trees.take("key", store.image(FILES)).release()
    (tmp_path / "trees" / "key.json").write_text(note)
    assert content(trees.take("key", store.image(FILES))) == FILES


def test_the_trees_of_projects_played_long_ago_go(
    tmp_path: Path, store: Store, trees: ImageTrees
) -> None:
    held = trees.take("held", store.image(FILES))
    for number in range(12):
        trees.take(f"key-{number}", store.image(FILES)).release()
        os.utime(tmp_path / "trees" / f"key-{number}.lock", (number, number))
    os.utime(tmp_path / "trees" / "held.lock", (0, 0))
    trees.take("last", store.image(FILES)).release()
    left = {one.name for one in (tmp_path / "trees").iterdir() if one.is_dir()}
    assert {"held", "last", "key-11"} < left
    assert len(left) <= 9
    assert "key-0" not in left
    assert content(held) == FILES


def test_a_refusal_is_remembered_and_frees_the_disk(
    tmp_path: Path, store: Store, trees: ImageTrees
) -> None:
    trees.take("key", store.image(FILES)).release()
    trees.refuse("not here")
    assert not (tmp_path / "trees" / "key").exists()
    with pytest.raises(NoTreeError, match="not here"):
        trees.take("key", store.image(FILES))


def test_a_refusal_of_another_boot_is_none(
    tmp_path: Path, store: Store, trees: ImageTrees, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees.take("key", store.image(FILES)).release()
    trees.refuse("not here")
    boot = tmp_path / "boot"
    boot.write_text("another\n")
    monkeypatch.setattr("session.runtime.image_tree._BOOT", boot)
    assert content(trees.take("key", store.image(FILES))) == FILES
