"""The row above the log: what is shown, how much of it that is, and how it is shown."""

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from session.log.entry import Severity
from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.widgets.icon_button import IconButton
from studio.widgets.plain import PlainLabel, plain_tip
from studio.workspaces.debug.filter_choice import FilterChoice
from studio.workspaces.debug.source_segments import SourceSegments

#: How long typing has to rest before it filters, in milliseconds.
_REST_MS: Final = 150
#: How long something said in passing stays, in milliseconds.
_PASSING_MS: Final = 4000
#: Below this width, what can also be found in the menu leaves the row.
_NARROW: Final = 1000
_NARROWER: Final = 780
_NARROWEST: Final = 560
_LEAST: Final = 400


class FilterBar(QFrame):
    """Holds a `FilterChoice`, and the switches of the view as buttons of their own."""

    #: Another choice is in force (`choice`).
    changed = Signal()
    #: The field was left, so the focus should go to the log.
    left = Signal()
    #: The field got the focus, so text may be typed soon.
    entered = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.choice = FilterChoice()
        self._counted = ""
        self._searching = False
        self.setProperty("look", "header")
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._take_text)
        self._passing = QTimer(self, interval=_PASSING_MS, singleShot=True)
        self._passing.timeout.connect(self._show_counted)
        self._fault = ""
        self._make_filters()
        self._make_switches()
        self._build()
        self._show_choice()

    def set_choice(self, choice: FilterChoice) -> None:
        """Have another choice in force."""
        self._rest.stop()
        if choice != self.choice:
            self._passing.stop()
            self.choice = choice
            self._show_choice()
            self.changed.emit()

    def clear(self) -> None:
        """Filter nothing."""
        self.set_choice(FilterChoice(regex=self.choice.regex))

    def show_counts(self, shown: int, total: int) -> None:
        """Say how many rows are shown of how many."""
        hidden = self.choice.filters and shown < total
        if hidden:
            text = self.tr("{} of {} shown").format(f"{shown:,}", f"{total:,}")
        else:
            text = self.tr("1 row") if total == 1 else self.tr("{} rows").format(f"{total:,}")
        self._counted = text
        self._show_counted()
        self.reset.setVisible(self.choice.filters)

    @property
    def counted(self) -> str:
        """How many rows are shown, or what is wrong with the filter."""
        return self._fault or self._words()

    def show_searching(self, searching: bool) -> None:
        """Say whether more may come to be shown."""
        self._searching = searching
        self._show_counted()

    def say(self, sentence: str) -> None:
        """Say something in passing."""
        self.counts.setText(sentence)
        self._passing.start()
        self._make_room()

    def show_fault(self, fault: str) -> None:
        """Say what is wrong with the filter, "" for nothing."""
        self.field.setProperty("fault", bool(fault))
        tokens = self._appearance.tokens
        self.field.setStyleSheet(f"QLineEdit {{ border-color: {tokens.error} }}" if fault else "")
        self._fault = fault
        self._passing.stop()
        self._show_counted()
        self.counts.setToolTip(plain_tip(fault))
        self.field.setAccessibleDescription(fault)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Let go of what the menu has as well, where the row is short."""
        super().resizeEvent(event)
        width = event.size().width()
        for button in (self.wrap, self.collapse, self.times):
            button.setVisible(width >= _NARROW)
        for button in (self.pause, self.usage):
            button.setVisible(width >= _NARROWER)
        last: tuple[QWidget, ...] = (self.severity, self.regex)
        for part in last:
            part.setVisible(width >= _NARROWEST)
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take the text away on Escape; a second one leaves the field."""
        if event.key() != Qt.Key.Key_Escape or not self.field.hasFocus():
            super().keyPressEvent(event)
        elif self.field.text():
            self.set_choice(self.choice._replace(text=""))
            self.field.clear()
        else:
            self.left.emit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of the shortest form; the layout would insist on the one it has."""
        return QSize(_LEAST, super().minimumSizeHint().height())

    def _make_filters(self) -> None:
        self.sources = SourceSegments(self._appearance, self)
        self.sources.chosen.connect(self._take_sources)
        self.severity = QToolButton(self)
        self.severity.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.severity.setMenu(self._severity_menu())
        self.severity.setToolTip(self.tr("Show rows of this severity and above"))
        self.field = _Field(self)
        self.field.entered.connect(self.entered)
        self.field.setPlaceholderText(self.tr("Filter, -word leaves out"))
        self.field.setAccessibleName(self.tr("Filter"))
        self.field.setToolTip(
            self.tr(
                "Shows the rows with this text. A word after a dash is left out: player -debug.\n"
                'Quotes hold words together: -"two words". Lower case finds both cases.'
            )
        )
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._rest.start)
        self.field.returnPressed.connect(self._take_text)
        self.regex = IconButton(
            self._appearance, "regex", self.tr("Regular expression"), self, checkable=True
        )
        self.regex.toggled.connect(self._take_text)
        self.counts = PlainLabel(parent=self)
        self.counts.setProperty("look", "muted")
        self.counts.setAccessibleName(self.tr("Rows shown"))
        self.reset = QToolButton(self)
        self.reset.setText(self.tr("Clear filter"))
        self.reset.setToolTip(self.tr("Show every row again"))
        self.reset.clicked.connect(self.clear)

    def _severity_menu(self) -> QMenu:
        menu = QMenu(self)
        for severity, text in self._severities():
            action = QAction(text, menu)
            action.setData(int(severity))
            action.setCheckable(True)
            menu.addAction(action)
        menu.triggered.connect(self._take_severity)
        return menu

    def _severities(self) -> tuple[tuple[Severity, str], ...]:
        return (
            (Severity.DEBUG, self.tr("Any severity")),
            (Severity.INFO, self.tr("≥ info")),
            (Severity.WARNING, self.tr("≥ warning")),
            (Severity.ERROR, self.tr("Errors only")),
        )

    def _make_switches(self) -> None:
        def switch(icon: str, text: str) -> IconButton:
            return IconButton(self._appearance, icon, text, self, checkable=True)

        self.follow = switch("follow", self.tr("Follow the newest row"))
        self.pause = switch("pause", self.tr("Hold the view still; nothing is lost"))
        self.wrap = switch("wrap", self.tr("Wrap long lines"))
        self.collapse = switch("collapse", self.tr("Show equal rows once, with their number"))
        self.usage = switch("pulse", self.tr("Memory, processor and log rate"))
        self.times = IconButton(self._appearance, "clock", self.tr("Times"), self)
        self.runs = IconButton(self._appearance, "history", self.tr("Runs"), self)
        self.more = IconButton(self._appearance, "more", self.tr("More about this log"), self)
        for button in (self.runs, self.more):
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        layout.setSpacing(SPACE_XS)
        layout.addWidget(self.sources)
        layout.addWidget(self.severity)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.regex)
        layout.addWidget(self.counts)
        layout.addWidget(self.reset)
        self.field.setMinimumWidth(120)
        self.counts.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        switches = (self.follow, self.pause, self.wrap, self.collapse, self.times, self.usage)
        for button in (*switches, self.runs, self.more):
            layout.addWidget(button)

    def _show_choice(self) -> None:
        choice = self.choice
        self.sources.show_sources(choice.sources)
        self.severity.setText(dict(self._severities())[choice.severity])
        self.severity.setAccessibleName(self.severity.text())
        for action in self.severity.menu().actions():
            action.setChecked(action.data() == int(choice.severity))
        if self.field.text() != choice.text:
            self.field.setText(choice.text)  # with its signals: its clear sign lives by them
            self._rest.stop()
        self.regex.blockSignals(True)
        self.regex.setChecked(choice.regex)
        self.regex.blockSignals(False)
        self.reset.setVisible(choice.filters)

    def _show_counted(self) -> None:
        if not self._passing.isActive():  # rows that come in do not push it away
            self.counts.setText(self.tr("not a pattern") if self._fault else self._words())
        self._make_room()

    def _make_room(self) -> None:
        """Say how much is shown where there is room; that some is hidden, or why not, sooner."""
        telling = self.choice.filters or bool(self._fault) or self._passing.isActive()
        self.counts.setVisible(self.width() >= (_NARROWEST if telling else _NARROWER))

    def _words(self) -> str:
        return self.tr("{}, searching…").format(self._counted) if self._searching else self._counted

    def _take_sources(self) -> None:
        self.set_choice(self.choice._replace(sources=self.sources.sources))

    def _take_severity(self, action: QAction) -> None:
        self.set_choice(self.choice._replace(severity=Severity(action.data())))

    def _take_text(self) -> None:
        text, regex = self.field.text(), self.regex.isChecked()
        self.set_choice(self.choice._replace(text=text, regex=regex))


class _Field(QLineEdit):
    """Tells when it gets the focus."""

    entered = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Take the focus, and tell."""
        super().focusInEvent(event)
        self.entered.emit()
