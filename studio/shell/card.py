"""A card: one thing that can be opened, with its icon, name, a line about it, and buttons."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.look.appearance import Appearance
from studio.look.tokens import BAR_ICON, CORNER, SPACE_M, SPACE_S, SPACE_XS
from studio.shell.text_label import PathLabel, TextLabel

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_SIDES = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class Card(QFrame):
    """One focusable card; Return or a click is `activated`. Buttons are added beside its text.

    Its line is a text, or a path, which is cut in the middle.
    """

    activated = Signal()
    #: The user wants the next card (1) or the one before (-1).
    step_requested = Signal(int)
    #: The user wants the card in the other column.
    side_requested = Signal()

    def __init__(
        self, title: str, line: str | Path, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icon: tuple[str, str] | QIcon = QIcon()
        self._tools: list[tuple[QAbstractButton, str, str]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self._description = str(line)
        self.setAccessibleDescription(self._description)
        self._sign = QLabel()
        # The name of a file can be one very long word: it is cut, and wraps nowhere.
        named = isinstance(line, Path)
        self.title = PathLabel(Path(title), "text") if named else TextLabel(title)
        self.line = PathLabel(line) if isinstance(line, Path) else TextLabel(line, "muted")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        self._row.setSpacing(SPACE_S)
        self._row.addWidget(self._sign)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS // 2)
        words.addWidget(self.title)
        words.addWidget(self.line)
        for label in (self.title, self.line):
            label.setMinimumWidth(1)  # a column is as wide as its half of the page
        self._row.addLayout(words, 1)
        appearance.changed.connect(self._paint_icons)

    def set_icon(self, icon: QIcon | str, role: str = "muted") -> None:
        """Show an icon: one of the set by its name, in the colour of a token, or one of ours."""
        self._icon = icon if isinstance(icon, QIcon) else (icon, role)
        self._paint_icons()

    def add_button(self, text: str, tip: str) -> QPushButton:
        """Add a button with a word on it."""
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        self._row.addWidget(button)
        return button

    def add_tool(self, icon: str, tip: str, role: str = "muted") -> QToolButton:
        """Add a button that is an icon."""
        button = QToolButton()
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        self._tools.append((button, icon, role))
        self._row.addWidget(button)
        self._paint_icons()
        return button

    def set_greyed(self, why: str) -> None:
        """Show that what the card stands for is not there, and say why; "" for it is there."""
        self.setToolTip(why)
        self.setAccessibleDescription(why or self._description)
        role = self.line.foregroundRole() if why else QPalette.ColorRole.WindowText
        self.title.setForegroundRole(role)

    @property
    def stops(self) -> list[QWidget]:
        """Return what the Tab key reaches of it, in order."""
        return [self, *self.findChildren(QAbstractButton)]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open it, or go to the card beside it."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit()
        elif key in _STEPS:
            self.step_requested.emit(_STEPS[key])
        elif key in _SIDES:
            self.side_requested.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the press, so that the release comes here too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open it, where the button is let go on it."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.activated.emit()

    def event(self, event: QEvent) -> bool:
        """Draw anew when pointer or focus come and go."""
        kind = QEvent.Type
        if event.type() in (kind.Enter, kind.Leave, kind.FocusIn, kind.FocusOut):
            self.update()
        return super().event(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the ground, and a frame where the focus is."""
        tokens = self._appearance.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus() or self.underMouse()
        painter.setBrush(QColor(tokens.raised if lit else tokens.panel))
        painter.setPen(QPen(QColor(tokens.focus if self.hasFocus() else tokens.border)))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), CORNER, CORNER)
        painter.end()

    def _paint_icons(self) -> None:
        icon = self._icon if isinstance(self._icon, QIcon) else self._appearance.icon(*self._icon)
        self._sign.setPixmap(icon.pixmap(self._appearance.size(BAR_ICON)))
        self._sign.setHidden(icon.isNull())
        for button, name, role in self._tools:
            button.setIcon(self._appearance.icon(name, role))
