"""Lines and stretches of lines that are in sight. Plain data."""

from typing import NamedTuple

from PySide6.QtGui import QTextBlock


class VisibleLine(NamedTuple):
    """A line in sight, from 0: `top` and `height` of its block in pixels."""

    number: int
    block: QTextBlock
    top: float
    height: float


class Place(NamedTuple):
    """A stretch of one line, in Qt's units from 0."""

    line: int
    start: int
    end: int
