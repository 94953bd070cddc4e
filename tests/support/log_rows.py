"""What tests say about a log view: what is on it, and what should be."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from session.log.entry import LogQuery
from session.log.store import LogStore
from studio.widgets.log_view.repeats import Repeats
from studio.widgets.log_view.view import LogView
from tests.support.qt_loop import until


def shown_seqs(view: LogView) -> list[int]:
    """The numbers of all displayed rows, from top to bottom."""
    return [view.display.seq_at(row) for row in range(view.display.lens_rows)]


def shown_texts(view: LogView) -> list[str]:
    """The texts of all displayed rows, the unfinished line with them."""
    return [line.text for line in view.display.lines(0, len(view.display))]


def expected_seqs(log: LogStore, query: LogQuery, *, collapse: bool) -> Sequence[int]:
    """What should be displayed of a log, looked at from scratch."""
    seqs = list(log.select(query))
    if not collapse:
        return seqs
    repeats = Repeats()
    repeats.feed([log.digests(seq - 1, seq)[0] for seq in seqs])
    return [seqs[repeats.place_of(row)] for row in range(repeats.rows(len(seqs)))]


async def settled(view: LogView) -> None:
    """Wait until all that passes the filter is shown."""
    await until(lambda: view.complete)


def point_in(view: LogView, row: int, column: int) -> QPoint:
    """The middle of a character of a row in sight."""
    place = next(place for place in view.page.placed() if place.row == row)
    x = view.page.text_origin(place.y).x() + (column + 0.4) * view.page.cell.width
    return QPoint(round(x), place.y + place.height // 2)


def click(
    view: LogView,
    point: QPoint,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Click into the log."""
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, point)


def hover(view: LogView, point: QPoint) -> None:
    """Move the mouse there, no button held."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(view.viewport().mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


def link_of(view: LogView) -> tuple[int, int, int] | None:
    """The row and the characters of the link that is underlined."""
    return view._link
