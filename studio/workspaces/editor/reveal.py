"""Showing a file in the system's file manager, and opening it with the system's own program."""

from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: Path, on_failure: Callable[[str], object], parent: QObject) -> None:
    """Show a file, selected, where the desktop can do that; its folder otherwise."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        open_outside(path.parent, on_failure)
        return
    message = QDBusMessage.createMethodCall(
        "org.freedesktop.FileManager1",
        "/org/freedesktop/FileManager1",
        "org.freedesktop.FileManager1",
        "ShowItems",
    )
    message.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(message), parent)

    def answered(done: QDBusPendingCallWatcher) -> None:
        failed = done.isError()
        done.deleteLater()
        if failed and shiboken6.isValid(parent):
            open_outside(path.parent, on_failure)

    watcher.finished.connect(answered)


def open_outside(path: Path, on_failure: Callable[[str], object]) -> None:
    """Open a file or folder with whatever program the system has for it."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        on_failure(f"The system has no program that opens {path}.")
