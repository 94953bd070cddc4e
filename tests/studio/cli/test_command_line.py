"""The command line itself: help, versions, mistakes, and never a traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.playhead import COMMAND, ROOT, environment, run_command


def test_without_a_command_there_is_help(tmp_path: Path) -> None:
    done = run_command(tmp_path)
    assert done.returncode == 0
    for command in ("play", "check", "runs", "log", "new", "grants", "doctor"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("command", ["play", "check", "runs", "log", "new", "grants", "doctor"])
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    done = run_command(tmp_path, command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: playhead {command}")


def test_version(tmp_path: Path) -> None:
    done = run_command(tmp_path, "--version")
    assert done.returncode == 0
    assert done.stdout.startswith("playhead ")


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["play"], ["play", ".", "--nonsense"], ["new", "app"], ["log"], ["--nonsense"]],
)
def test_a_wrong_command_line(tmp_path: Path, arguments: list[str]) -> None:
    done = run_command(tmp_path, *arguments)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_new_project_and_its_mistakes(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    done = run_command(tmp_path, "new", "tool", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"next: playhead play {folder}" in done.stdout
    again = run_command(tmp_path, "new", "tool", str(folder))
    assert again.returncode == 1
    assert "[folder-taken]" in again.stderr
    unknown = run_command(tmp_path, "new", "spaceship", str(tmp_path / "other"))
    assert unknown.returncode == 2
    assert "app, game, tool" in unknown.stderr


def test_a_fault_of_our_own_is_one_sentence_and_a_report(tmp_path: Path) -> None:
    broken = (
        "import studio.cli.doctor as d\n"
        "d.examine = lambda as_json: 1 / 0\n"
        "from studio.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken, "doctor"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        check=False,
    )
    assert done.returncode == 125
    assert "ZeroDivisionError" in done.stderr
    assert "[internal-error]" in done.stderr
    assert "Traceback" not in done.stderr
    (report,) = (tmp_path / "reports").iterdir()
    assert str(report) in done.stderr
    assert "Traceback" in report.read_text()


def test_ctrl_c_during_an_import_ends_quietly(tmp_path: Path) -> None:
    interrupted = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from studio.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", interrupted, "runs"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_closed_standard_descriptors_are_no_trap(tmp_path: Path) -> None:
    command = " ".join(f"'{part}'" for part in [*COMMAND, "doctor", "--json"])
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {command} <&- >&- 2>&-"], env=environment(tmp_path), check=False
    )
    assert done.returncode in {0, 1}


def test_a_closed_output_is_quiet(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode in {1, 128 + signal.SIGPIPE}


def test_the_command_imports_neither_qt_nor_what_is_slow(tmp_path: Path) -> None:
    probe = (
        "import sys\n"
        "import studio.cli.app, studio.cli.play\n"
        "heavy = {'rich', 'pydantic', 'nbformat', 'psutil', 'PySide6', 'platformdirs'}\n"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == "[]"
