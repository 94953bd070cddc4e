"""The list behind the bell: what the studio had to tell, newest first. Never opens by itself."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XL, SPACE_XS
from studio.notices import Notice, NoticeAction, NoticeList
from studio.shell.notice_row import NoticeRow
from studio.shell.popup import Popup
from studio.shell.text_label import TextLabel

_WIDTH, _HEIGHT = 440, 420


class NoticesPanel(Popup):
    """A popup; `open_at` shows it beside the bell. Opening it marks everything as read."""

    def __init__(
        self, notices: NoticeList, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, parent)
        self._notices = notices
        self._rows: dict[int, NoticeRow] = {}
        self.setAccessibleName(self.tr("Notices"))
        self.resize(_WIDTH, _HEIGHT)
        self.clear_button = QPushButton(self.tr("Clear"))
        self.clear_button.setToolTip(self.tr("Empty the list"))
        self.clear_button.clicked.connect(notices.clear)
        self._empty = TextLabel(
            self.tr("Nothing to tell. What goes wrong in the background is listed here."), "muted"
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll = QScrollArea()
        #: How far the end of the list lies below, while a row is added on top of what is read.
        self._below: int | None = None
        self._scroll.verticalScrollBar().rangeChanged.connect(self._stay)
        self._lay_out()
        notices.changed.connect(self._follow)
        self._refresh()

    def open_at(self, anchor: QWidget) -> None:
        """Show the list beside `anchor`, the keyboard in it."""
        self.show_beside(anchor)
        first = next(iter(self.rows()), None)
        (first or self.clear_button).setFocus()

    def rows(self) -> list[NoticeRow]:
        """Return what is shown, newest first."""
        return [
            self._rows[id(notice)]
            for notice in reversed(self._notices.notices)
            if id(notice) in self._rows
        ]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Bring the list up to date; it is not kept so while nobody looks."""
        super().showEvent(event)
        self._refresh()
        self._notices.mark_read()

    def _step(self, by: int) -> None:
        """Move the focus from the row that asked to the one below or above it."""
        rows = self.rows()
        asked = self.sender()
        at = next((n for n, row in enumerate(rows) if row is asked), 0)
        row = rows[max(0, min(len(rows) - 1, at + by))]
        row.setFocus()
        self._scroll.ensureWidgetVisible(row, 0, SPACE_XS)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_XS, SPACE_XS, SPACE_XS, SPACE_XS)
        layout.setSpacing(SPACE_XS)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_S, SPACE_XS, SPACE_XS, 0)
        head.addWidget(TextLabel(self.tr("Notices"), "heading"), 1)
        head.addWidget(self.clear_button)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._empty.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        self._scroll.setWidget(inside)
        for ground in (inside, self._scroll.viewport()):
            ground.setAutoFillBackground(False)  # the panel's own

    def _follow(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        """Take in what is new on top and let go of what is no longer listed; keep the rest."""
        listed = {id(notice): notice for notice in self._notices.notices}
        for key in self._rows.keys() - listed.keys():
            gone = self._rows.pop(key)
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        bar = self._scroll.verticalScrollBar()
        self._below = bar.maximum() - bar.value() if bar.value() else None
        for key, notice in listed.items():
            if key not in self._rows:
                row = self._make_row(notice)
                self._list.insertWidget(0, row)
                row.show()  # at once: Qt would do it later, and a hidden row takes no focus
        self._empty.setVisible(not listed)
        self.clear_button.setEnabled(bool(listed))

    def _stay(self) -> None:
        """Keep in its place what is being read, now that rows were added above it."""
        if self._below is not None:
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.maximum() - self._below)
            self._below = None

    def _make_row(self, notice: Notice) -> NoticeRow:
        row = self._rows[id(notice)] = NoticeRow(notice, self._appearance)
        row.action_chosen.connect(self._run)
        row.step_requested.connect(self._step)
        return row

    def _run(self, action: NoticeAction) -> None:
        self.close()
        action.run()
