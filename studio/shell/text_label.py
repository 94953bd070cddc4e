"""Labels by what they mean: colours follow the palette, so that a change of theme needs nothing."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_ROLES: Final = {
    "text": QPalette.ColorRole.WindowText,
    "muted": QPalette.ColorRole.PlaceholderText,
    "error": QPalette.ColorRole.BrightText,
}
#: Sizes of headings, as parts of the interface's own size.
_SIZES: Final = {"title": 1.6, "heading": 1.15}


class TextLabel(QLabel):
    """A text in a role: `text`, `muted`, `error`, `heading` or `title`. Wraps; never cuts.

    With `markup` it may hold links; otherwise what it says is shown as it is written.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "text",
        parent: QWidget | None = None,
        *,
        markup: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.RichText if markup else Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setForegroundRole(_ROLES.get(role, QPalette.ColorRole.WindowText))
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if role in _SIZES:
            font = self.font()
            font.setPointSizeF(font.pointSizeF() * _SIZES[role])
            font.setBold(True)
            self.setFont(font)


def separator_free(text: str) -> str:
    """Return a path or a name on one line, whatever it holds."""
    return "".join(char if char.isprintable() else "·" for char in text)


class PathLabel(QLabel):
    """A path on one line, cut in the middle where there is no room; the tooltip has it whole."""

    def __init__(self, path: Path, role: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = separator_free(short_path(path))
        self.setToolTip(str(path))
        self.setAccessibleName(str(path))
        self.setForegroundRole(_ROLES[role])
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(self._text)  # for the height

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw as much as there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        cut = self.fontMetrics().elidedText(
            self._text, Qt.TextElideMode.ElideMiddle, self.contentsRect().width()
        )
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a path does, in any language
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(self.contentsRect(), flags, cut)
        painter.end()


def short_path(path: Path) -> str:
    """Return a path as people write it, the home folder as `~`."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
