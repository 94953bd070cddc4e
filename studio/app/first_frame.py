"""Waits until a window has been painted, so that nothing heavy comes before its first frame."""

from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

#: A window that is not painted by then (another desktop, minimised) is not waited for longer.
_PATIENCE_MS: Final = 2_000


class FirstFrame(QObject):
    """Notices the first paint of a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting = QEventLoop(self)
        window.installEventFilter(self)

    def wait(self) -> None:
        """Process events until the window has been painted, or a time has passed."""
        QTimer.singleShot(_PATIENCE_MS, self._waiting, self._waiting.quit)
        self._waiting.exec()
        self._window.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Leave the loop once what is being painted now has reached the screen."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._waiting, self._waiting.quit)
        return False
