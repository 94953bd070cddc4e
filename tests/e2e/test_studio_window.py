"""The studio in a real window under Xvfb: opened, played, closed, ended in every way."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import resources
from session.exit_info import Cause
from session.state import SessionState
from session.worker.process_table import children_of
from tests.support.playhead import environment
from tests.support.process_watch import alive, members, survivors
from tests.support.studio_window import COMMAND, StudioWindow, eventually, studio_window
from tests.support.xvfb import Display, missing, xvfb

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(missing() is not None, reason=f"real windows: {missing()}"),
]

DEAF = """\
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("deaf and not alone", flush=True)
while True:
    time.sleep(0.1)
"""
#: The studio with a timer in it that fails a hundred times a second.
FAULTY = """
from studio.app import running
live = running.RunningStudio._live
async def fail_meanwhile(self, *arguments):
    from PySide6.QtCore import QTimer
    def fail():
        raise LookupError("on purpose")
    timer = QTimer(interval=10)
    timer.timeout.connect(fail)
    timer.start()
    await live(self, *arguments)
running.RunningStudio._live = fail_meanwhile
from studio.entry import main
main()
"""


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    """A screen of our own."""
    with xvfb(tmp_path) as started:
        yield started


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """The example, as a project of the user's."""
    return Path(shutil.copytree(resources.example_path("harbour"), tmp_path / "harbour"))


@pytest.fixture
def deaf(tmp_path: Path) -> Path:
    """A program that ignores every signal it can and has a child in a session of its own."""
    folder = tmp_path / "deaf"
    folder.mkdir()
    (folder / "main.py").write_text(DEAF)
    return folder


def tools_of(window: StudioWindow) -> list[int]:
    """What a preparation of the studio has started: launchers, with their tools."""
    return [pid for pid in children_of(window.process.pid) if children_of(pid)]


def play(window: StudioWindow, title: str) -> None:
    """Press F5 in the window that shows a project."""
    window.wait_for_title(title)
    window.focus(title)
    window.press("F5")


def test_an_example_plays_at_one_press_and_the_window_closes(
    display: Display, harbour: Path, tmp_path: Path
) -> None:
    with studio_window(display, tmp_path / "home", str(harbour)) as window:
        play(window, "harbour")
        run = window.wait_for_run()
        assert run.state is SessionState.STOPPED
        assert run.exit is not None
        assert run.exit.cause is Cause.FINISHED
        assert "180 of 180 containers unloaded" in window.log_text(run.run_id)
        window.close()
        assert window.end() == 0


def test_a_path_that_is_not_there_opens_the_window_all_the_same(
    display: Display, tmp_path: Path
) -> None:
    with studio_window(display, tmp_path / "home", str(tmp_path / "nowhere")) as window:
        window.wait_for_title("Playhead")
        window.wait_until_it_listens()
        assert window.process.poll() is None
        window.send(signal.SIGTERM)
        assert window.end() == 0


def test_a_second_start_raises_the_first(display: Display, harbour: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(harbour, tmp_path / "haven"))
    with studio_window(display, tmp_path / "home", str(harbour)) as window:
        window.wait_for_title("harbour")
        second = subprocess.run(
            [*COMMAND, "studio", str(other)],
            env=environment(tmp_path / "home", **display.environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (second.returncode, second.stderr) == (0, "")
        assert second.stdout == f"{other} is shown in the studio that is open already.\n"
        window.wait_for_title("haven")
        window.send(signal.SIGINT)
        assert window.end() == 0


def test_it_ends_at_once_while_it_looks_through_a_large_project(
    display: Display, tmp_path: Path
) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    for number in range(1_000):
        (folder / f"part_{number}.py").write_text("VALUES = [" + "1, " * 2_000 + "]\n")
    (folder / "main.py").write_text("import part_1\n")
    with studio_window(display, tmp_path / "home", str(folder)) as window:
        window.wait_until_it_listens()
        eventually(lambda: bool(tools_of(window)), "the compiler of the check")
        window.send(signal.SIGTERM)
        assert window.end(within_s=20) == 0


def test_a_second_start_on_the_same_project_opens_nothing_new(
    display: Display, harbour: Path, tmp_path: Path
) -> None:
    with studio_window(display, tmp_path / "home", str(harbour)) as window:
        window.wait_for_title("harbour")
        window.wait_until_it_listens()
        before = window.titles()
        second = subprocess.run(
            [*COMMAND, "studio", str(harbour / ".")],
            env=environment(tmp_path / "home", **display.environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (second.returncode, second.stderr) == (0, "")
        assert "is shown in the studio that is open already" in second.stdout
        assert len(window.titles()) == len(before)
        window.send(signal.SIGINT)
        assert window.end() == 0
    memory = json.loads((tmp_path / "home/state/memory.json").read_text())
    assert memory["projects.open"] == [str(harbour)]


def test_sigterm_in_mid_run_leaves_no_process(display: Display, deaf: Path, tmp_path: Path) -> None:
    with studio_window(display, tmp_path / "home", str(deaf)) as window:
        play(window, "deaf")
        run = window.wait_for_line("deaf and not alone")
        left = members(run.run_id)
        assert len(left) >= 3
        window.send(signal.SIGTERM)
        assert window.end() == 0
        assert survivors(left) == []
        assert members(run.run_id) == []
        ended = window.wait_for_run()
        assert ended.exit is not None
        assert ended.exit.cause is Cause.STOPPED_BY_USER


def test_a_killed_studio_takes_the_program_with_it(
    display: Display, deaf: Path, tmp_path: Path
) -> None:
    with studio_window(display, tmp_path / "home", str(deaf)) as window:
        play(window, "deaf")
        run = window.wait_for_line("deaf and not alone")
        left = members(run.run_id)
        window.send(signal.SIGKILL)
        window.end()
        assert survivors(left, within_s=2) == []
    with studio_window(display, tmp_path / "home", str(deaf)) as window:
        window.wait_for_title("deaf")  # the dead one's lock and socket are taken over
        assert window.wait_for_run().exit is not None
        window.send(signal.SIGTERM)
        assert window.end() == 0
    eventually(lambda: not alive(window.process.pid), "the end of the studio")


def test_a_fault_of_the_studio_ends_neither_it_nor_the_run(
    display: Display, harbour: Path, tmp_path: Path
) -> None:
    """The fault comes from outside, again and again; the product has no hook for it."""
    with studio_window(
        display, tmp_path / "home", str(harbour), command=[sys.executable, "-c", FAULTY]
    ) as window:
        play(window, "harbour")
        window.wait_for_title("A fault in Playhead")
        run = window.wait_for_run()
        assert run.exit is not None
        assert run.exit.cause is Cause.FINISHED
        assert window.titles().count("A fault in Playhead") == 1
        (report,) = (window.home / "reports").glob("*.txt")
        assert "LookupError: on purpose" in report.read_text()
        assert (window.home / "reports" / "playhead.log").stat().st_size < 100_000
        window.close("Harbour")
        assert window.end() == 0
