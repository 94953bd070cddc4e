"""Figures of the merged log: ingest, size, queries, search. Both sides of a ratio in one run."""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from session.compose import build_service
from session.events import LogGrew, SessionEvent, StateChanged
from session.home import Home
from session.log.entry import LogQuery, NewEntry, Severity, Source, Stream
from session.log.search import LogSearch
from session.log.store import LogStore
from session.state import SessionState
from tests.bench.figure import Figure

_LINES = 1_000_000
_ROUNDS = 7
_PATTERN = r"\b(error|warning) [EW]0[0-3]\d\d: \w+ing"
_GREP_PATTERN = r"\b(error|warning) [EW]0[0-3][0-9][0-9]: [[:alnum:]_]+ing"
_NEEDLE = "request 77"
#: What such programs say when all is well.
_EVERYDAY = (
    "handled request {} in 311 us",
    "processing item {} of batch alpha",
    "connection {} opened, 17 waiting",
    "loading tile {} from the store",
    "sent 4,096 bytes to peer {}",
    "cache miss on key user:{}, fetching",
)
_FLOOD = """
import os
line = (b"2026-11-20 10:00:00,000 worker[12] took item of batch alpha " + b"y" * 120)[:119] + b"\\n"
block = line * 2000
for _ in range(500):
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(1, rest):]
"""


def figures() -> list[Figure]:
    """Measure everything; takes about a minute."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = _ingest_figures(folder)
        log = _corpus(folder / "corpus")
        found += [_memory(log), _disk(log), _severity_query(log), _substring(log)]
        found += asyncio.run(_regex(log))
        log.close()
    return found


# ---- ingest ------------------------------------------------------------------------------------


def _ingest_figures(folder: Path) -> list[Figure]:
    bare, store, whole = [], [], []
    for number in range(_ROUNDS):
        place = folder / f"ingest{number}"
        bare.append(asyncio.run(_bare_rate()))
        store.append(asyncio.run(_store_rate(place / "store")))
        whole.append(asyncio.run(_session_rate(place)))
        shutil.rmtree(place)  # or the disk is busy with it in the next round
    return [
        _ingest("log: child to store", max(store), max(bare)),
        _ingest("log: program to log, a whole session between", max(whole), max(bare)),
    ]


def _ingest(name: str, ours: float, bare: float) -> Figure:
    return Figure(
        name,
        "≥ 0.33 × a bare asyncio protocol that counts lines",
        f"{ours / bare:.2f} × ({ours / 1e6:.1f} of {bare / 1e6:.1f} M lines/s)",
        ours / bare >= 1 / 3,
        f"1M lines of 120 bytes, best of {_ROUNDS}, interleaved",
    )


class _Counter(asyncio.Protocol):
    def __init__(self, done: "asyncio.Future[int]") -> None:
        self._count = 0
        self._done = done

    def data_received(self, data: bytes) -> None:
        self._count += data.count(b"\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._done.set_result(self._count)


def _flood() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-I", "-c", _FLOOD], stdout=subprocess.PIPE)


async def _bare_rate() -> float:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[int] = loop.create_future()
    with _flood() as child:
        started = time.perf_counter()
        transport, _ = await loop.connect_read_pipe(lambda: _Counter(done), child.stdout)
        count = await done
        seconds = time.perf_counter() - started
        transport.close()
    _must_be(count, _LINES)
    return count / seconds


async def _store_rate(folder: Path) -> float:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    log = LogStore.create(folder, "ingest")
    with _flood() as child:
        assert child.stdout is not None
        source = child.stdout.fileno()
        os.set_blocking(source, False)

        def on_readable() -> None:
            data = os.read(source, 256 * 1024)
            if data:
                log.feed(Stream.STDOUT, data)
                return
            loop.remove_reader(source)
            log.finish(Stream.STDOUT)
            done.set_result(None)

        started = time.perf_counter()
        loop.add_reader(source, on_readable)
        await done
        seconds = time.perf_counter() - started
    _must_be(log.last_seq, _LINES)
    log.close()
    return _LINES / seconds


async def _session_rate(folder: Path) -> float:
    """Play the same program through a service; from `running` to its last line in the log."""
    project = folder / "project"
    await asyncio.to_thread(_write_flood, project)
    service = build_service(Home.under(folder / "home"))
    session = service.open(project)
    times: dict[str, float] = {}

    def heard(event: SessionEvent) -> None:
        if isinstance(event, StateChanged) and event.after is SessionState.RUNNING:
            times["began"], times["rows"] = time.perf_counter(), event.seq
        elif isinstance(event, LogGrew) and event.last_seq >= times.get("rows", 1e9) + _LINES:
            times.setdefault("ended", time.perf_counter())

    session.subscribe(heard)
    session.play()
    await session.wait()
    await service.close()
    return _LINES / (times["ended"] - times["began"])


def _write_flood(project: Path) -> None:
    project.mkdir()
    (project / "main.py").write_text(_FLOOD)


# ---- the corpus --------------------------------------------------------------------------------


def _corpus(folder: Path) -> LogStore:
    """Return a log of 1M lines like a busy program's: two streams, four sources, some findings."""
    log = LogStore.create(folder, "corpus")
    chance = random.Random(7)
    for number in range(_LINES // 1000):
        log.append(NewEntry(Source.BUILD, Severity.INFO, f"compiled file {number}"))
        log.append(NewEntry(Source.PACK, Severity.WARNING, f"left out {number}", code="left-out"))
        text = "".join(_lines(chance, number * 1000))
        log.feed(Stream.STDERR if number % 10 == 0 else Stream.STDOUT, text.encode())
    return log


def _lines(chance: random.Random, first: int) -> Iterator[str]:
    for number in range(first, first + 998):
        head = f"2026-11-20 10:{number // 60 % 60:02d}:{number % 60:02d},123 worker[{number % 16}] "
        dice = chance.random()
        if dice < 0.009:
            code = f"{chance.choice('EW')}0{chance.randrange(4)}{chance.randrange(100):02d}"
            body = f"{chance.choice(('error', 'warning'))} {code}: parsing of part {number} failed"
        elif dice < 0.03:
            body = f"error while reading part {number}, trying again"
        elif dice < 0.05:
            body = f"WARNING queue is {chance.randrange(100)} % full"
        else:
            body = chance.choice(_EVERYDAY).format(number)
        yield (head + body).ljust(114, ".") + "\n"


# ---- sizes -------------------------------------------------------------------------------------


def _memory(log: LogStore) -> Figure:
    columns = log._columns
    size = sum(map(sys.getsizeof, (columns.ends, columns.times, columns.meta)))
    each = size / log.last_seq
    return Figure(
        "log: memory",
        "≤ 20 bytes a line",
        f"{each:.1f} bytes a line",
        each <= 20,
        "size of all columns as allocated, 1M lines",
    )


def _disk(log: LogStore) -> Figure:
    used = sum(file.stat().st_size for file in log.folder.iterdir())
    payload = (log.folder / "log.spool").stat().st_size  # as printed, with the newlines
    each = (used - payload) / log.last_seq
    return Figure(
        "log: disk",
        "≤ payload + 18 bytes a line",
        f"payload + {each:.2f} bytes a line",
        each <= 18,
        "both files, 1M lines; the header's 64 bytes included",
    )


# ---- queries -----------------------------------------------------------------------------------


def _severity_query(log: LogStore) -> Figure:
    few = LogQuery(sources=frozenset({Source.BUILD, Source.PACK}), severity=Severity.WARNING)
    many = LogQuery(sources=frozenset({Source.RUNTIME}), severity=Severity.INFO)
    slowest = max(_best(lambda query=query: log.select(query)) for query in (few, many))  # type: ignore[misc]  # a loop's lambda
    hits = [len(log.select(query)) for query in (few, many)]
    return Figure(
        "log: source and severity query over 1M lines",
        "≤ 33 ms",
        f"{slowest * 1000:.1f} ms",
        slowest <= 0.033,
        f"the slower of {hits[0]:,} and {hits[1]:,} hits, best of {_ROUNDS}",
    )


def _substring(log: LogStore) -> Figure:
    spool = str(log.folder / "log.spool")
    query = LogQuery(text=_NEEDLE)
    _must_be(len(log.select(query)), _grep("-F", _NEEDLE, spool))
    ours, grep = [], []
    for _ in range(_ROUNDS):
        ours.append(_timed(lambda: log.select(query)))
        grep.append(_timed(lambda: _grep("-F", _NEEDLE, spool)))
    ratio = min(ours) / min(grep)
    return Figure(
        "log: substring over 1M lines",
        "≤ 4 x grep -F",
        f"{ratio:.1f} x ({min(ours) * 1000:.0f} of {min(grep) * 1000:.0f} ms)",
        ratio <= 4,
        f"{len(log.select(query)):,} hits, best of {_ROUNDS}, interleaved",
    )


async def _regex(log: LogStore) -> list[Figure]:
    spool = str(log.folder / "log.spool")
    ours, first, grep, hits = [], [], [], 0
    async with LogSearch() as search:
        for _ in range(_ROUNDS):
            grep.append(await asyncio.to_thread(_timed, lambda: _grep("-E", _GREP_PATTERN, spool)))
            whole, screen, hits = await _search(search, log)
            _must_be(hits, _grep("-E", _GREP_PATTERN, spool))
            ours.append(whole)
            first.append(screen)
    ratio = min(ours) / min(grep)
    return [
        Figure(
            "log: regex over 1M lines, in the search process",
            "≤ 5 x grep -E",
            f"{ratio:.1f} x ({min(ours) * 1000:.0f} of {min(grep) * 1000:.0f} ms)",
            ratio <= 5,
            f"{hits:,} hits, best of {_ROUNDS}, interleaved",
        ),
        Figure(
            "log: first screen of a regex search",
            "≤ 50 ms",
            f"{max(first) * 1000:.1f} ms",
            max(first) <= 0.05,
            f"60 newest hits, worst of {_ROUNDS}, from the call on",
        ),
    ]


async def _search(search: LogSearch, log: LogStore) -> tuple[float, float, int]:
    """Return seconds for all hits, seconds for the first 60, and how many there were."""
    started, screen, hits = time.perf_counter(), 0.0, 0
    async for batch in search.search(log, LogQuery(regex=_PATTERN)):
        hits += len(batch)
        if not screen and hits >= 60:
            screen = time.perf_counter() - started
    return time.perf_counter() - started, screen, hits


def _grep(kind: str, pattern: str, file: str) -> int:
    """Return how many lines grep counts. `-a`: extras hold zero bytes."""
    argv = ["grep", "-a", "-c", kind, "-e", pattern, file]
    environ = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(argv, stdout=subprocess.PIPE, env=environ, check=True)
    return int(done.stdout)


def _best(work: Callable[[], object]) -> float:
    return min(_timed(work) for _ in range(_ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _must_be(found: int, expected: int) -> None:
    if found != expected:
        message = f"measured something else: {found} instead of {expected}"
        raise RuntimeError(message)


if __name__ == "__main__":
    for figure in figures():
        print(*figure, sep=" | ")
