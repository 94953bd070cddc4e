"""One way of playing: it is put upon an image and changes nothing that the image is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.sealed import SealedImage
from shipper.formats.way import Way, folder_inside

IMAGE = SealedImage(
    "sha256:0", "cartridge", "t", Path("/p"), "k", "file", "main.py", ("own",), Path("/python"),
    "python", True, (), False, (), (("A", "1"), ("B", "2")), "data",
)  # fmt: skip


def test_nothing_asked_changes_nothing() -> None:
    assert Way().of(IMAGE) == IMAGE


def test_what_is_asked_wins_or_follows() -> None:
    played = Way(("more",), "fast", (("B", "3"), ("C", "4")), "out/./x").of(IMAGE)
    assert played.args == ("own", "more")
    assert played.env == (("A", "1"), ("B", "3"), ("C", "4"))
    assert played.cwd == "out/x"
    assert played._replace(args=IMAGE.args, env=IMAGE.env, cwd=IMAGE.cwd) == IMAGE
    assert Way(cwd="").of(IMAGE).cwd == ""


@pytest.mark.parametrize(
    ("cwd", "inside"),
    [
        ("", ""),
        (".", ""),
        ("./data/", "data"),
        ("a/../b", "b"),
        ("..data", "..data"),
        ("..", None),
        ("a/../..", None),
        ("../p/data", None),
        ("/p/data", None),
    ],
)
def test_folders_inside(cwd: str, inside: str | None) -> None:
    assert folder_inside(cwd) == inside


@given(st.text(alphabet="ab./"))
def test_a_folder_inside_never_leads_out(cwd: str) -> None:
    inside = folder_inside(cwd)
    if inside:
        assert not inside.startswith(("/", "../"))
        assert ".." not in inside.split("/")
        assert folder_inside(inside) == inside
