"""The one object that turns tokens into palette, style sheet, fonts and icons."""

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from studio.look import icons
from studio.look.palette import palette_for
from studio.look.style_sheet import style_sheet_for
from studio.look.tokens import CODE_FAMILIES, CODE_PIXELS, DARK, LIGHT, Tokens


class Appearance(QObject):
    """What the studio looks like now. Widgets that paint read `tokens` and listen to `changed`."""

    #: Colours or fonts are different; icons have to be asked for again.
    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._theme = "system"
        self._code_pixels = CODE_PIXELS
        self._icons_held = False
        self.tokens: Tokens = DARK
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    def set_theme(self, theme: str) -> None:
        """Use `dark`, `light`, or whatever the `system` uses."""
        self._theme = theme
        self._apply()

    def set_code_size(self, pixels: int) -> None:
        """Set the size of code and log, in pixels."""
        self._code_pixels = pixels
        self.changed.emit()

    def code_font(self) -> QFont:
        """Return the font of code and log: fixed pitch, tabular figures."""
        known = set(QFontDatabase.families())
        family = next((name for name in CODE_FAMILIES if name in known), None)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        if family is not None:
            font.setFamily(family)
        font.setPixelSize(self._code_pixels)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
        return font

    def icon(self, name: str, role: str = "text") -> QIcon:
        """Return an icon of the set (`play`, `stop`, …) in the colour of a token.

        The names are those of `studio.look.icons.NAMES`.
        """
        if self._icons_held:
            return icons.blank()
        return icons.icon(name, getattr(self.tokens, role), self.tokens.muted)

    def hold_icons(self, *, held: bool) -> None:
        """Give blank icons while `held`, for the first frame: loading them takes its time."""
        if held != self._icons_held:
            self._icons_held = held
            if not held:
                self.changed.emit()

    @staticmethod
    def size(pixels: int) -> QSize:
        """Return a square."""
        return QSize(pixels, pixels)

    def _follow_system(self) -> None:
        if self._theme == "system":
            self._apply()

    def _apply(self) -> None:
        self.tokens = self._chosen()
        self._application.setStyle("Fusion")
        self._application.setPalette(palette_for(self.tokens))
        self._application.setStyleSheet(style_sheet_for(self.tokens))
        self.changed.emit()

    def _chosen(self) -> Tokens:
        if self._theme in (DARK.name, LIGHT.name):
            return DARK if self._theme == DARK.name else LIGHT
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
