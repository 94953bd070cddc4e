"""The search process: one log query after another, newest rows first. A program, not a module.

Started by path (`python -I -S searcher.py`) and alone with the standard library, it reads one
JSON request a line and answers with frames (`FRAME`). A new request ends the one before, also in
the middle of a pattern that would run for years; the end of its input ends the process.
"""

import json
import os
import select
import signal
import struct
import sys
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from session.log.backwards import BackwardsLog
    from session.log.scan import Query

#: Generation, kind, size of the body in bytes.
FRAME: Final = struct.Struct("<IBI")
#: Kinds: u64 sequence numbers, newest first; the end; the end, with a sentence that says why.
ROWS, DONE, FAILED = range(3)
#: How often a running search looks whether it is still wanted, in seconds.
_LOOK_EVERY: Final = 0.02
#: The window and the program come first: they share what cores there are with this process.
_NICE: Final = 5
#: How often an idle process looks whether its parent is still there, in seconds.
_IDLE: Final = 5.0


class SupersededError(Exception):
    """Another request came, so nobody waits for the rest of this one."""


class Requests:
    """Lines on standard input; notices a new one while the last is being worked on."""

    def __init__(self) -> None:
        self._pending = b""
        self._parent = os.getppid()
        self._working = False
        self._interruptible = False
        signal.signal(signal.SIGALRM, self._look)

    def newest(self) -> bytes:
        """Wait for a request and return the newest; the process ends when there will be none."""
        self._working = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        while b"\n" not in self._pending:
            self._receive(_IDLE)
        *_, line, self._pending = self._pending.split(b"\n")
        self._working = True
        signal.setitimer(signal.ITIMER_REAL, _LOOK_EVERY, _LOOK_EVERY)
        return line

    def __enter__(self) -> None:
        """From here on a new request raises `SupersededError`."""
        self._interruptible = True

    def __exit__(self, *_: object) -> None:
        self._interruptible = False

    def _look(self, _number: int, _frame: FrameType | None) -> None:
        # `re` lets signals in while it matches, so this comes even in a hopeless pattern.
        if not self._working:  # a late signal must not read what `newest` is reading
            return
        self._receive(0)
        if self._interruptible and b"\n" in self._pending:
            self._interruptible = False
            raise SupersededError

    def _receive(self, wait_s: float) -> None:
        """Take what has come on standard input; end the process where nobody is there to send."""
        if os.getppid() != self._parent:
            os._exit(0)
        if not select.select([0], [], [], wait_s)[0]:
            return
        data = os.read(0, 65536)
        if not data:
            os._exit(0)
        self._pending += data


def serve() -> None:
    """Answer requests until the end of the input."""
    requests = Requests()
    while True:
        request = json.loads(requests.newest())
        generation = int(request.pop("generation"))
        try:
            _answer(requests, generation, **request)
            _send(generation, DONE)
        except SupersededError:
            continue
        except Exception as error:  # noqa: BLE001 - whatever it was, the one who asked must hear it
            _send(generation, FAILED, (str(error) or type(error).__name__).encode())


def _answer(
    requests: Requests,
    generation: int,
    folder: str,
    rows: int,
    indexed: int,
    after: int,
    query: list[Any],
) -> None:
    from pathlib import Path

    from session.log.backwards import BackwardsLog, Extent

    log = BackwardsLog(Extent(Path(folder), rows, indexed, after))
    try:
        _search(requests, generation, log, after, _query(query))
    finally:
        log.close()


def _query(parts: list[Any]) -> "Query":
    from session.log.entry import LogQuery, Severity, Source
    from session.log.query import compile_query

    sources, severity, text, regex, exclude = parts
    wanted = frozenset(map(Source, sources))
    return compile_query(LogQuery(wanted, Severity(severity), text, regex, exclude))


def _search(
    requests: Requests, generation: int, log: "BackwardsLog", after: int, query: "Query"
) -> None:
    """Send the matching rows of one block after another."""
    from array import array

    from session.log.scan import scan

    blocks = log.newest_first()
    while True:
        with requests:
            placed = next(blocks, None)
            found = scan(placed.block, query) if placed is not None else []
        if placed is None:
            return
        offset = placed.before + 1
        rows = [row + offset for row in reversed(found) if row + offset > after]
        if rows:
            _send(generation, ROWS, array("Q", rows).tobytes())


def _send(generation: int, kind: int, body: bytes = b"") -> None:
    """Write one frame; blocks while nobody reads."""
    data = FRAME.pack(generation, kind, len(body)) + body
    try:
        while data:
            data = data[os.write(1, data) :]
    except BrokenPipeError:
        os._exit(0)


def _find_siblings() -> None:
    """Make `session.log` importable from the files beside this one, and nothing else with it."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs start-up
    for name, folder in (("session", os.path.dirname(here)), ("session.log", here)):  # noqa: PTH120 - as above
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package


if __name__ == "__main__":
    os.nice(_NICE)
    _find_siblings()
    serve()
