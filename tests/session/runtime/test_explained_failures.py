"""Well-known failures get a next step: programs that fail for real, and the words of others."""

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from session.exit_info import Cause
from session.libraries import PACKAGES, missing_library, package_of
from session.runtime.hints import hint_for, hint_in
from tests.support.playing import make_launch, play


async def next_step(tmp_path: Path, source: str) -> str:
    played = await play(make_launch(tmp_path, {"main.py": source}), isolation="strict")
    assert played.exit.cause is not Cause.FINISHED, played.stderr
    assert played.exit.next_step is not None
    return played.exit.next_step


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "import socket\nsocket.create_server(('127.0.0.1', 80))\n",
            "Port 80 belongs to the system, as all below 1024 do: choose a higher one",
        ),
        (
            "import socket\nsocket.create_server(('192.0.2.1', 8000))\n",
            "192.0.2.1 is no address of this machine: listen at 127.0.0.1",
        ),
        (
            "import socket\nfor _ in 'ab':\n    socket.socket(socket.AF_UNIX).bind('taken.sock')\n",
            "taken.sock is there already: remove it before binding",
        ),
        (
            "import os\nopen('notes.txt', 'w').close()\nos.chmod('notes.txt', 0)\n"
            "open('notes.txt')\n",
            "The mode of notes.txt forbids it: `chmod u+rw notes.txt`",
        ),
        (
            "import ctypes\nctypes.CDLL('libnobody-has-this.so.7')\n",
            "Install the system package that brings libnobody-has-this.so.7.",
        ),
        ("import cv2\n", "add `opencv-python`, which brings `cv2`, to the project's dependencies"),
        ("import nobody_has_this\n", "add the package that provides `nobody_has_this`"),
        (
            "import socket\nsocket.create_connection(('127.0.0.1', 9))\n",
            "--grant net",
        ),
        (
            "import os\nos.write(2, b'could not connect to display :7')\nos.abort()\n",
            "The display that DISPLAY names does not answer",
        ),
        (
            "import os\nos.write(2, b'[Errno 98] Address already in use')\nraise SystemExit(1)\n",
            "Another process uses this port",
        ),
    ],
)
async def test_a_program_that_fails_gets_its_next_step(
    tmp_path: Path, source: str, words: str
) -> None:
    assert words in await next_step(tmp_path, source)


async def test_leaving_with_success_or_without_an_error_explains_nothing(tmp_path: Path) -> None:
    source = "import sys\ntry:\n    open('/nowhere')\nexcept OSError:\n    pass\nsys.exit(4)\n"
    played = await play(make_launch(tmp_path, {"main.py": source}))
    assert played.exit.next_step == "The log holds its last lines."


async def test_an_exit_code_that_is_odd_does_no_harm(tmp_path: Path) -> None:
    source = """\
import sys
class Odd:
    def __eq__(self, other):
        raise RuntimeError("no")
    def __str__(self):
        return "odd"
try:
    open("/nowhere")
except OSError:
    sys.exit(Odd())
"""
    played = await play(make_launch(tmp_path, {"main.py": source}))
    assert (played.exit.cause, played.exit.code) == (Cause.EXIT_CODE, 1)
    assert played.stderr.strip() == "odd"


OPENED = ": cannot open shared object file: No such file or directory"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"exception": "ImportError", "message": f"libGL.so.1{OPENED}"}, "apt-get install libgl1"),
        (
            {"exception": "ImportError", "message": f"libgthread-2.0.so.0{OPENED}"},
            "apt-get install libglib2.0-0",
        ),
        ({"exception": "OSError", "message": f"libcudart.so.12{OPENED}"}, "`playhead doctor`"),
        ({"exception": "ModuleNotFoundError", "name": "tkinter"}, "python3-tk"),
        ({"exception": "ModuleNotFoundError", "name": "_sqlite3"}, "built without"),
        ({"exception": "PermissionError", "errno": errno.EPERM}, "do without it"),
        (
            {"exception": "PermissionError", "errno": errno.EACCES, "path": "/srv/secret"},
            "/srv/secret belongs to another user",
        ),
        (
            {"exception": "PermissionError", "errno": errno.EACCES, "path": "/view/a/b.txt"},
            "chmod u+rw a/b.txt",
        ),
        (
            {"exception": "OSError", "errno": errno.EROFS, "path": "/usr/lib/x"},
            'grant `write = ["/usr/lib"]`',
        ),
        ({"exception": "OSError", "errno": errno.ENOSPC}, "The disk is full"),
        ({"exception": "OSError", "errno": errno.EMFILE}, "file descriptors"),
        (
            {"exception": "tkinter.TclError", "message": 'couldn\'t connect to display ":9"'},
            "DISPLAY",
        ),
    ],
)
def test_what_is_said_of_an_error(failure: Mapping[str, Any], words: str) -> None:
    hint = hint_for(failure, (), (), ("/view",))
    assert hint is not None
    assert words in hint


@pytest.mark.parametrize(
    "failure",
    [
        {"exception": "OSError", "errno": errno.EIO},
        {"exception": "ImportError", "message": "cannot import name 'x' from 'y'"},
        {"exception": "ValueError", "errno": errno.EACCES, "message": "no"},
        {},
    ],
)
def test_what_is_not_known_is_left_alone(failure: Mapping[str, Any]) -> None:
    assert hint_for(failure, (), ()) is None


def test_a_display_that_is_withheld_is_a_matter_of_permission() -> None:
    failure = {"exception": "_tkinter.TclError", "message": "no display name and no $DISPLAY"}
    withheld = hint_for(failure, ("DISPLAY", "PATH"), ("PATH",))
    assert withheld == "The program may not use the display: grant it with `display = true`."
    assert hint_for(failure, ("PATH",), ("PATH",)) != withheld
    assert hint_for(failure, ("DISPLAY",), ("DISPLAY",)) != withheld


def test_libraries_are_known_by_the_loaders_words() -> None:
    assert missing_library(f"x.so: {'libEGL.so.1' + OPENED}") == "libEGL.so.1"
    assert missing_library("libEGL.so.1: wrong ELF class: ELFCLASS32") is None
    assert package_of("libxcb.so.1") == "libxcb1"
    assert all(name.startswith("lib") and ".so" in name for name in PACKAGES)
    assert hint_in("all is well") is None
