"""A calm line above or below something: what happened, and what can be done. Steals no focus."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from studio.look.appearance import Appearance
from studio.look.tokens import ROW_ICON, SPACE_S, SPACE_XS
from studio.widgets.icon_button import IconButton


class BarAction(NamedTuple):
    """One button of a bar."""

    text: str
    run: Callable[[], object]


class BarText(NamedTuple):
    """What a bar says; `icon` is one of `studio.look.icons`, `role` the token of its colour."""

    text: str
    actions: Sequence[BarAction] = ()
    icon: str = "info"
    role: str = "focus"
    closable: bool = True


class Bar(QFrame):
    """Shows one `BarText` at a time, or nothing and then takes no room."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._shown: BarText | None = None
        self._on_close: Callable[[], object] | None = None
        self._sign = QLabel(self)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy.Policy
        self._label.setSizePolicy(policy.Expanding, policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        self._row.setSpacing(SPACE_S)
        self._row.addWidget(self._sign)
        self._row.addWidget(self._label, 1)
        self._buttons: list[QAbstractButton] = []
        self.setProperty("look", "banner")
        self.setAccessibleName(self.tr("Message"))
        appearance.changed.connect(self._repaint)
        self.hide()

    @property
    def shown(self) -> BarText | None:
        """What the bar says now."""
        return self._shown

    @property
    def buttons(self) -> Sequence[QAbstractButton]:
        """The buttons, in the order of the actions; a closable bar has one more."""
        return self._buttons

    def say(self, text: BarText, on_close: Callable[[], object] | None = None) -> None:
        """Show a text with its buttons, in place of the last."""
        if text == self._shown:
            return
        self._shown, self._on_close = text, on_close
        self._label.setText(text.text)
        self.setAccessibleDescription(text.text)
        self._clear()
        for action in text.actions:
            self._add(action.text, action.run)
        if text.closable:
            self._add_close()
        self._repaint()
        self.show()

    def silence(self) -> None:
        """Say nothing."""
        self._shown = None
        self._clear()
        self.hide()

    def _dismiss(self) -> None:
        then = self._on_close
        self.silence()
        if then is not None:
            then()

    def _add(self, text: str, run: Callable[[], object]) -> None:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda *_: run())
        self._row.addWidget(button)
        self._buttons.append(button)

    def _add_close(self) -> None:
        button = IconButton(self._appearance, "close", self.tr("Dismiss"), self)
        button.clicked.connect(self._dismiss)
        self._row.addWidget(button)
        self._buttons.append(button)

    def _clear(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []

    def _repaint(self) -> None:
        if self._shown is not None:
            icon = self._appearance.icon(self._shown.icon, self._shown.role)
            self._sign.setPixmap(icon.pixmap(ROW_ICON, ROW_ICON))
