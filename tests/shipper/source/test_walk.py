"""What belongs in an image and what does not, each with its reason."""

import os
import random
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipper.errors import Cancelled, ProjectChanged
from shipper.formats.glob import Patterns
from shipper.formats.scan import Listing
from shipper.source.walk import walk
from tests.support.workshop import Workshop


def listing(
    root: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> tuple[list[str], dict[str, str]]:
    """Return the paths of the image, and what was left out with its reason."""
    found = _walk(root, include, exclude)
    return [file.path for file in found.files], {row.path: row.reason for row in found.left_out}


def _walk(root: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Listing:
    return walk(root, Patterns(include), Patterns(exclude), lambda: None)


def make(root: Path, *paths: str) -> Path:
    """Write empty files."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")
    return root


def test_defaults(tmp_path: Path) -> None:
    make(
        tmp_path,
        *["main.py", "pkg/a.py", "data/b.bin", "empty/c", "pyproject.toml"],
        *[".git/config", ".hg/x", "__pycache__/a.pyc", "pkg/__pycache__/a.pyc", ".mypy_cache/x"],
        *[".venv/x", "env/pyvenv.cfg", "env/bin/python", "node_modules/a/b.js"],
        *["build/lib/x.py", "dist/x.whl", "x.egg-info/PKG-INFO", ".env", ".idea/x"],
        *["a.py~", ".a.py.swp", "#a.py#", "a.orig", "old.pyc", "Thumbs.db"],
    )
    files, left = listing(tmp_path)
    assert files == ["data/b.bin", "empty/c", "main.py", "pkg/a.py", "pyproject.toml"]
    assert left == {
        ".git/": "version control",
        ".hg/": "version control",
        "__pycache__/": "cache",
        "pkg/__pycache__/": "cache",
        ".mypy_cache/": "cache",
        ".venv/": "virtual environment",
        "env/": "virtual environment",
        "node_modules/": "installed JavaScript packages",
        "build/": "build leftover",
        "dist/": "build leftover",
        "x.egg-info/": "build leftover",
        ".env": "hidden",
        ".idea/": "hidden",
        "a.py~": "editor backup",
        ".a.py.swp": "editor backup",
        "#a.py#": "editor backup",
        "a.orig": "editor backup",
        "old.pyc": "compiled Python",
        "Thumbs.db": "left by the file manager",
    }


def test_build_may_be_a_package_or_a_folder_of_data(tmp_path: Path) -> None:
    one = make(tmp_path / "one", "pyproject.toml", "build/__init__.py", "pkg/build/x.py")
    assert listing(one)[0] == ["build/__init__.py", "pkg/build/x.py", "pyproject.toml"]
    two = make(tmp_path / "two", "main.py", "dist/level1.dat")
    assert listing(two)[0] == ["dist/level1.dat", "main.py"]


def test_include_adds_and_exclude_takes(tmp_path: Path) -> None:
    make(tmp_path, "main.py", ".env", ".github/workflows/ci.yml", ".github/__pycache__/x.pyc")
    make(tmp_path, "raw/a.psd", "raw/b.png", "sub/.secret", "src/__pycache__/y.pyc", "src/z.py")
    files, left = listing(tmp_path, include=(".env", ".github/**", "src/**"), exclude=("*.psd",))
    assert files == [".env", ".github/workflows/ci.yml", "main.py", "raw/b.png", "src/z.py"]
    assert left["raw/a.psd"] == "excluded by `*.psd`"
    assert left["src/__pycache__/"] == "cache"
    assert left[".github/__pycache__/"] == "cache"


def test_exclude_wins_over_include(tmp_path: Path) -> None:
    make(tmp_path, "main.py", "data/a", "data/b")
    files, left = listing(tmp_path, include=("data/a",), exclude=("data",))
    assert files == ["main.py"]
    assert left == {"data/": "excluded by `data`"}


def test_links(tmp_path: Path) -> None:
    root = make(tmp_path / "project", "main.py", "real/a.txt")
    outside = make(tmp_path / "outside", "secret.txt")
    (root / "file.txt").symlink_to("real/a.txt")
    (root / "folder").symlink_to("real")
    (root / "out").symlink_to(outside)
    (root / "out.txt").symlink_to(outside / "secret.txt")
    (root / "absolute").symlink_to("/etc/hostname")
    (root / "broken").symlink_to("nowhere")
    (root / "self").symlink_to("self")
    (root / "real/up").symlink_to("..")
    files, left = listing(root)
    assert files == ["file.txt", "folder/a.txt", "main.py", "real/a.txt"]
    assert left["out"] == left["out.txt"] == left["absolute"] == "link out of the project"
    assert left["broken"] == "broken link"
    assert "links" in left["self"].lower()
    assert left["real/up"] == "link in a circle"


def test_links_that_go_round_by_two(tmp_path: Path) -> None:
    make(tmp_path, "main.py", "a/x", "b/y")
    (tmp_path / "a/b").symlink_to("../b")
    (tmp_path / "b/a").symlink_to("../a")
    files, left = listing(tmp_path)
    assert files == ["a/b/y", "a/x", "b/a/x", "b/y", "main.py"]
    assert set(left.values()) == {"link in a circle"}


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "main.py")
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)  # the names of sockets are short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert listing(tmp_path) == (["main.py"], {"fifo": "named pipe", "socket": "socket"})


def test_order_follows_from_the_paths(tmp_path: Path) -> None:
    names = ["b", "a/z", "a.txt", "A", "é", "a/b/c", "a-b/x"]
    random.Random(1).shuffle(names)
    make(tmp_path, *names)
    files, _ = listing(tmp_path)
    assert files == sorted(names, key=str.encode)


def test_folder_that_goes_away(tmp_path: Path) -> None:
    with pytest.raises(ProjectChanged):
        _walk(tmp_path / "gone")


def test_stop(tmp_path: Path) -> None:
    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        walk(make(tmp_path, "main.py"), Patterns(()), Patterns(()), cancelled)


def test_too_many_files(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipper.source.walk.FILE_LIMIT", 3)
    failure = shop.fails(shop.project({f"{n}.txt": "" for n in range(4)} | {"main.py": ""}))
    assert failure.code == "too-many-files"


TREES = st.lists(
    st.lists(st.sampled_from(["a", "b", ".git", "x.py", "y~", "é"]), min_size=1, max_size=4),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(tree=TREES, pattern=st.sampled_from(["", "a", "*.py", "a/**", ".git/**"]))
def test_every_file_is_in_the_image_or_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, tree: list[list[str]], pattern: str
) -> None:
    root = tmp_path_factory.mktemp("tree")
    for parts in tree:
        place = root.joinpath(*parts)
        if not any(above.is_file() for above in place.parents) and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("")
    files, left = listing(root, exclude=(pattern,) if pattern else ())
    for place in root.rglob("*"):
        path = str(place.relative_to(root))
        if place.is_file():
            gone = [row for row in left if row == path or (row[-1] == "/" and path.startswith(row))]
            assert (path in files) != bool(gone), path
            assert len(gone) <= 1
