"""Puts the mouse on the text of a row when it is in the gap between two rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QMouseEvent

from studio.widgets.code_editor.visible_line import VisibleLine


class Rows(Protocol):
    """A view of rows of text."""

    @property
    def line_height(self) -> int:
        """The height of a row, in pixels."""
        ...

    def visible_lines(self, top: float = 0, bottom: float | None = None) -> list[VisibleLine]:
        """Return the lines between two heights."""
        ...


_Drop = TypeVar("_Drop", bound=QDropEvent)


def snap(view: Rows, place: QPoint | QPointF) -> QPointF:
    """Return the place itself, or the nearest one on the text of the row it is in."""
    x, y = float(place.x()), float(place.y())
    for line in view.visible_lines(y, y):
        layout = line.block.layout()
        index = min(int((y - line.top) // max(1, view.line_height)), layout.lineCount() - 1)
        if line.top <= y < line.top + line.height and index >= 0:
            row = layout.lineAt(index)
            top = line.top + row.y()
            return QPointF(x, min(max(y, top), top + row.height() - 1))
    return QPointF(x, y)


@contextmanager
def snapped(view: Rows, event: QMouseEvent) -> Iterator[QMouseEvent]:
    """Give the same event on the text; what becomes of it becomes of `event`."""
    copy = QMouseEvent(
        event.type(),
        snap(view, event.position()),
        event.scenePosition(),
        event.globalPosition(),
        event.button(),
        event.buttons(),
        event.modifiers(),
        event.pointingDevice(),
    )
    copy.setTimestamp(event.timestamp())
    yield copy
    event.setAccepted(copy.isAccepted())


@contextmanager
def snapped_drop(view: Rows, event: _Drop) -> Iterator[_Drop]:
    """Do the same for text that is dragged."""
    copy = type(event)(
        _fitting(event, snap(view, event.position())),
        event.possibleActions(),
        event.mimeData(),
        event.buttons(),
        event.modifiers(),
        event.type(),
    )
    copy.setDropAction(event.dropAction())
    copy.setAccepted(event.isAccepted())
    yield copy
    event.setDropAction(copy.dropAction())
    event.setAccepted(copy.isAccepted())


def _fitting(event: QDropEvent, place: QPointF) -> QPoint | QPointF:
    """Return a place as the event's own constructor takes it."""
    return place.toPoint() if isinstance(event, QDragMoveEvent) else place
