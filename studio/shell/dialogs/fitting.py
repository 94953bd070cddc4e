"""Gives a dialog the size that its texts need, which wrap: their height follows the width."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

#: What a desktop takes of the screen for frames and bars of its own, in pixels.
_FRAME: Final = QSize(32, 64)


def resize_within_screen(dialog: QWidget, width: int, height: int) -> None:
    """Resize a dialog, to no more than its screen has room for."""
    room = dialog.screen().availableGeometry().size() - _FRAME
    dialog.resize(QSize(width, height).boundedTo(room))


def fit(dialog: QWidget, width: int) -> None:
    """Make a laid out dialog `width` pixels wide, or more, and as high as that takes."""
    layout = dialog.layout()
    if layout is None:
        return
    least = layout.totalMinimumSize()
    width = max(width, least.width())
    height = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else least.height()
    resize_within_screen(dialog, width, max(height, least.height()))
