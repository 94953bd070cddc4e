"""A button of the frame: an icon that follows the theme, a name and a tooltip."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import ROW_ICON


class BarButton(QToolButton):
    """A tool button with text beside its icon; a long text is cut in the middle."""

    def __init__(
        self,
        appearance: Appearance,
        icon: str = "",
        *,
        role: str = "muted",
        pixels: int = ROW_ICON,
        widest: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icon, self._role = icon, role
        self._whole = ""
        self._widest = widest
        self.setIconSize(appearance.size(pixels))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        appearance.changed.connect(self.dress)
        self.dress()

    def show_text(self, text: str) -> None:
        """Show a text, cut in the middle where it is too long."""
        if text != self._whole:
            self._whole = text
            self._cut()

    def show_icon(self, icon: str, role: str) -> None:
        """Show another icon of the set, in the colour of a token."""
        if (icon, role) != (self._icon, self._role):
            self._icon, self._role = icon, role
            self.dress()

    def say(self, name: str, tooltip: str) -> None:
        """Set what a screen reader says and what the pointer shows."""
        self.setAccessibleName(name)
        self.setToolTip(tooltip)

    def dress(self) -> None:
        """Take the icon in the colours of now."""
        if self._icon:
            self.setIcon(self._appearance.icon(self._icon, self._role))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Cut anew where the font is another one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._cut()

    def _cut(self) -> None:
        shown = self._whole
        if self._widest:
            mode = Qt.TextElideMode.ElideMiddle
            shown = self.fontMetrics().elidedText(shown, mode, self._widest)
        self.setText(shown.replace("&", "&&"))
