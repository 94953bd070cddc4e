"""The stream of events: rows of a journal after a cursor, in batches, for as long as one reads.

Rows are pulled when the reader has taken those before, so that a slow one costs no memory.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from session.api.grpc.event_ring import Journal
from session.api.grpc.methods import Context
from session.api.grpc.playhead_pb2 import (
    Entry,
    Event,
    EventBatch,
    EventsRequest,
    LeftOut,
    StateChanged,
)
from session.log.entry import LogEntry, Row

_ROWS: Final = 500


class EventDesk:
    """Serves one journal. `log_id` names what its numbers count."""

    def __init__(self, journal: Journal, log_id: str) -> None:
        self._journal = journal
        self._log_id = log_id

    async def stream(self, request: EventsRequest, context: Context) -> None:
        """Write what follows the cursor, then what comes."""
        grew = asyncio.Event()
        unsubscribe = self._journal.subscribe(grew.set)
        after = request.after
        try:
            while True:
                grew.clear()
                rows = self._journal.read(after, _ROWS)
                if rows:
                    await context.write(self._batch(rows, after))
                    after = rows[-1].seq
                elif request.no_follow:
                    return
                else:
                    await grew.wait()
        finally:
            unsubscribe()

    def _batch(self, rows: Sequence[Row], after: int) -> EventBatch:
        batch = EventBatch(log_id=self._log_id)
        lost = rows[0].seq - after - 1
        if lost > 0:
            batch.events.append(Event(seq=rows[0].seq - 1, left_out=LeftOut(count=lost)))
        batch.events.extend(map(event_of, rows))
        return batch


def event_of(row: Row) -> Event:
    """Return a row as a message."""
    if isinstance(row, LogEntry):
        return Event(seq=row.seq, time=row.time, entry=_entry(row))
    change = StateChanged(before=row.before, after=row.after, cause=row.cause)
    return Event(seq=row.seq, time=row.time, state_changed=change)


def _entry(row: LogEntry) -> Entry:
    entry = Entry(
        source=row.source.value,
        severity=row.severity.word,
        message=_text(row.message),
        stream=row.stream.value if row.stream is not None else "",
        continued=row.continued,
        origin=row.origin or "",
        code=row.code or "",
        hint=_text(row.hint or ""),
    )
    if row.location is not None:
        entry.path = _text(row.location.path)
        entry.line, entry.column = row.location.line or 0, row.location.column or 0
    return entry


def _text(text: str) -> str:
    """Return text that UTF-8 can write."""
    return text.encode("utf-8", "replace").decode("utf-8")
