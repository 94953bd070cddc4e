"""Whole stories in a real studio: keys and buttons pressed, widgets and disk looked at.

Under Xvfb, by real mouse and keyboard, where there is one; otherwise Qt's own events stand in.
The pictures of each story stay in pytest's folder, to be looked at.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import resources
from session.exit_info import Cause
from session.history import RunHistory
from session.home import Home
from session.state import SessionState
from tests.support.playhead import environment
from tests.support.process_watch import members
from tests.support.qt_here import qt_problem
from tests.support.xvfb import missing, xvfb

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(200),
    pytest.mark.skipif(qt_problem() is not None, reason=f"Qt: {qt_problem()}"),
]

#: What the `offscreen` platform says of every window.
_HARMLESS = "This plugin does not support"
_SCENARIOS = Path(__file__).parent / "scenarios"
_ASKS = """\
import time
print("hello", input("name? "), flush=True)
try:
    for n in range(10_000):
        print("counting", n, flush=True)
        time.sleep(0.05)
finally:
    print("cleaned up")
"""
_BROKEN = 'import sys\n\nprint("mended at last\n'
_FLOODS = """\
import itertools, time
for n in itertools.count():
    print("line", n)
    if n % 500 == 0:
        time.sleep(0.01)
"""
_REACHES = """\
import contextlib, socket
with contextlib.suppress(OSError):
    socket.create_connection(("192.0.2.1", 9), 0.2)
with contextlib.suppress(OSError):
    open("/etc/hostname")
try:
    socket.create_connection(("127.0.0.1", {port}), 2).close()
    print("reached")
except OSError:
    print("kept apart")
"""
_WANTS_ALL = """\
[tool.playhead.permissions]
read = ["/usr/share/dict", "/srv/levels"]
env = ["LANGUAGE"]
display = true
"""
_FAILS_FIRST = """\
import os, pathlib, time
marker = pathlib.Path(os.environ["PLAYHEAD_DATA"]) / "played"
if not marker.exists():
    marker.touch()
    raise RuntimeError("not yet")
print("waiting to be stopped", flush=True)
time.sleep(600)
"""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """The variables of the screen that the studio is to use."""
    if missing() is not None:
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    (tmp_path / "screen").mkdir()
    with xvfb(tmp_path / "screen") as display:
        yield display.environ


def _project(tmp_path: Path, source: str) -> Path:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(source)
    return folder


def _play(
    name: str, tmp_path: Path, project: Path | None, screen: Mapping[str, str], code: int = 0
) -> Path:
    """Play a scenario to its end and return the folder of its pictures."""
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.support.scenario",
            str(_SCENARIOS / f"{name}.py"), str(folder), *([str(project)] if project else []),
        ],
        env=environment(tmp_path / "home", **screen),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    if kept := os.environ.get("PLAYHEAD_PICTURES"):
        shutil.copytree(folder, Path(kept) / name, dirs_exist_ok=True)
    assert done.returncode == code, done.stderr
    assert (folder / "done").exists(), done.stderr
    complaints = [line for line in done.stderr.splitlines() if _HARMLESS not in line]
    assert complaints == [], "a warning of Qt, or a fault of ours"
    assert list((tmp_path / "home" / "reports").glob("*.txt")) == [], "a fault was reported"
    return folder


def test_play_to_merged_log_to_stop(tmp_path: Path, screen: Mapping[str, str]) -> None:
    _play("play_to_stop", tmp_path, _project(tmp_path, _ASKS), screen)


def test_a_first_play_asks_what_the_program_may(tmp_path: Path, screen: Mapping[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        project = _project(tmp_path, _REACHES.format(port=server.getsockname()[1]))
        (project / "pyproject.toml").write_text(_WANTS_ALL)
        _play("ask_before_playing", tmp_path, project, screen)


def test_a_failed_preparation_is_mended_from_the_problems_panel(
    tmp_path: Path, screen: Mapping[str, str]
) -> None:
    _play("mend_and_play", tmp_path, _project(tmp_path, _BROKEN), screen)


def test_the_debug_workspace_is_rebuilt_in_a_flood(
    tmp_path: Path, screen: Mapping[str, str]
) -> None:
    _play("rebuilt_in_a_flood", tmp_path, _project(tmp_path, _FLOODS), screen)


def test_runs_with_the_debug_workspace_never_opened(
    tmp_path: Path, screen: Mapping[str, str]
) -> None:
    project = _project(tmp_path, _FAILS_FIRST)
    _play("close_debug", tmp_path, project, screen)
    _play("never_opened", tmp_path, project, screen)


def test_closing_while_running_asks_once(tmp_path: Path, screen: Mapping[str, str]) -> None:
    ticks = "import time\nwhile True:\n    print('tick', flush=True)\n    time.sleep(0.1)\n"
    _play("close_while_running", tmp_path, _project(tmp_path, ticks), screen)
    (run,) = RunHistory(Home.under(tmp_path / "home")).list()
    assert run.state is SessionState.STOPPED
    assert run.exit is not None
    assert run.exit.cause is Cause.STOPPED_BY_USER
    assert members(run.run_id) == []


def test_unsaved_text_survives_a_killed_studio(tmp_path: Path, screen: Mapping[str, str]) -> None:
    project = _project(tmp_path, _ASKS)
    _play("write_then_die", tmp_path, project, screen, code=-signal.SIGKILL)
    assert "never saved" not in (project / "main.py").read_text()
    _play("find_it_again", tmp_path, project, screen)


def test_the_first_five_minutes(tmp_path: Path, screen: Mapping[str, str]) -> None:
    _play("first_five_minutes", tmp_path, None, screen)


def test_every_workspace_in_both_themes(tmp_path: Path, screen: Mapping[str, str]) -> None:
    harbour = Path(shutil.copytree(resources.example_path("harbour"), tmp_path / "harbour"))
    folder = _play("both_themes", tmp_path, harbour, screen)
    pictures = {picture.stem: picture.read_bytes() for picture in folder.glob("*.png")}
    assert len(pictures) == 20
    assert len(set(pictures.values())) == 20, "each looks different"


def test_everything_by_keyboard(tmp_path: Path, screen: Mapping[str, str]) -> None:
    _play("keyboard_only", tmp_path, None, screen)
