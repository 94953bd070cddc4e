"""A flat button with an icon of the set, which follows the theme and tells its shortcut."""

from collections.abc import Sequence

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import ROW_HEIGHT, ROW_ICON, SPACE_XS


class IconButton(QToolButton):
    """Square, quiet, reachable by Tab. `text` is its name and the beginning of its tooltip."""

    def __init__(
        self,
        appearance: Appearance,
        icon: str,
        text: str,
        parent: QWidget | None = None,
        *,
        checkable: bool = False,
        role: str = "text",
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icon = icon
        self._role = role
        self._text, self._keys, self._more = text, "", ""
        self.setProperty("look", "icon")
        self.setCheckable(checkable)
        self.setIconSize(Appearance.size(ROW_ICON))
        self.setMinimumSize(ROW_HEIGHT + SPACE_XS, ROW_HEIGHT + SPACE_XS)
        self.describe(text)
        appearance.changed.connect(self._repaint)
        self._repaint()

    def describe(self, text: str, shortcut: str = "", more: str = "") -> None:
        """Say what the button does, by which keys, and what else is worth knowing.

        Without a `shortcut` it keeps the keys that it has.
        """
        self._text, self._more = text, more
        self.setAccessibleName(text)
        native = QKeySequence.SequenceFormat.NativeText
        self.set_keys(QKeySequence(shortcut).toString(native) if shortcut else self._keys)

    def set_keys(self, keys: str) -> None:
        """Say by which keys, as people read them; "" for none."""
        self._keys = keys
        tip = f"{self._text} ({keys})" if keys else self._text
        self.setToolTip(f"{tip}\n{self._more}" if self._more else tip)

    def set_icon(self, icon: str, role: str = "text") -> None:
        """Show another icon, in the colour of a token."""
        if (icon, role) != (self._icon, self._role):
            self._icon, self._role = icon, role
            self._repaint()

    def choose_from(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> QMenu:
        """Give the button a menu of choices (key, text), one of them checked; return it."""
        menu = QMenu(title, self)
        for key, text in choices:
            action = QAction(text, menu)
            action.setData(key)
            action.setCheckable(True)
            action.setChecked(key == chosen)
            menu.addAction(action)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return menu

    def _repaint(self) -> None:
        self.setIcon(self._appearance.icon(self._icon, self._role))
