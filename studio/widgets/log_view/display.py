"""What the view displays, by row: lines of the log through its lens, then the unfinished ones.

Reads the store by cursor and keeps the few lines that were shown last.
"""

import contextlib
from collections.abc import Sequence
from typing import Final

from session.log.entry import LogEntry, LogQuery, Row, Severity, Source, Stream
from session.log.store import LogStore
from studio.widgets.log_view.carried_style import style_at
from studio.widgets.log_view.lens import Lens
from studio.widgets.log_view.shown_line import (
    ShownLine,
    lost_bytes,
    show_row,
    show_tail,
    unreadable_line,
)
from studio.widgets.log_view.text_style import PLAIN

#: Lines kept; several screens.
_KEPT: Final = 1024
#: How far back the beginning of a wrapped line is looked for: another stream may lie between.
_LOOK_BACK: Final = 4


class Display:
    """Lines by row. Rows from `len(lens)` on are unfinished lines of the program."""

    def __init__(self, lens: Lens) -> None:
        self.lens = lens
        self.log: LogStore | None = None
        self.tails: list[ShownLine] = []
        self._unfolded: set[int] = set()
        self._lines: dict[int, ShownLine] = {}

    def __len__(self) -> int:
        return len(self.lens) + len(self.tails)

    @property
    def lens_rows(self) -> int:
        """How many rows are of the log itself."""
        return len(self.lens)

    def show(self, log: LogStore | None) -> None:
        """Display another log."""
        self.log = log
        self.tails = []
        self._unfolded.clear()
        self._lines.clear()

    def seq_at(self, row: int) -> int:
        """Return the sequence number of a row, 0 for an unfinished line."""
        return self.lens.seq_at(row) if row < len(self.lens) else 0

    def row_of(self, seq: int) -> int:
        """Return the row that shows a sequence number, or the next one shown."""
        return self.lens.row_of(seq)

    def lines(self, first: int, stop: int) -> list[ShownLine]:
        """Return the lines of rows `first` to `stop`, as far as there are any."""
        seqs = self.lens.seqs(first, stop)
        self._load(seqs)
        tails = self.tails[max(first - len(self.lens), 0) : max(stop - len(self.lens), 0)]
        return [self._lines[seq] for seq in seqs] + tails

    def line(self, row: int) -> ShownLine:
        """Return one line; IndexError where there is no such row."""
        if row >= len(self.lens):
            return self.tails[row - len(self.lens)]
        seq = self.lens.seq_at(row)
        self._load([seq])
        return self._lines[seq]

    def entry(self, row: int) -> Row | None:
        """Return the log's own row; None for an unfinished line, or where it cannot be read."""
        if self.log is None or row >= len(self.lens):
            return None
        try:
            return self.log.row(self.lens.seq_at(row))
        except OSError:
            return None

    def unfold(self, seq: int, *, whole: bool) -> None:
        """Show a long line whole, or fold it again."""
        (self._unfolded.add if whole else self._unfolded.discard)(seq)
        self._lines.pop(seq, None)

    @property
    def any_unfolded(self) -> bool:
        """Whether some long line is shown whole."""
        return bool(self._unfolded)

    @property
    def unfolded(self) -> list[int]:
        """The long lines that are shown whole, by sequence number."""
        return sorted(self._unfolded)

    def take_tails(self, query: LogQuery) -> bool:
        """Take up the unfinished lines that pass `query`; return whether they are others now."""
        found = [] if self.log is None else [(s, self.log.tail(s)) for s in Stream]
        tails = [self._tail(stream, data) for stream, data in found if shows_tail(query, data)]
        changed, self.tails = tails != self.tails, tails
        return changed

    def _tail(self, stream: Stream, data: bytes) -> ShownLine:
        style = PLAIN
        if self.log is not None:
            with contextlib.suppress(OSError):  # its folder is gone; what is in memory is shown
                style = style_at(self.log, self.log.last_seq + 1)
        return show_tail(stream, data, style)

    def drop_tails(self) -> bool:
        """Show no unfinished lines: the log is not live, or the view is paused."""
        had, self.tails = bool(self.tails), []
        return had

    def last_repeated(self, row: int) -> Row | None:
        """Return the last of the rows that a repetition stands for, if a row begins one."""
        repeat = self.lens.repeat_at(row) if row < len(self.lens) else None
        if repeat is None or self.log is None:
            return None
        return self.log.row(self.lens.between_rows(row, row + repeat.period - 1)[-1])

    def _load(self, seqs: Sequence[int]) -> None:
        missing = [seq for seq in seqs if seq not in self._lines]
        if not missing or self.log is None:
            return
        if len(self._lines) > _KEPT:
            self._lines = {seq: self._lines[seq] for seq in seqs if seq in self._lines}
        try:
            if missing[-1] - missing[0] < 2 * len(missing):
                self._take(self.log, set(missing), missing[0], missing[-1])
            else:
                for seq in missing:
                    self._take(self.log, {seq}, seq, seq)
        except OSError as error:  # its folder is gone, say; the window goes on
            for seq in missing:
                self._lines.setdefault(seq, unreadable_line(seq, error))

    def _take(self, log: LogStore, wanted: set[int], first: int, last: int) -> None:
        """Make the wanted rows among rows `first` to `last` ready."""
        start = max(first - 1 - _LOOK_BACK, 0)
        going_on: set[Stream | None] = set()
        for row in log.read(start, last - start):
            if row.seq in wanted:
                raw = log.raw(row.seq) if lost_bytes(row) else None
                continues = isinstance(row, LogEntry) and row.stream in going_on
                whole = row.seq in self._unfolded
                self._lines[row.seq] = show_row(
                    row,
                    raw,
                    continues=continues,
                    unfolded=whole,
                    style=style_at(log, row.seq),
                )
            if isinstance(row, LogEntry) and row.stream is not None:
                (going_on.add if row.continued else going_on.discard)(row.stream)


def shows_tail(query: LogQuery, data: bytes) -> bool:
    """Whether an unfinished line passes the filter, as far as that is known before it ends."""
    if not data or (query.sources and Source.RUNTIME not in query.sources):
        return False
    if query.severity > Severity.INFO or query.regex or query.exclude:
        return False
    return query.text.encode("utf-8", "surrogateescape") in data
