"""Log queries in a process of their own, so that neither loop nor window waits for a pattern.

The process is started with the first search and kept; it ends with `close`, and with us.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from session.errors import SearchFailed
from session.log import searcher
from session.log.entry import LogQuery
from session.log.query import compile_query
from session.log.store import LogStore

_PROGRAM: Final = Path(searcher.__file__)
#: Bytes taken from the process in one turn of the loop.
_CHUNK: Final = 256 * 1024


class Search:
    """The answer to one query, as it comes: batches of sequence numbers, newest first.

    Iterate it with `async for`. It ends early when another search supersedes it, and raises
    `SearchFailed` where the process could not do it.
    """

    def __init__(self, generation: int, folder: Path) -> None:
        self.generation = generation
        self.folder = folder
        self.complete = False  # whether every matching row was handed out
        self._batches: asyncio.Queue[Sequence[int] | None] = asyncio.Queue()
        self._failure: str | None = None
        self._ended = False

    def __aiter__(self) -> "Search":
        return self

    async def __anext__(self) -> Sequence[int]:
        batch = None if self._ended and self._batches.empty() else await self._batches.get()
        if batch is not None:
            return batch
        if self._failure is not None:
            raise SearchFailed(self.folder, self._failure)
        raise StopAsyncIteration

    def take(self, kind: int, body: bytes) -> None:
        """Take one frame of the process."""
        if kind == searcher.ROWS:
            self._batches.put_nowait(array("Q", body))
            return
        self.complete = kind == searcher.DONE
        self.end(None if self.complete else body.decode("utf-8", "replace"))

    def end(self, failure: str | None = None) -> None:
        """Hand out nothing more after what was taken."""
        if not self._ended:
            self._ended, self._failure = True, failure
            self._batches.put_nowait(None)


class LogSearch:
    """One search at a time; a new one supersedes the one before, whatever that is doing.

    To be used from the event loop's thread; no call blocks, but the first one starts a process.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._received = bytearray()
        self._generation = 0
        self._current: Search | None = None
        self._reaping: asyncio.Future[int] | None = None

    async def __aenter__(self) -> Self:
        self.warm_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """The process, if it is up."""
        return self._process.pid if self._process is not None else None

    def warm_up(self) -> None:
        """Start the process, so that the first search need not; `SearchFailed` if that fails."""
        if self._process is None:
            self._start(Path())

    def search(self, log: LogStore, query: LogQuery, after: int = 0) -> Search:
        """Begin to search the rows that `log` has now and that follow row `after`.

        `InvalidPattern` where that is due.
        """
        compile_query(query)
        self.cancel()
        self._generation += 1
        search = Search(self._generation, log.folder)
        if self._process is None:
            self._start(log.folder)
        self._current = search
        self._send(_request(search, log, query, after))
        return search

    def cancel(self) -> None:
        """End the search that is under way, if any; the process drops it at the next request."""
        if self._current is not None:
            self._current.end()
            self._current = None

    async def close(self) -> None:
        """End the process and wait until it is gone; harmless when repeated."""
        self.cancel()
        process = self._let_go()
        if process is not None:
            process.kill()
            await asyncio.to_thread(process.wait)
        if self._reaping is not None:
            await self._reaping

    def _start(self, folder: Path) -> None:
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as error:
            raise SearchFailed(folder, error.strerror or str(error)) from error
        self._process = process
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
        if process.stdout is not None:
            asyncio.get_running_loop().add_reader(process.stdout.fileno(), self._receive)

    def _send(self, request: bytes) -> None:
        if self._process is None or self._process.stdin is None:
            return
        # Requests are far smaller than a pipe, and the process takes them even while it searches.
        with contextlib.suppress(BrokenPipeError, BlockingIOError):
            if os.write(self._process.stdin.fileno(), request) == len(request):
                return
        self._lost()

    def _receive(self) -> None:
        if self._process is None or self._process.stdout is None:
            return
        try:
            data = os.read(self._process.stdout.fileno(), _CHUNK)
        except BlockingIOError:
            return
        if not data:
            self._lost()
            return
        self._received += data
        while (frame := self._frame()) is not None:
            generation, kind, body = frame
            if self._current is not None and generation == self._current.generation:
                self._hand_out(self._current, kind, body)

    def _hand_out(self, search: Search, kind: int, body: bytes) -> None:
        search.take(kind, body)
        if kind != searcher.ROWS:
            self._current = None

    def _frame(self) -> tuple[int, int, bytes] | None:
        """Take one whole frame off what was received."""
        size = searcher.FRAME.size
        if len(self._received) < size:
            return None
        generation, kind, length = searcher.FRAME.unpack_from(self._received)
        if len(self._received) < size + length:
            return None
        body = bytes(self._received[size : size + length])
        del self._received[: size + length]
        return generation, kind, body

    def _lost(self) -> None:
        """The process is gone or does not listen: the search fails, the next one starts anew."""
        process = self._let_go()
        if process is not None:
            process.kill()
            self._reaping = asyncio.get_running_loop().run_in_executor(None, process.wait)
        if self._current is not None:
            self._current.end("the process that searches it has ended")
            self._current = None

    def _let_go(self) -> "subprocess.Popen[bytes] | None":
        """Forget the process and what it sent; its pipes are closed, which ends it too."""
        process, self._process = self._process, None
        self._received.clear()
        if process is None or process.stdin is None or process.stdout is None:
            return process
        asyncio.get_running_loop().remove_reader(process.stdout.fileno())
        process.stdin.close()
        process.stdout.close()
        return process


def _request(search: Search, log: LogStore, query: LogQuery, after: int) -> bytes:
    """Return the request's line; the process reads the log by its folder."""
    sources = sorted(query.sources)
    request = {
        "generation": search.generation,
        "folder": str(log.folder.absolute()),
        "rows": log.last_seq,
        "indexed": log.indexed,
        "after": after,
        "query": [sources, int(query.severity), query.text, query.regex, query.exclude],
    }
    return json.dumps(request).encode() + b"\n"
