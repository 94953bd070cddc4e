"""One notice in the list: what happened, when, and what can be done about it."""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from session.log.entry import Severity
from studio.look.appearance import Appearance
from studio.look.tokens import CORNER, ROW_ICON, SPACE_S, SPACE_XS
from studio.notices import Notice, NoticeAction
from studio.shell.text_label import TextLabel

_ROLES = {
    Severity.DEBUG: ("info", "muted"),
    Severity.INFO: ("info", "focus"),
    Severity.WARNING: ("warning", "warning"),
    Severity.ERROR: ("error", "error"),
}


def time_text(at: float, now: float) -> str:
    """Return when it was: the time of day, with the date where that is not today."""
    then, today = time.localtime(at), time.localtime(now)
    form = "%H:%M:%S" if then[:3] == today[:3] else "%Y-%m-%d %H:%M"
    return time.strftime(form, then)


def copied_text(notice: Notice) -> str:
    """Return a notice as it is copied: everything that is known of it."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(notice.at))
    head = f"{stamp} {notice.severity.word}: {notice.text}"
    return f"{head}\n{notice.detail}" if notice.detail else head


class NoticeRow(QFrame):
    """A row that can have the focus; Ctrl+C copies it, Return shows its detail, arrows move on."""

    #: The user chose one of the notice's actions (a `NoticeAction`).
    action_chosen = Signal(object)
    #: The user wants the row below (1) or above (-1).
    step_requested = Signal(int)

    def __init__(
        self, notice: Notice, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.notice = notice
        self._appearance = appearance
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._glyph = QLabel()
        self._text = TextLabel(notice.text)
        self.detail = TextLabel(notice.detail, "muted")
        self.detail.hide()
        for label in (self._text, self.detail):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail_button = self._tool("expand", self.tr("Show the detail"), self.toggle_detail)
        self.detail_button.setVisible(bool(notice.detail))
        self.copy_button = self._tool("copy", self.tr("Copy (Ctrl+C)"), self.copy)
        self._lay_out()
        self._paint_icons()
        appearance.changed.connect(self._paint_icons)
        when = time_text(notice.at, time.time())
        self.setAccessibleName(f"{notice.severity.word}, {when}: {notice.text}")
        self.setAccessibleDescription(notice.detail)

    def copy(self) -> None:
        """Put the whole notice on the clipboard."""
        QGuiApplication.clipboard().setText(copied_text(self.notice))

    def toggle_detail(self) -> None:
        """Show the detail, or hide it again."""
        shown = self.detail.isHidden() and bool(self.notice.detail)
        self.detail.setVisible(shown)
        words = self.tr("Hide the detail") if shown else self.tr("Show the detail")
        self.detail_button.setToolTip(words)
        self.detail_button.setAccessibleName(words)
        self._paint_icons()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy, or show the detail."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle_detail()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.step_requested.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show where the focus is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show where the focus is not."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the line below, or the frame of the focus."""
        tokens = self._appearance.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(tokens.focus))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), CORNER, CORNER)
        else:
            painter.setPen(QPen(tokens.border))
            painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.end()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_XS, SPACE_S)
        layout.setSpacing(SPACE_S)
        for label in (self._glyph, self._text):  # on one line with the buttons' icons
            label.setContentsMargins(0, SPACE_XS, 0, 0)
        layout.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        middle = QVBoxLayout()
        middle.setSpacing(SPACE_XS)
        middle.addWidget(self._text)
        middle.addWidget(self.detail)
        if self.notice.actions:
            middle.addLayout(self._action_row())
        middle.addStretch(1)
        layout.addLayout(middle, 1)
        when = TextLabel(time_text(self.notice.at, time.time()), "muted")
        when.setWordWrap(False)
        when.setContentsMargins(0, SPACE_XS, 0, 0)
        for widget in (when, self.detail_button, self.copy_button):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def _action_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        for action in self.notice.actions:
            button = QPushButton(action.text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, chosen=action: self._choose(chosen))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _choose(self, action: NoticeAction) -> None:
        self.action_chosen.emit(action)

    def _tool(self, icon: str, words: str, press: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(icon)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setProperty("look", "icon")
        button.clicked.connect(press)
        return button

    def _paint_icons(self) -> None:
        icon, role = _ROLES[self.notice.severity]
        pixels = self._appearance.size(ROW_ICON)
        self._glyph.setPixmap(self._appearance.icon(icon, role).pixmap(pixels))
        self._glyph.setToolTip(self.notice.severity.word)
        self.copy_button.setIcon(self._appearance.icon("copy", "muted"))
        opened = not self.detail.isHidden()
        self.detail_button.setIcon(self._appearance.icon("next" if opened else "expand", "muted"))
