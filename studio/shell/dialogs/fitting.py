"""Gives a dialog the size that its texts need, which wrap: their height follows the width."""

from PySide6.QtWidgets import QWidget


def fit(dialog: QWidget, width: int) -> None:
    """Make a laid out dialog `width` pixels wide, or more, and as high as that takes."""
    layout = dialog.layout()
    if layout is None:
        return
    least = layout.totalMinimumSize()
    width = max(width, least.width())
    height = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else least.height()
    dialog.resize(width, max(height, least.height()))
