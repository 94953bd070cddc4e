"""The bar at the left: the workspaces and panels, with what is new in those that are hidden."""

from typing import Final, NamedTuple

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.desk import Desk
from studio.look.tokens import ACTIVITY_WIDTH, BAR_ICON, SPACE_S, SPACE_XS
from studio.shell.action_registry import ActionRegistry

_SIDE = 36
_BADGE = 14


class Entry(NamedTuple):
    """One button: the action it runs, and its icon."""

    name: str
    icon: str


#: From the top; None is a line. Workspaces first, then panels.
ENTRIES: Final = (
    Entry("view.editor", "edit"),
    Entry("view.debug", "debug"),
    Entry("view.history", "history"),
    None,
    Entry("view.files", "files"),
    Entry("view.search", "search"),
    Entry("view.problems", "problems"),
)
SETTINGS: Final = Entry("studio.settings", "settings")


class ActivityBar(QWidget):
    """One button each; checked where it can be seen."""

    def __init__(self, desk: Desk, registry: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(ACTIVITY_WIDTH)
        self.setAccessibleName(self.tr("Workspaces and panels"))
        self._appearance = desk.appearance
        self._buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XS, SPACE_S, SPACE_XS, SPACE_S)
        column.setSpacing(SPACE_XS)
        for entry in ENTRIES:
            column.addWidget(self._line() if entry is None else self._make(desk, registry, entry))
        column.addStretch(1)
        column.addWidget(self._make(desk, registry, SETTINGS, checkable=False))

    def button(self, name: str) -> "RailButton":
        """Return the button of an action."""
        return self._buttons[name]

    def show_seen(self, seen: set[str]) -> None:
        """Mark the entries (by action) that can be seen now."""
        for name, button in self._buttons.items():
            if button.isCheckable():
                button.setChecked(name in seen)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the line towards the work; a style sheet does not mirror it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(self._appearance.tokens.border))
        edge = 0 if self.isRightToLeft() else self.width() - 1
        painter.drawLine(edge, 0, edge, self.height())
        painter.end()

    def _make(
        self, desk: Desk, registry: ActionRegistry, entry: Entry, *, checkable: bool = True
    ) -> "RailButton":
        button = RailButton(desk, registry, entry, self)
        button.setCheckable(checkable)
        self._buttons[entry.name] = button
        return button

    def _line(self) -> QFrame:
        line = QFrame(self)
        line.setProperty("look", "line")
        line.setFixedHeight(1)
        return line


class RailButton(QToolButton):
    """An icon, with a number where there is something new."""

    #: The number changed.
    counted = Signal(int)

    def __init__(self, desk: Desk, registry: ActionRegistry, entry: Entry, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._registry = registry
        self._entry = entry
        self._role = "error"
        self.count = 0
        self._what = ""
        self._action = registry.action(entry.name)
        self.setProperty("look", "rail")
        self.setFixedSize(_SIDE, _SIDE)
        self.setIconSize(desk.appearance.size(BAR_ICON))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._run)
        self._action.changed.connect(self._tell)
        desk.appearance.changed.connect(self._dress)
        self.toggled.connect(self._dress)
        self._tell()
        self._dress()

    def show_count(self, count: int, what: str, role: str = "error") -> None:
        """Show a number (0: none) and say what it counts."""
        if (count, what, role) != (self.count, self._what, self._role):
            self.count, self._what, self._role = count, what, role
            self._tell()
            self.update()
            self.counted.emit(count)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the number over the icon."""
        super().paintEvent(event)
        if not self.count:
            return
        tokens = self._desk.appearance.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = str(self.count) if self.count < 100 else "99+"
        font = painter.font()
        font.setPixelSize(10)
        font.setBold(True)
        painter.setFont(font)
        width = max(_BADGE, painter.fontMetrics().horizontalAdvance(text) + 6)
        left = 1 if self.isRightToLeft() else self.width() - width - 1
        place = QRectF(left, 1, width, _BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(tokens, self._role)))
        painter.drawRoundedRect(place, _BADGE / 2, _BADGE / 2)
        painter.setPen(QColor(tokens.window))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _run(self) -> None:
        self.setChecked(not self.isChecked())  # what is seen says, not the press
        self._registry.run(self._entry.name)

    def _tell(self) -> None:
        said = f"\n{self._what}" if self.count and self._what else ""
        self.setToolTip(self._action.toolTip() + said)
        name = self._action.text().replace("&", "").rstrip("…")
        self.setAccessibleName(f"{name}, {self._what}" if said else name)

    def _dress(self) -> None:
        role = "text" if self.isChecked() else "muted"
        self.setIcon(self._desk.appearance.icon(self._entry.icon, role))
