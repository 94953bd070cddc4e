"""The merged log of one run: one sequence over all sources, on disk as it is written.

Owns the sequence, the time and the order of writes. Must not know what a run is, and never
decodes a line on the way in. To be used from one thread, that of the event loop.
"""

import time
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path

from session.errors import LogUnwritable
from session.log.columns import Columns
from session.log.entry import LogQuery, NewEntry, Row, Severity, Stream
from session.log.payload import (
    decode_row,
    entry_payload,
    message_of,
    output_meta,
    state_payload,
    with_origin,
)
from session.log.reader import LogReader
from session.log.records import CONTINUED_BIT, SPOOL_NAME, Header
from session.log.severity import StderrSeverity
from session.log.splitter import Batch, LineSplitter
from session.log.spool import SpoolReader
from session.log.writer import LogWriter, Part

#: What rows are called that were found in the spool and not in the index.
RECOVERED = "recovered"
#: Bytes of the spool that `read` takes at a time.
_READ_SIZE = 4 * 1024 * 1024


class LogStore:
    """A run's log, to be written (`create`) or looked at (`open`). Sequence numbers start at 1."""

    def __init__(
        self,
        folder: Path,
        columns: Columns,
        spool: SpoolReader,
        written_by: LogWriter | None,
        reader: LogReader | None,
        header: Header,
    ) -> None:
        """Use `create` or `open`."""
        self.folder = folder
        self._header = header
        self._columns = columns
        self._spool = spool
        self._writer = written_by
        self._reader = reader
        self._splitters = {stream: LineSplitter() for stream in Stream}
        self._judge = StderrSeverity()
        #: Which part of the program speaks on a stream; a stream is not here while none is told.
        self._origins: dict[Stream, str | None] = {}
        self._listeners: list[Callable[[], None]] = []

    @classmethod
    def create(cls, folder: Path, run_id: str) -> "LogStore":
        """Begin a run's log in its folder; raise `LogUnwritable` where that cannot be."""
        header = Header(run_id, time.time())
        try:
            folder.mkdir(parents=True, exist_ok=True)
            writer = LogWriter(folder, header)
            spool = SpoolReader(folder / SPOOL_NAME)
        except OSError as error:
            raise LogUnwritable(folder, _reason(error)) from error
        return cls(folder, Columns(), spool, writer, None, header)

    @classmethod
    def open(cls, folder: Path, *, live: bool | None = None) -> "LogStore":
        """Look at the log of a finished, crashed or live run; never writes.

        `live` says whether someone is writing it now; None looks whether the folder is locked.
        A damaged index costs times and sources, never lines: what is in the spool and in no
        record is shown as runtime lines with the code `recovered`. OSError where the files
        cannot be read; a folder without a log is an empty log.
        """
        columns, spool = Columns(), SpoolReader(folder / SPOOL_NAME)
        reader = LogReader(folder, columns, spool, live)
        reader.refresh()
        return cls(folder, columns, spool, None, reader, Header(folder.name, 0.0))

    @property
    def run_id(self) -> str:
        """The run whose log it is; the folder's name where the index does not say."""
        return self._known_header.run_id

    @property
    def last_seq(self) -> int:
        """The sequence number of the newest row, 0 where there is none."""
        return len(self._columns)

    @property
    def started(self) -> float:
        """When the first row was written, in seconds since the epoch; else when the log was."""
        return self._columns.times[0] if self._columns.times else self._known_header.created

    @property
    def indexed(self) -> int:
        """How many rows the index on disk vouches for; those after it were recovered."""
        return len(self._columns) if self._reader is None else self._reader.indexed

    @property
    def _known_header(self) -> Header:
        found = self._reader.header if self._reader is not None else None
        return found or self._header

    def append(self, entry: NewEntry) -> int:
        """Write one entry and return its sequence number; `LogUnwritable` where it is not safe."""
        payload, meta = entry_payload(entry)
        return self._append(payload, meta)

    def append_state(self, before: str, after: str, cause: str) -> int:
        """Write a state change, in the same sequence, and return its number."""
        payload, meta = state_payload(before, after, cause)
        return self._append(payload, meta)

    def feed(self, stream: Stream, data: bytes, origin: str | None = None) -> None:
        """Take raw output of the program, in any chunks; whole lines become rows at once.

        `origin` is the part of the program that wrote it; another one begins a line of its own.

        When it raises `LogUnwritable`, lines of this call that were not written are kept and
        written by the next call that can: stop reading from the program until then.
        """
        if origin != self._origins.get(stream):
            self.finish(stream)
            self._origins[stream] = origin
        self._take(stream, self._splitters[stream].push(data, self._columns.size))

    def finish(self, stream: Stream) -> None:
        """Note the end of a stream: its unfinished line, if any, becomes a row."""
        self._take(stream, self._splitters[stream].finish(self._columns.size))

    def tail(self, stream: Stream) -> bytes:
        """Return the unfinished line as a terminal shows it, b"" where there is none."""
        return self._splitters[stream].tail

    def read(self, after: int = 0, limit: int = 1000) -> list[Row]:
        """Return the rows that follow row `after`, at most `limit` of them."""
        first = max(after, 0)
        stop = min(first + limit, self.last_seq)
        rows: list[Row] = []
        while first < stop:
            base = self._columns.start(first)
            last = max(bisect_right(self._columns.ends, base + _READ_SIZE, first, stop), first + 1)
            data = self._spool.read(base, self._columns.ends[last - 1])
            rows.extend(self._decode(row, data, base) for row in range(first, last))
            first = last
        return rows

    def row(self, seq: int) -> Row:
        """Return one row; IndexError where there is none of that number."""
        self._check(seq)
        return self.read(seq - 1, 1)[0]

    def raw(self, seq: int) -> bytes:
        """Return a row's bytes exactly as the program wrote them (an entry's message)."""
        self._check(seq)
        row = seq - 1
        payload = self._spool.read(self._columns.start(row), self._columns.ends[row] - 1)
        return message_of(payload, self._columns.meta[row])

    def before(self, seq: int, rows: int, size: int) -> bytes:
        """Return what lies before row `seq`: the last `size` bytes of `rows` rows, at most.

        They are the bytes on the disk, each row's followed by a newline; `seq` may be one more
        than the last there is.
        """
        row = min(max(seq - 1, 0), self.last_seq)
        stop = self._columns.start(row)
        return self._spool.read(max(self._columns.start(max(row - rows, 0)), stop - size), stop)

    def select(self, query: LogQuery, after: int = 0, until: int | None = None) -> Sequence[int]:
        """Return the sequence numbers after `after`, up to `until`, that match; ascending.

        Sources and severities cost milliseconds a million rows; patterns read the spool, which
        `LogSearch` does in another process. `InvalidPattern` where a pattern is none.
        """
        # Imported late: a run that nobody filters does not pay for it.
        from session.log.query import compile_query, wants_everything
        from session.log.scan import marked, read_block, scan, spans

        ready, first, columns = compile_query(query), max(after, 0), self._columns
        last = len(columns) if until is None else min(until, len(columns))
        if wants_everything(query):
            return range(first + 1, last + 1)
        if not ready.matchers and ready.exclude is None:
            return marked(columns.meta[first:last].translate(ready.accept), first + 1)
        found = array("Q")
        for begin, stop in spans(columns.ends, first, last):
            block = read_block(columns.ends, columns.meta, begin, stop, self._spool.read)
            found.extend(row + 1 for row in scan(block, ready))
        return found

    def digests(self, after: int, until: int) -> list[int]:
        """Return a number for each row after `after` up to `until`: alike rows have the same one.

        Two rows are alike when everything but their number and time is the same.
        """
        first, stop, columns = max(after, 0), min(until, self.last_seq), self._columns
        if first >= stop:
            return []
        base = columns.start(first)
        data = self._spool.read(base, columns.ends[stop - 1])
        ends = [end - base for end in columns.ends[first:stop]]
        starts = [0, *ends[:-1]]
        rows = [data[start:end] for start, end in zip(starts, ends, strict=True)]
        return list(map(hash, zip(columns.meta[first:stop], rows, strict=True)))

    def subscribe(self, on_grew: Callable[[], None]) -> Callable[[], None]:
        """Have `on_grew` called once for every call that added rows; return what ends that.

        It is called after the rows are safe, should return at once and must not raise.
        """
        self._listeners.append(on_grew)

        def unsubscribe() -> None:
            if on_grew in self._listeners:
                self._listeners.remove(on_grew)

        return unsubscribe

    def refresh(self) -> bool:
        """Pick up what another process wrote since; return whether there are more rows."""
        if self._reader is None or not self._reader.refresh():
            return False
        self._announce()
        return True

    def sync(self) -> None:
        """Have the disk take everything that was acknowledged; blocks for milliseconds."""
        try:
            self._writable().sync()
        except OSError as error:
            raise LogUnwritable(self._spool.path, _reason(error)) from error

    def close(self) -> None:
        """Let go of the files; harmless when repeated. Reading goes on, writing does not."""
        if self._writer is not None:
            self._writer.close()
        self._spool.close()

    def _append(self, payload: bytes, meta: int) -> int:
        ends = array("Q", [self._columns.size + len(payload) + 1])
        _, error = self._write((payload, b"\n"), ends, bytes([meta]))
        if error is not None:
            raise LogUnwritable(self._spool.path, _reason(error)) from error
        self._announce()
        return self.last_seq

    def _take(self, stream: Stream, batch: Batch | None) -> None:
        if batch is None or not batch.ends:
            return
        meta, origin = self._meta_of(stream, batch), self._origins.get(stream)
        parts, ends = batch.parts, batch.ends
        if origin is not None:
            block, ends, meta = with_origin(batch.block, batch.base, ends, meta, origin)
            parts = (block,)
        rows, error = self._write(parts, ends, meta)
        if rows:
            self._announce()
        if error is not None:
            self._splitters[stream].give_back(batch, rows)
            raise LogUnwritable(self._spool.path, _reason(error)) from error

    def _write(
        self, parts: Sequence[Part], ends: "array[int]", meta: bytes
    ) -> tuple[int, OSError | None]:
        """Write a batch and keep what is safe; `meta` is one byte a row, or one for all."""
        now = time.time()
        rows, error = self._writable().write(parts, ends, now, meta)
        if rows:
            kept = meta[:rows] if len(meta) > 1 else meta * rows
            self._columns.extend(ends[:rows], array("d", [now]) * rows, kept)
        return rows, error

    def _meta_of(self, stream: Stream, batch: Batch) -> bytes:
        """Return the meta bytes of a batch; one for all where all are alike."""
        plain = output_meta(stream, Severity.INFO)
        if stream is Stream.STDOUT and not batch.continued:
            return bytes([plain])
        marks = bytearray([plain]) * len(batch.ends)
        if stream is Stream.STDERR:
            table = bytes(output_meta(stream, severity) for severity in Severity)
            marks = bytearray(self._judge.classify(batch).translate(table.ljust(256)))
        for row in batch.continued:
            marks[row] |= CONTINUED_BIT
        return bytes(marks)

    def _decode(self, row: int, data: bytes, base: int) -> Row:
        columns = self._columns
        payload = data[columns.start(row) - base : columns.ends[row] - 1 - base]
        code = RECOVERED if row >= self.indexed else None
        return decode_row(row + 1, columns.times[row], columns.meta[row], payload, code)

    def _check(self, seq: int) -> None:
        if not 1 <= seq <= self.last_seq:
            message = f"the log has rows 1 to {self.last_seq}, but no row {seq}"
            raise IndexError(message)

    def _writable(self) -> LogWriter:
        if self._writer is None:
            raise LogUnwritable(self._spool.path, "it was opened for reading only")
        return self._writer

    def _announce(self) -> None:
        for on_grew in tuple(self._listeners):
            on_grew()


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
