"""Finding for an editor: plain words by slices in here, patterns in a process of their own."""

from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.widgets.code_editor.find import FindRequest, pattern_of
from studio.widgets.code_editor.find_matches import Matches
from studio.widgets.code_editor.find_process import FindProcess, Job
from studio.widgets.code_editor.find_session import FindSession

#: A slice of searching, in seconds.
_SLICE_S: Final = 0.004


class Finding(QObject):
    """`matches` grow until they are `finished`; `fault` says why there are none."""

    #: More is known.
    advanced = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.matches: Matches | None = None
        self.fault = ""
        #: The fault in two or three words.
        self.fault_name = ""
        self.request = FindRequest("")
        self._session: FindSession | None = None
        self._slices = QTimer(self, interval=1)
        self._slices.timeout.connect(self._search_on)
        self._process = FindProcess(self)
        self._process.told.connect(self._take)

    def begin(self, request: FindRequest, text: str, scope: tuple[int, int] | None) -> None:
        """Look for something else; what is found at once is known when this returns."""
        self.stop()
        self.request = request
        if request.regex:
            self.matches = Matches(text, scope)
            self._process.begin(Job(request, self.matches.scope), text)
            return
        pattern = pattern_of(request)
        if isinstance(pattern, str):
            self.fail(pattern)
            return
        self._session = FindSession(pattern, len(request.text), text, scope)
        self.matches = self._session.matches
        self._session.advance(_SLICE_S)
        if not self.matches.finished:
            self._slices.start()

    def stop(self) -> None:
        """Look for nothing."""
        self._slices.stop()
        self._process.stop()
        self._session = self.matches = None
        self.fault = ""

    def fail(self, fault: str, name: str = "") -> None:
        """There is nothing to be found, for a reason."""
        self.fault, self.matches = fault, None
        self.fault_name = name or self.tr("Not a pattern")

    def _search_on(self) -> None:
        if self._session is None:
            self._slices.stop()
            return
        self._session.advance(_SLICE_S)
        if self._session.matches.finished:
            self._slices.stop()
        self.advanced.emit()

    def _take(self, message: dict[str, Any]) -> None:
        if self.matches is None:
            return
        if "fault" in message:
            self.fail(message["fault"], message.get("name", ""))
        elif "spans" in message:
            self.matches.add_all(message["spans"])
        else:
            self.matches.finished = True
        self.advanced.emit()
