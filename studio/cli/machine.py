"""Checks of the machine that Playhead runs on: interpreter, tools, folders, display."""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from session.history import RunHistory
from session.home import find_home
from studio.cli.finding import Finding, Grade
from studio.cli.terminal import columns, terminal_of
from studio.display import missing_packages
from studio.figures import size

_OLDEST_PYTHON: Final = (3, 11)
_LOW_SPACE: Final = 1_000_000_000
_NO_SPACE: Final = 50_000_000
_TOOL_TIMEOUT_S: Final = 10


def python() -> Finding:
    """The interpreter that Playhead itself runs on."""
    version = platform.python_version()
    text = f"{version}, {sys.executable}"
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("Python", Grade.ERROR, text, "Install Python 3.11 or newer.")
    return Finding("Python", Grade.OK, text)


def uv() -> Finding:
    """The tool that locks and installs a project's dependencies."""
    remedy = "Install it with `pip install uv`; projects without dependencies play without it."
    found = _find_uv()
    if found is None:
        return Finding("uv", Grade.REDUCED, "not found: no dependency can be installed", remedy)
    try:
        done = subprocess.run(
            [found, "--version"],
            capture_output=True,
            text=True,
            timeout=_TOOL_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("uv", Grade.REDUCED, f"{found} does not work: {error}", remedy)
    return Finding("uv", Grade.OK, f"{' '.join(done.stdout.split()[1:2])}, {found}")


def _find_uv() -> str | None:
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv")


def home() -> Finding:
    """Where runs, caches and data are kept."""
    return _folder("home", find_home().runs.parent, "set PLAYHEAD_HOME to a folder that can be")


def temp() -> Finding:
    """Where programs put what they need for a moment."""
    return _folder(
        "temporary files", Path(tempfile.gettempdir()), "set TMPDIR to a folder that can be"
    )


def _folder(name: str, path: Path, otherwise: str) -> Finding:
    existing = _nearest_existing(path)
    try:
        with tempfile.TemporaryFile(dir=existing) as probe:
            probe.write(b"probe")
            probe.flush()
        free = shutil.disk_usage(existing).free
    except OSError as error:
        text = f"{path} cannot be written: {error.strerror or error}"
        return Finding(name, Grade.ERROR, text, f"Make it writable, or {otherwise}.")
    return _space(name, path, free)


def _space(name: str, path: Path, free: int) -> Finding:
    text = f"{path}, {size(free)} free"
    if free < _NO_SPACE:
        return Finding(name, Grade.ERROR, text, "Free some space there.")
    if free < _LOW_SPACE:
        return Finding(name, Grade.REDUCED, text, "Free some space there before long runs.")
    return Finding(name, Grade.OK, text)


def _nearest_existing(path: Path) -> Path:
    return next((folder for folder in (path, *path.parents) if folder.exists()), Path("/"))


def display() -> Finding:
    """Whether a game or a window can be shown."""
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(name):
            return Finding("display", Grade.OK, f"{name}={os.environ[name]}")
    if sys.platform == "darwin":
        return Finding("display", Grade.OK, "the desktop's")
    remedy = "Games and windows need a desktop session; SDL_VIDEODRIVER=dummy plays them unseen."
    return Finding("display", Grade.REDUCED, "none: no program can show a window", remedy)


def window_libraries() -> Finding:
    """Whether the system's libraries are there that the studio's window needs."""
    name = "window libraries"
    if not sys.platform.startswith("linux"):
        return Finding(name, Grade.OK, "they come with the platform")
    missing = missing_packages(os.environ, _loads)
    if not missing:
        return Finding(name, Grade.OK, "all there")
    text = f"{len(missing)} missing: the studio cannot open"
    return Finding(name, Grade.REDUCED, text, f"sudo apt-get install {' '.join(missing)}")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def terminal() -> Finding:
    """What the terminal, or whatever output leads to, can show."""
    out = terminal_of(1)
    if not out.tty:
        return Finding("terminal", Grade.OK, "output goes to a file or a pipe: plain lines")
    if not out.live:
        remedy = "Set TERM to the terminal's name, for instance xterm-256color."
        return Finding("terminal", Grade.REDUCED, "no progress lines (TERM is dumb)", remedy)
    colour = "colour" if out.colour else "no colour (NO_COLOR)"
    return Finding("terminal", Grade.OK, f"{columns(1)} columns, {colour}, {out.encoding}")


def orphans() -> Finding:
    """Runs that a killed Playhead left behind; the next Play ends what still lives of them."""
    history = RunHistory(find_home())
    unfinished = [record.run_id for record in history.list() if record.ended is None]
    left = [run_id for run_id in unfinished if not history.is_live(run_id)]
    if not left:
        return Finding("dead runs", Grade.OK, "none left behind")
    names = ", ".join(left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
    remedy = "The next Play ends what is left of them and completes their records."
    return Finding("dead runs", Grade.REDUCED, f"{len(left)} left behind: {names}", remedy)


CHECKS: Final[Sequence[Callable[[], Finding]]] = (
    python,
    uv,
    home,
    temp,
    orphans,
    display,
    window_libraries,
    terminal,
)
