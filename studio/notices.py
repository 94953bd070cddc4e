"""What the studio has to tell and nobody asked for: a list, never a window that pops up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from session.log.entry import Severity

#: How many are kept.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class NoticeAction:
    """One thing to do about a notice."""

    text: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: what happened, to what, what to do; `detail` is shown on demand."""

    text: str
    severity: Severity = Severity.INFO
    detail: str = ""
    actions: tuple[NoticeAction, ...] = ()
    at: float = field(default_factory=time.time)


class NoticeList(QObject):
    """The notices of this start of the studio, newest last."""

    posted = Signal(object)  # Notice
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.notices: list[Notice] = []
        self.unread = 0

    def post(
        self,
        text: str,
        severity: Severity = Severity.INFO,
        detail: str = "",
        actions: tuple[NoticeAction, ...] = (),
    ) -> Notice:
        """Add a message to the list."""
        notice = Notice(text, severity, detail, actions)
        self.notices = [*self.notices[-_KEPT + 1 :], notice]
        self.unread += 1
        self.posted.emit(notice)
        self.changed.emit()
        return notice

    def mark_read(self) -> None:
        """Note that the user has seen the list."""
        self.unread = 0
        self.changed.emit()

    def clear(self) -> None:
        """Empty the list."""
        self.notices = []
        self.mark_read()
