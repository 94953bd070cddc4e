"""One search process of a view, started when it is first needed. No Qt object: it outlives them."""

import asyncio
import contextlib

from session.errors import SearchFailed
from session.log.entry import LogQuery
from session.log.search import LogSearch, Search
from session.log.store import LogStore
from studio import loop


class Searcher:
    """Begins searches, one at a time; usable again after `release`."""

    def __init__(self) -> None:
        self._search: LogSearch | None = None
        self._closing: asyncio.Task[None] | None = None

    def begin(self, log: LogStore, query: LogQuery, after: int) -> Search:
        """Search the rows of `log` that follow row `after`; see `LogSearch.search`."""
        self._search = self._search or LogSearch()
        return self._search.search(log, query, after)

    def warm_up(self) -> None:
        """Start the process, so that the first search need not."""
        self._search = self._search or LogSearch()
        with contextlib.suppress(SearchFailed):  # the first search says so
            self._search.warm_up()

    def cancel(self) -> None:
        """End the search that is under way, if one is."""
        if self._search is not None:
            self._search.cancel()

    def release(self) -> None:
        """Let go of the process; where no loop runs any more, it ends with this one."""
        search, self._search = self._search, None
        if search is None:
            return
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop()
            self._closing = loop.begin(search.close())

    async def released(self) -> None:
        """Wait until the process that was let go is gone."""
        closing, self._closing = self._closing, None
        if closing is not None:
            await closing
