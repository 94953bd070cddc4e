"""From a command line to a studio: the first of its home opens, a later one hands over."""

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLibraryInfo
from PySide6.QtWidgets import QApplication

from session.home import find_home
from studio.app.instance import ANSWER_S, Answer, FirstInstance, HandedOver, become_first, hand_over
from studio.app.outcome import CLOSED, NOT_OPENED, Fail, Say
from studio.app.qt_messages import QtMessages
from studio.display import first_one_hangs, library_missing, wanted_platform, window_refused
from studio.garbage import GarbageCollector

#: How often a start tries again when the first studio ends while it is being asked.
_TURNS: Final = 3
#: How long a busy thread may keep the window's thread from running Python. With Python's own
#: 5 ms, one that files what a run wrote was seen to hold up a paint for 50 ms, turn by turn.
_SWITCH_S: Final = 0.001
#: What the desktop gives a start that may come to the front.
_TOKENS: Final = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")


def open_studio(path: str | None, say: Say, fail: Fail) -> int:
    """Open the studio or hand `path` over to the one that is open; return the exit code."""
    state = find_home().state
    handed = HandedOver(Answer.HUNG)
    for _ in range(_TURNS):
        first = become_first(state)
        if first is not None:
            return _open(first, path, fail)
        try:
            handed = hand_over(state, path or "", _activation())
        except ImportError as error:  # a library of the system is missing
            fail(*library_missing(str(error)))
            return NOT_OPENED
        if handed.answer is not Answer.GONE:
            break
    if handed.answer is Answer.TAKEN:
        say(f"{path or 'Playhead'} is shown in the studio that is open already.")
        return CLOSED
    fail(*first_one_hangs(handed.pid, ANSWER_S))
    return NOT_OPENED


def _open(first: FirstInstance, path: str | None, fail: Fail) -> int:
    messages = QtMessages(lambda said: _refuse(said, path, fail))
    try:
        application = QApplication(["playhead"])
        garbage = GarbageCollector(application)
        sys.setswitchinterval(_SWITCH_S)
        from studio.app.running import RunningStudio

        try:
            return RunningStudio(application, first).run(path)
        finally:
            garbage.stop()
    finally:
        first.close()
        messages.release()


def _refuse(said: Sequence[str], path: str | None, fail: Fail) -> None:
    """Qt is about to abort the process, for it found no way to show a window: leave before."""
    fail(*window_refused(said, _missing_library(), path))
    os._exit(NOT_OPENED)


def _missing_library() -> str:
    """Return what the loader says of Qt's plug-in for this display; "" where it loads."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms")
    name = wanted_platform(os.environ) or ("xcb" if os.environ.get("DISPLAY") else "wayland")
    try:
        ctypes.CDLL(str(folder / f"libq{name}.so"))
    except OSError as error:
        return str(error)
    return ""


def _activation() -> str:
    return next((os.environ[name] for name in _TOKENS if os.environ.get(name)), "")
