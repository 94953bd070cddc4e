"""Why the studio cannot open, told from plain facts."""

import re

import pytest

from studio.display import (
    LIBRARY_PACKAGES,
    has_display,
    library_missing,
    missing_packages,
    no_display,
    wanted_platform,
    window_refused,
)
from tests.support.playhead import ROOT


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen:size=800x600"}, "linux", True),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_whether_a_window_may_be_tried(
    environ: dict[str, str], platform: str, *, there: bool
) -> None:
    assert has_display(environ, platform) is there


def test_the_platform_asked_for_first() -> None:
    assert wanted_platform({"QT_QPA_PLATFORM": "wayland;xcb"}) == "wayland"
    assert wanted_platform({"QT_QPA_PLATFORM": "offscreen:x"}) == "offscreen"
    assert wanted_platform({}) == ""


def test_without_a_display_the_command_is_named() -> None:
    assert no_display(None).code == "display-missing"
    assert "playhead play PATH" in no_display(None).hint
    assert "playhead play '/a place/main.py'" in no_display("/a place/main.py").hint


def test_a_missing_library_names_its_package() -> None:
    reason = "libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    told = library_missing(reason)
    assert told.code == "library-missing"
    assert "libxcb-cursor.so.0" in told.message
    assert told.hint.endswith("sudo apt-get install libxcb-cursor0")


def test_a_library_nobody_knows_and_a_reason_without_one() -> None:
    assert "libodd.so.7" in library_missing("libodd.so.7: cannot open it").hint
    told = library_missing("No module named 'PySide6'")
    assert (told.code, "No module named" in told.message) == ("qt-unusable", True)


def test_an_unreachable_display_is_named() -> None:
    told = window_refused(["qt.qpa.xcb: could not connect to display :98"], "", None)
    assert told.message.endswith("the display :98 cannot be reached.")
    assert told.code == "display-missing"


def test_a_library_that_a_plug_in_misses_wins() -> None:
    told = window_refused(["could not connect"], "libxcb.so.1: cannot open shared object file", "")
    assert told.hint.endswith("libxcb1")


def test_what_is_missing_is_told_by_its_packages() -> None:
    def loads(library: str) -> bool:
        return not library.startswith(("libxcb-cursor", "libwayland", "libEGL"))

    assert missing_packages({}, loads) == ["libegl1", "libxcb-cursor0"]
    assert "libwayland-client0" in missing_packages({"WAYLAND_DISPLAY": "w"}, loads)
    assert missing_packages({}, lambda _: True) == []


def test_every_package_that_set_up_looks_for_is_named_here_by_the_same_library() -> None:
    table = (ROOT / ".ci" / "system-libraries").read_text(encoding="utf-8")
    rows = re.findall(r"^(\S+) library (\S+)$", table, re.MULTILINE)
    assert len(rows) > 15
    assert {name: package for package, name in rows}.items() <= LIBRARY_PACKAGES.items()
