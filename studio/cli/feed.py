"""Carries the rows of a log to an outlet, a page at a time, by cursor."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from session.log.entry import Row
from session.log.store import LogStore
from studio.cli.console import Outlet

PAGE_ROWS: Final = 1000


class View(Protocol):
    """How rows are written."""

    def page(self, rows: Sequence[Row]) -> str:
        """Return the text of these rows."""
        ...


class Feed:
    """Writes what a log has beyond a cursor. One writer at a time: writes never interleave."""

    def __init__(self, log: LogStore, view: View, outlet: Outlet, encoding: str = "utf-8") -> None:
        self.cursor = 0
        self._log = log
        self._view = view
        self._outlet = outlet
        self._encoding = encoding

    @property
    def behind(self) -> int:
        """How many rows the log has that were not written yet."""
        return self._log.last_seq - self.cursor

    async def write_new(self) -> None:
        """Write one page of what is new; raise `OutputClosed` when nobody reads it."""
        rows = self._log.read(self.cursor, PAGE_ROWS)
        if rows:
            self.cursor = rows[-1].seq
            await self.write(self._view.page(rows))

    async def write(self, text: str) -> None:
        """Write `text` itself."""
        await self._outlet.write(text.encode(self._encoding, "replace"))
        await asyncio.sleep(0)
