"""Mouse and keyboard of a person in front of the studio, for scenarios that run inside it.

On an X server they are real events, sent to the server by `xdotool` and delivered as any
person's are. Where there is none (`offscreen`), Qt's own test events stand in.
"""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

#: How long the studio gets to take an event in, in seconds.
_SETTLE_S: Final = 0.05
_X_CLIENT: Final = str(Path(__file__).with_name("x_client.py"))


class Hand(Protocol):
    """What a person can do."""

    async def click(self, widget: QWidget, at: QPoint | None = None, times: int = 1) -> None:
        """Press the left button on a widget: its middle, or a point in it."""
        ...

    async def key(self, keys: str) -> None:
        """Press keys together, named as Qt does: `Ctrl+Shift+P`, `F5`, `Return`."""
        ...

    async def type(self, text: str) -> None:
        """Type text, letter by letter."""
        ...

    async def close(self, window: QWidget) -> None:
        """Close a window as the button in its frame does: by asking it."""
        ...


def hand() -> Hand:
    """Return the hand that fits the screen."""
    return _ServerHand() if QGuiApplication.platformName() == "xcb" else _QtHand()


def cell(view: QAbstractItemView, row: int, column: int = 0) -> QPoint:
    """Return the middle of a top-level cell, within the view."""
    index = view.model().index(row, column, view.rootIndex())
    return view.viewport().mapTo(view, view.visualRect(index).center())


class _QtHand:
    async def click(self, widget: QWidget, at: QPoint | None = None, times: int = 1) -> None:
        place = at or widget.rect().center()
        target = widget.childAt(place) or widget
        place = target.mapFrom(widget, place)
        button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        if times == 2:
            QTest.mouseDClick(target, button, none, place)
        else:
            QTest.mouseClick(target, button, none, place)
        await asyncio.sleep(_SETTLE_S)

    async def key(self, keys: str) -> None:
        QTest.keySequence(_focus(), QKeySequence(keys))
        await asyncio.sleep(_SETTLE_S)

    async def type(self, text: str) -> None:
        QTest.keyClicks(_focus(), text)
        await asyncio.sleep(_SETTLE_S)

    async def close(self, window: QWidget) -> None:
        window.close()
        await asyncio.sleep(_SETTLE_S)


#: Keys whose X name is another one than Qt's.
_X_NAMES: Final = {
    "PgUp": "Prior",
    "PgDown": "Next",
    "Esc": "Escape",
    "Del": "Delete",
    "Space": "space",
    "Ctrl": "ctrl",
    "Shift": "shift",
    "Alt": "alt",
    ".": "period",
    ",": "comma",
    "/": "slash",
    "`": "grave",
}


class _ServerHand:
    async def click(self, widget: QWidget, at: QPoint | None = None, times: int = 1) -> None:
        place = widget.mapToGlobal(at or widget.rect().center()) * widget.devicePixelRatioF()
        await _xdotool("mousemove", "--sync", str(place.x()), str(place.y()))
        await _xdotool("click", "--repeat", str(times), "--delay", "60", "1")

    async def key(self, keys: str) -> None:
        parts = keys.split("+")
        names = [_X_NAMES.get(part, part.lower() if len(part) == 1 else part) for part in parts]
        await _xdotool("key", "--clearmodifiers", "+".join(names))

    async def type(self, text: str) -> None:
        await _xdotool("type", "--delay", "8", "--", text)

    async def close(self, window: QWidget) -> None:
        await _run(sys.executable, _X_CLIENT, "close", str(int(window.winId())))


async def _xdotool(*arguments: str) -> None:
    await _run("xdotool", *arguments)


async def _run(*command: str) -> None:
    # Not asyncio's: the last press of a scenario may end the loop before its command has ended.
    process = _begin(command)
    while process.poll() is None:
        await asyncio.sleep(0.005)
    assert process.returncode == 0, f"{' '.join(command)} ended with {process.returncode}"
    await asyncio.sleep(_SETTLE_S)


def _begin(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command)


def _focus() -> QWidget:
    popup = QApplication.activePopupWidget()
    inside = popup.focusWidget() if popup is not None else None
    focus = QApplication.focusWidget() if popup is None else inside
    found = focus if focus is not None else popup or QApplication.activeWindow()
    assert found is not None, "no widget has the focus"
    return found
