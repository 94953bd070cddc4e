"""One studio a home: later ones hand over, dead ones are no obstacle, hung ones are told."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.app.instance import Answer, FirstInstance, become_first, hand_over
from tests.support.playhead import ROOT
from tests.support.qt_loop import QtRunner, until

HOLDER = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from studio.app.instance import become_first
application = QCoreApplication([])
first = become_first(Path(sys.argv[1]))
first.listen()
print("listening", flush=True)
application.exec() if sys.argv[2] == "lively" else time.sleep(600)
"""
SECOND = """
import sys
from pathlib import Path
from studio.app.instance import hand_over
handed = hand_over(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
print(handed.answer.value, handed.pid)
"""
#: A name that is no UTF-8, with a line break in it.
_NO_UTF8 = os.fsdecode(b"/some/new\nline \xff")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the state of a home lies."""
    return tmp_path / "state"


@pytest.fixture
def first(qt: QtRunner, folder: Path) -> Iterator[FirstInstance]:
    """The first studio of the home."""
    instance = become_first(folder)
    assert instance is not None
    instance.listen()
    yield instance
    instance.close()


def holder(folder: Path, mood: str) -> subprocess.Popen[str]:
    """A first studio in a process of its own, listening."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), mood],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"
    return process


async def second(folder: Path, path: str, activation: str = "") -> str:
    """What a second studio is answered, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SECOND, str(folder), path, activation),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    output, _ = await process.communicate()
    return output.decode().strip()


def test_a_second_one_hands_its_path_over(qt: QtRunner, folder: Path, first: FirstInstance) -> None:
    asked: list[tuple[str, str]] = []
    first.open_requested.connect(lambda path, token: asked.append((path, token)))
    assert become_first(folder) is None

    async def scenario() -> None:
        assert await second(folder, "/some/plače", "token-1") == f"taken {os.getpid()}"
        assert await second(folder, "") == f"taken {os.getpid()}"
        assert await second(folder, _NO_UTF8) == f"taken {os.getpid()}"
        await until(lambda: len(asked) == 3)

    qt.run(scenario())
    assert asked == [("/some/plače", "token-1"), ("", ""), (_NO_UTF8, "")]


def test_only_the_user_reaches_it(folder: Path, first: FirstInstance) -> None:
    place = json.loads((folder / "studio.lock").read_bytes())["socket"]
    for path in (folder / "studio.lock", Path(place)):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_closed_one_makes_room(qt: QtRunner, folder: Path) -> None:
    first = become_first(folder)
    assert first is not None
    first.listen()
    first.close()
    again = become_first(folder)
    assert again is not None
    again.listen()
    assert again.listening
    again.close()


def test_a_killed_one_is_taken_over(qt: QtRunner, folder: Path) -> None:
    with holder(folder, "lively") as dead:
        dead.send_signal(signal.SIGKILL)
    assert (folder / "studio.sock").exists()
    first = become_first(folder)
    assert first is not None
    first.listen()
    assert first.listening
    first.close()


def test_a_hung_one_is_told_with_its_process(folder: Path) -> None:
    with holder(folder, "hung") as hung:
        assert become_first(folder) is None
        assert hand_over(folder, "/some/place") == (Answer.HUNG, hung.pid)
        hung.kill()


def test_one_that_ends_meanwhile_is_gone(folder: Path) -> None:
    with holder(folder, "lively") as dead:
        dead.send_signal(signal.SIGKILL)
    assert hand_over(folder, "/some/place").answer is Answer.GONE


def test_a_home_with_a_long_name_works(qt: QtRunner, tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    first = become_first(folder)
    assert first is not None
    first.listen()
    assert first.listening

    async def scenario() -> None:
        assert (await second(folder, "")).startswith("taken ")

    qt.run(scenario())
    place = Path(json.loads((folder / "studio.lock").read_bytes())["socket"])
    first.close()
    assert not place.parent.exists()


@pytest.mark.parametrize("said", [b"", b"nonsense\n", b"[1]\n", b"x" * 200_000])
def test_nonsense_opens_nothing_that_was_not_asked_for(
    qt: QtRunner, folder: Path, first: FirstInstance, said: bytes
) -> None:
    asked: list[str] = []
    first.open_requested.connect(lambda path, _: asked.append(path))
    place = json.loads((folder / "studio.lock").read_bytes())["socket"]

    def talk() -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(place)
            line.settimeout(5)
            try:
                line.sendall(said)
                line.recv(100)
            except OSError:
                return

    qt.run(asyncio.to_thread(talk))
    assert [path for path in asked if path] == []
    assert first.listening


def test_a_home_that_cannot_be_written_is_no_obstacle(qt: QtRunner) -> None:
    first = become_first(Path(os.devnull) / "state")
    assert first is not None
    first.listen()
    assert not first.listening
    first.close()
