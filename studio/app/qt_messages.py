"""What Qt says about itself: into Playhead's own log, never onto the user's terminal."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

logger = logging.getLogger("qt")

#: The same message is noted this many times and no more.
_REPEATS: Final = 5
_LEVELS: Final = {
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class QtMessages:
    """Takes Qt's messages, on any thread. `on_fatal` gets the last ones before Qt would abort."""

    def __init__(self, on_fatal: Callable[[Sequence[str]], None]) -> None:
        self._on_fatal = on_fatal
        self._last: deque[str] = deque(maxlen=20)
        self._seen: Counter[str] = Counter()
        qInstallMessageHandler(self._take)

    def release(self) -> None:
        """Let Qt say things as it would by itself."""
        qInstallMessageHandler(None)

    def _take(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        try:
            self._last.append(text)
            if kind in _LEVELS and self._seen[text] < _REPEATS:
                self._seen[text] += 1
                logger.log(_LEVELS[kind], "%s: %s", context.category, text)
        except Exception:  # noqa: BLE001 - Qt calls this from anywhere, and cannot be told
            return
        if kind is QtMsgType.QtFatalMsg:
            self._on_fatal(tuple(self._last))
