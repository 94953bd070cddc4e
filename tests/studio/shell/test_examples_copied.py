"""The user's copies of the examples: followed while untouched, left alone once they are not."""

import os
import stat
from pathlib import Path

import pytest

from resources import example_path
from studio.shell.examples import Example, bundled_at, list_examples, list_templates, open_copy


@pytest.fixture
def bundled(tmp_path: Path) -> Example:
    """An example of our own making, in a folder that may not be written to."""
    source = tmp_path / "bundled" / "shop"
    (source / "data").mkdir(parents=True)
    (source / "main.py").write_text("print(1)\n")
    (source / "data" / "a.csv").write_text("1\n")
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "main.pyc").write_bytes(b"x")
    (source / "main.py").chmod(0o444)
    return Example("shop", "Shop", "", "cartridge", source)


def test_what_is_bundled_describes_itself() -> None:
    for one in (*list_examples(), *list_templates()):
        assert one.title
        assert one.description.endswith(".")
        assert one.source.exists()
    assert {one.name: one.kind for one in list_examples()} == {
        "daylight": "notebook",
        "harbour": "cartridge",
        "primes": "cartridge",
    }


def test_a_copy_can_be_written_and_holds_nothing_derived(bundled: Example, tmp_path: Path) -> None:
    own = open_copy(bundled, tmp_path / "own")
    assert own == tmp_path / "own" / "shop"
    files = {path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file()}
    assert files == {"main.py", "data/a.csv"}
    assert os.stat(own / "main.py").st_mode & stat.S_IWUSR


def test_an_untouched_copy_follows_the_bundled_one(bundled: Example, tmp_path: Path) -> None:
    own = open_copy(bundled, tmp_path / "own")
    (own / "__pycache__").mkdir()
    (bundled.source / "data" / "a.csv").unlink()
    (bundled.source / "data" / "b.csv").write_text("2\n")
    assert open_copy(bundled, tmp_path / "own") == own
    assert [path.name for path in (own / "data").iterdir()] == ["b.csv"]


@pytest.mark.parametrize("change", ["edit", "add", "delete"])
def test_a_touched_copy_is_left_alone(bundled: Example, tmp_path: Path, change: str) -> None:
    own = open_copy(bundled, tmp_path / "own")
    if change == "edit":
        (own / "main.py").write_text("print(2)\n")
    elif change == "add":
        (own / "mine.py").write_text("")
    else:
        (own / "data" / "a.csv").unlink()
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    (bundled.source / "new.py").write_text("")
    open_copy(bundled, tmp_path / "own")
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before


def test_a_folder_of_the_users_with_the_same_name_is_left_alone(
    bundled: Example, tmp_path: Path
) -> None:
    (tmp_path / "own" / "shop").mkdir(parents=True)
    (tmp_path / "own" / "shop" / "precious.txt").write_text("mine")
    own = open_copy(bundled, tmp_path / "own")
    assert [path.name for path in own.iterdir()] == ["precious.txt"]


def test_a_deleted_copy_is_made_again(bundled: Example, tmp_path: Path) -> None:
    own = open_copy(bundled, tmp_path / "own")
    (own / "main.py").unlink()
    (own / "data" / "a.csv").unlink()
    (own / "data").rmdir()
    own.rmdir()
    assert (open_copy(bundled, tmp_path / "own") / "main.py").exists()


def test_a_bundled_example_is_known_by_its_place(tmp_path: Path) -> None:
    for example in list_examples():
        assert bundled_at(example.source) == example
        link = tmp_path / example.name
        link.symlink_to(example.source)
        assert bundled_at(link) == example
        assert bundled_at(open_copy(example, tmp_path / "copies")) is None
    assert bundled_at(example_path("harbour") / "main.py") is None
