"""Rows to the clipboard, in slices: a million of them stop nothing."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import (
    QByteArray,
    QCoreApplication,
    QMimeData,
    QObject,
    QStringListModel,
    Signal,
)
from PySide6.QtGui import QGuiApplication

from session.log.store import LogStore
from studio.figures import size
from studio.widgets.log_view.columns import TimeMode
from studio.widgets.log_view.log_pages import raw_rows
from studio.widgets.log_view.plain_lines import PlainLines
from studio.widgets.log_view.slices import Slices

#: Bytes that are gathered before they are added to what is copied.
_PIECE = 64 * 1024
#: How much more room is made than the first rows make one expect.
_SPARE = 1.25


class Copying(QObject):
    """One copy at a time; a new one replaces the one before."""

    #: A sentence that says what is in the clipboard now.
    copied = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slices = Slices(self)

    @property
    def busy(self) -> bool:
        """Whether rows are still being gathered."""
        return self._slices.busy

    def copy_rows(
        self, log: LogStore, seqs: Sequence[int], *, columns: bool, times: TimeMode
    ) -> None:
        """Put rows into the clipboard, with or without what stands before their messages."""
        data = QByteArray()
        lines = PlainLines(log.started, times, columns=columns)
        work = self._told(_gathering(log, seqs, lines, data))
        self._slices.begin(work, lambda: self._finish(data, len(seqs)))

    def copy_text(self, text: str) -> None:
        """Put a piece of text into the clipboard."""
        self._slices.cancel()
        QGuiApplication.clipboard().setText(text)

    def cancel(self) -> None:
        """Drop the copy that is under way; the clipboard stays as it is."""
        self._slices.cancel()

    def _told(self, work: Iterator[None]) -> Iterator[None]:
        """Do the work; say so where the log cannot be read."""
        try:
            yield from work
        except OSError as error:
            self.cancel()
            text = QCoreApplication.translate("LogView", "Nothing was copied: {reason}.")
            self.copied.emit(text.format(reason=error.strerror or str(error)))

    def _finish(self, data: QByteArray, rows: int) -> None:
        mime = _mime_data()
        if data.endsWith(QByteArray(b"\n")):
            data.chop(1)  # who pastes one row wants no new line
        mime.setData("text/plain", data)  # made into text when it is pasted, not now
        QGuiApplication.clipboard().setMimeData(mime)
        self.copied.emit(_sentence(rows, data.size()))


def _gathering(
    log: LogStore, seqs: Sequence[int], lines: PlainLines, data: QByteArray
) -> Iterator[None]:
    piece: list[str] = []
    length = 0
    for done, (row, raw) in enumerate(raw_rows(log, seqs)):
        text = lines.text(row, raw)
        piece.append(text)
        length += len(text)
        if length >= _PIECE:
            data.append("".join(piece).encode("utf-8", "backslashreplace"))
            piece, length = [], 0
            if data.capacity() < 2 * _PIECE:  # all at once: to grow bit by bit is to copy often
                data.reserve(round(data.size() / (done + 1) * len(seqs) * _SPARE))
            yield
    piece.append(lines.end())
    data.append("".join(piece).encode("utf-8", "backslashreplace"))


def _mime_data() -> QMimeData:
    """Return an empty object for the clipboard, made by Qt itself.

    One that Python made crashes the process when it is still in the clipboard at the end.
    """
    model = QStringListModel([""])
    mime = model.mimeData([model.index(0, 0)])
    for name in mime.formats():
        mime.removeFormat(name)
    return mime


def _sentence(rows: int, count: int) -> str:
    if rows == 1:
        return QCoreApplication.translate("LogView", "1 row copied")
    text = QCoreApplication.translate("LogView", "{rows} rows copied ({size})")
    return text.format(rows=f"{rows:,}", size=size(count))
