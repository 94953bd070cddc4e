"""The start of the studio: nothing heavy before the first frame, and never a traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.playhead import ROOT, environment

#: Prints what had been imported when the first frame was painted, and leaves.
FIRST_FRAME = """
import json, os, sys
from studio.app.first_frame import FirstFrame
wait = FirstFrame.wait
def leave(self):
    wait(self)
    os.write(1, json.dumps(sorted({name.partition(".")[0] for name in sys.modules})).encode())
    os._exit(0)
FirstFrame.wait = leave
sys.argv = ["playhead", "studio"]
from studio.entry import main
main()
"""
COMMAND = [sys.executable, "-c", "from studio.entry import main; main()"]
HEAVY = {
    *("asyncio", "numpy", "nbformat", "pydantic", "pygments", "pyqtgraph", "qasync", "qtawesome"),
    *("psutil", "rich", "tomlkit", "typer", "watchdog"),
}


def run(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `playhead` without any display but the one that is given."""
    environ = environment(home)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        environ.pop(name, None)
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environ | env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=50,
        check=False,
    )


def test_nothing_heavy_is_imported_before_the_first_frame(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME],
        env=environment(tmp_path, QT_QPA_PLATFORM="offscreen"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    imported = set(json.loads(done.stdout))
    assert "PySide6" in imported
    assert HEAVY & imported == set()


def test_without_a_display_there_is_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, "studio", "some where")
    assert (done.returncode, done.stdout) == (1, "")
    assert "[display-missing]" in done.stderr
    assert "playhead play '" in done.stderr
    assert done.stderr.count("\n") == 2


def test_a_display_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "studio", DISPLAY=":4711")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the display :4711 cannot be reached. [display-missing]" in done.stderr
    assert done.stderr.count("\n") == 2


def test_playhead_alone_helps_where_there_is_no_display(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: playhead")
    assert done.stdout.endswith("with one, `playhead` alone opens the studio.\n")


@pytest.mark.parametrize("arguments", [["studio", "--nonsense"], ["studio", "one", "two"]])
def test_a_wrong_command_line(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert "Error: " in done.stderr


@contextmanager
def studio(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A studio whose event loop runs; nothing is left of it."""
    with subprocess.Popen(
        [*COMMAND, "studio", str(home / "nowhere")],
        env=environment(home, QT_QPA_PLATFORM="offscreen"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            deadline = time.monotonic() + 40
            lock = home / "state" / "studio.lock"
            while not (lock.exists() and lock.read_bytes()):  # it listens: the event loop runs
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with studio(tmp_path) as process:
        process.send_signal(number)
        output, errors = process.communicate(timeout=40)
    assert (process.returncode, output, errors) == (0, b"", b"")
    assert not (tmp_path / "state" / "studio.sock").exists()
    assert list((tmp_path / "reports").glob("*.txt")) == []


def test_a_broken_settings_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text("{broken")
    done = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME],
        env=environment(tmp_path, QT_QPA_PLATFORM="offscreen"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout
    (aside,) = (tmp_path / "config").glob("settings.json.broken-*")
    assert aside.read_text() == "{broken"
    assert os.access(aside, os.R_OK)


def test_a_missing_system_library_is_named(tmp_path: Path) -> None:
    """A Qt that cannot be loaded stands in for a system without its libraries."""
    fake = tmp_path / "fake" / "PySide6"
    fake.mkdir(parents=True)
    (fake / "__init__.py").touch()
    reason = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (fake / "QtWidgets.py").write_text(f"raise ImportError({reason!r})\n")
    path = f"{tmp_path / 'fake'}{os.pathsep}{ROOT}"
    done = run(tmp_path, "studio", PYTHONPATH=path, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout) == (1, "")
    assert "libEGL.so.1" in done.stderr
    assert "[library-missing]" in done.stderr
    assert "sudo apt-get install libegl1\n" in done.stderr


def test_a_hung_studio_is_told_and_left_alone(tmp_path: Path) -> None:
    with studio(tmp_path) as process:
        process.send_signal(signal.SIGSTOP)
        done = run(tmp_path, "studio", str(tmp_path), QT_QPA_PLATFORM="offscreen")
        assert (done.returncode, done.stdout) == (1, "")
        assert f"(process {process.pid}) does not answer within 2 s. [studio-hung]" in done.stderr
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0


def test_a_home_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with subprocess.Popen(
        [sys.executable, "-c", FIRST_FRAME],
        env=environment(tmp_path / "file" / "home", QT_QPA_PLATFORM="offscreen"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        output, errors = process.communicate(timeout=40)
    assert (process.returncode, errors) == (0, b"")
    assert output


def known_projects(home: Path) -> set[str]:
    """What the studio of a home has written down as open."""
    memory = home / "state" / "memory.json"
    return (
        set(json.loads(memory.read_bytes()).get("projects.open", [])) if memory.exists() else set()
    )


def test_what_is_started_at_once_is_all_open_in_one_studio_and_outlives_a_kill(
    tmp_path: Path,
) -> None:
    """A later start may ask for its project before the first one can open any."""
    folders = [tmp_path / f"project{number}" for number in range(4)]
    for folder in folders:
        folder.mkdir()
    home = tmp_path / "home"
    started = [
        subprocess.Popen(
            [*COMMAND, "studio", str(folder)],
            env=environment(home, QT_QPA_PLATFORM="offscreen"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        for folder in folders
    ]
    try:
        deadline = time.monotonic() + 50
        while known_projects(home) != {str(folder) for folder in folders}:
            assert time.monotonic() < deadline, known_projects(home)
            time.sleep(0.1)
        assert [process.poll() for process in started].count(None) == 1
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert known_projects(home) == {str(folder) for folder in folders}
