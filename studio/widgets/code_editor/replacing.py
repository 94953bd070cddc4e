"""Replacing in an editor, a slice at a time, as one step of undo however long it takes."""

import time
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor

from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.find import FindRequest
from studio.widgets.code_editor.find_matches import Matches
from studio.widgets.code_editor.find_process import FindProcess, Job
from studio.widgets.code_editor.shown_text import to_shown
from studio.widgets.code_editor.text_changes import replace_span

#: How long a slice takes, in seconds.
_SLICE_S: Final = 0.005


class Change(NamedTuple):
    """What stands at an offset of the text, and what is put in its place."""

    start: int
    end: int
    after: str


class Replacing(QObject):
    """Replaces one match or all of them. Meanwhile the text cannot be edited."""

    #: So many of so many are replaced.
    advanced = Signal(int, int)
    #: It is over: so many were replaced, and a sentence where it failed.
    ended = Signal(int, str)

    def __init__(self, editor: CodeView, parent: QObject) -> None:
        super().__init__(parent)
        self._editor = editor
        self._matches: Matches | None = None
        self._changes: list[Change] = []
        self._run: Iterator[None] | None = None
        self._done = 0
        self._revision = 0
        self._of = 0
        self._slices = QTimer(self, interval=1)
        self._slices.timeout.connect(self._step)
        self._process = FindProcess(self)
        self._process.told.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether it is under way."""
        return self._matches is not None

    def begin(
        self,
        request: FindRequest,
        matches: Matches,
        template: str,
        only: tuple[int, int] | None = None,
    ) -> None:
        """Replace all of these matches, which are those of the text as it is, or one of them."""
        self.stop()
        self._matches, self._changes, self._done = matches, [], 0
        self._revision = self._editor.document().revision()
        if request.regex:
            self._editor.setReadOnly(True)
            self._process.begin(Job(request, matches.scope, template, only), matches.text)
            if only is not None:
                self._changes = [Change(*only, "")]
            return
        if only is not None:
            self._apply([Change(*only, template)], 1)
        else:
            last_first = range(len(matches) - 1, -1, -1)
            self._apply((Change(*matches.span(at), template) for at in last_first), len(matches))

    def stop(self) -> None:
        """Leave it at what is done so far; undo takes that back."""
        if self._matches is not None:
            self._end("")

    def _take(self, message: dict[str, Any]) -> None:
        if "changes" in message:
            self._changes += [Change(*change) for change in message["changes"]]
        elif "text" in message:
            self._changes = [change._replace(after=message["text"]) for change in self._changes]
        elif "fault" in message:
            self._end(message["fault"])
        else:
            self._apply(reversed(self._changes), len(self._changes))

    def _apply(self, last_first: Iterable[Change], count: int) -> None:
        """Begin to make changes, from the last on, so that the others stay where they are."""
        self._of = count
        self._run = self._slices_of(iter(last_first))
        self._step()
        if self.busy:
            self._editor.setReadOnly(True)
            self._slices.start()

    def _step(self) -> None:
        """Do one slice; where the text was changed by somebody else, nothing more."""
        if self._run is None or self._editor.document().revision() != self._revision:
            self._end("")
            return
        ended = next(self._run, self) is self
        self._revision = self._editor.document().revision()
        if ended:
            self._end("")
        else:
            self.advanced.emit(self._done, self._of)

    def _slices_of(self, changes: Iterator[Change]) -> Iterator[None]:
        matches = self._matches
        change = next(changes, None)
        while change is not None and matches is not None:
            cursor = QTextCursor(self._editor.document())
            if self._done:
                cursor.joinPreviousEditBlock()
            else:
                cursor.beginEditBlock()
            deadline = time.perf_counter() + _SLICE_S
            while change is not None and time.perf_counter() < deadline:
                before = matches.text[change.start : change.end]
                place = matches.units(change.start)
                replace_span(cursor, place, to_shown(before), to_shown(change.after))
                self._done += 1
                change = next(changes, None)
            cursor.endEditBlock()
            if change is not None:
                yield

    def _end(self, fault: str) -> None:
        self._slices.stop()
        self._process.stop()
        self._run = self._matches = None
        self._editor.setReadOnly(False)
        self.ended.emit(self._done, fault)
