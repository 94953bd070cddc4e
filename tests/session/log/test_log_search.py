import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from session.errors import InvalidPattern, SearchFailed
from session.log.entry import LogQuery, NewEntry, Severity, Source, Stream
from session.log.search import LogSearch
from session.log.store import LogStore

_ROOT = Path(__file__).parents[3]
_LINES = 60_000
_HOPELESS = LogQuery(regex="(a+)+$")


@pytest.fixture
def log(tmp_path: Path) -> LogStore:
    log = LogStore.create(tmp_path / "run", "run")
    log.append_state("idle", "preparing", "play")
    for number in range(0, _LINES, 1000):
        log.append(NewEntry(Source.BUILD, Severity.WARNING, f"step {number}", code="line 7"))
        lines = (f"line {n} of the run".ljust(100) for n in range(number, number + 1000))
        log.feed(Stream.STDOUT, ("\n".join(lines) + "\n").encode())
    return log


@pytest.fixture
async def search() -> AsyncIterator[LogSearch]:
    async with LogSearch() as search:
        yield search


async def _all(search: LogSearch, log: LogStore, query: LogQuery) -> list[int]:
    answer = search.search(log, query)
    found = [seq async for batch in answer for seq in batch]
    assert answer.complete
    return found


@pytest.mark.parametrize(
    "query",
    [
        LogQuery(),
        LogQuery(text="line 77"),
        LogQuery(regex=r"(?i)LINE \d*7 "),
        LogQuery(regex="of", exclude="line [1-9]"),
        LogQuery(sources=frozenset({Source.BUILD}), severity=Severity.WARNING),
        LogQuery(text="nothing like it"),
    ],
)
async def test_the_process_finds_what_the_store_finds_newest_first(
    search: LogSearch, log: LogStore, query: LogQuery
) -> None:
    assert await _all(search, log, query) == list(log.select(query))[::-1]


@pytest.mark.parametrize("after", [0, 1, 16_384, 16_385, 40_000, _LINES, 10**9])
async def test_only_rows_after_one_are_searched(
    search: LogSearch, log: LogStore, after: int
) -> None:
    query = LogQuery(text="7")
    answer = search.search(log, query, after)
    found = [seq async for batch in answer for seq in batch]
    assert found == list(log.select(query, after))[::-1]


async def test_recovered_rows_after_one_are_searched(search: LogSearch, log: LogStore) -> None:
    last = log.last_seq
    with (log.folder / "log.spool").open("ab") as spool:
        spool.write(b"found late\nand\nfound last")
    opened = LogStore.open(log.folder)
    answer = search.search(opened, LogQuery(text="found"), last + 1)
    assert [seq async for batch in answer for seq in batch] == [last + 3]


async def test_the_process_is_kept(search: LogSearch, log: LogStore) -> None:
    await _all(search, log, LogQuery(text="line 1"))
    pid = search.pid
    await _all(search, log, LogQuery(text="line 2"))
    assert search.pid == pid is not None


async def test_rows_that_came_later_are_not_searched(search: LogSearch, log: LogStore) -> None:
    answer = search.search(log, LogQuery(text="fresh"))
    log.feed(Stream.STDOUT, b"fresh\n")
    assert [seq async for batch in answer for seq in batch] == []
    assert await _all(search, log, LogQuery(text="fresh")) == [log.last_seq]


async def test_recovered_rows_are_searched(search: LogSearch, log: LogStore) -> None:
    with (log.folder / "log.spool").open("ab") as spool:
        spool.write(b"found late\nand\nfound last")
    opened = LogStore.open(log.folder)
    assert await _all(search, opened, LogQuery(text="found")) == [opened.last_seq, log.last_seq + 1]
    (log.folder / "log.idx").unlink()
    bare = LogStore.open(log.folder)
    assert await _all(search, bare, LogQuery(text="found")) == [bare.last_seq, bare.last_seq - 2]


async def test_an_empty_log(search: LogSearch, tmp_path: Path) -> None:
    log = LogStore.create(tmp_path, "run")
    assert await _all(search, log, LogQuery(text="x")) == []


async def test_a_new_search_supersedes_the_one_before(search: LogSearch, log: LogStore) -> None:
    first = search.search(log, LogQuery(regex="line"))
    second = search.search(log, LogQuery(text="line 5 "))
    assert [seq async for batch in second for seq in batch] == list(
        log.select(LogQuery(text="line 5 "))
    )
    assert [batch async for batch in first] == []
    assert not first.complete
    assert second.complete


async def test_a_hopeless_pattern_does_not_block_the_next_search(
    search: LogSearch, log: LogStore
) -> None:
    log.feed(Stream.STDOUT, b"a" * 60 + b"b\n")
    hopeless = search.search(log, _HOPELESS)
    pid = search.pid
    await asyncio.sleep(0.3)
    assert len(await asyncio.wait_for(_all(search, log, LogQuery(text="line 5 ")), 20)) == 1
    assert search.pid == pid
    assert not hopeless.complete


async def test_a_search_does_not_hold_up_the_loop(search: LogSearch, log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"a" * 60 + b"b\n")
    search.search(log, _HOPELESS)
    turns, until = 0, time.monotonic() + 0.5
    while time.monotonic() < until:
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 10


async def test_a_bad_pattern_is_refused_at_once(search: LogSearch, log: LogStore) -> None:
    with pytest.raises(InvalidPattern):
        search.search(log, LogQuery(regex="("))


async def test_a_log_that_is_gone_is_said_so(search: LogSearch, log: LogStore) -> None:
    for file in log.folder.iterdir():
        file.unlink()
    with pytest.raises(SearchFailed, match="could not be searched") as caught:
        await _all(search, log, LogQuery(text="x"))
    assert str(log.folder) in str(caught.value)


async def test_a_killed_process_fails_its_search_and_is_replaced(
    search: LogSearch, log: LogStore
) -> None:
    log.feed(Stream.STDOUT, b"a" * 60 + b"b\n")
    answer, pid = search.search(log, _HOPELESS), search.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(SearchFailed, match="has ended"):
        [batch async for batch in answer]
    assert len(await _all(search, log, LogQuery(text="line 5 "))) == 1
    assert search.pid != pid


async def test_close_leaves_no_process_behind(log: LogStore) -> None:
    search = LogSearch()
    await search.close()
    answer = search.search(log, _HOPELESS)
    pid = search.pid
    assert pid is not None
    await search.close()
    assert not _alive(pid)
    assert [batch async for batch in answer] == []
    assert len(await _all(search, log, LogQuery(text="line 5 "))) == 1  # closed is not the end
    await search.close()


@pytest.mark.parametrize("busy", [False, True])
def test_the_process_ends_with_its_parent(log: LogStore, busy: bool) -> None:
    """The busy one cannot even see the end of its input: some other process holds the pipe."""
    log.feed(Stream.STDOUT, b"a" * 60 + b"b\n")
    program = f"""
import asyncio, os, sys, time
from pathlib import Path
from session.log.entry import LogQuery
from session.log.search import LogSearch
from session.log.store import LogStore
async def main():
    search, holder = LogSearch(), 0
    search.warm_up()
    if {busy}:
        search.search(LogStore.open(Path(sys.argv[1])), LogQuery(regex="(a+)+$"))
        await asyncio.sleep(0.3)
        holder = os.fork()
        if not holder:
            os.closerange(0, 3)
            time.sleep(50)
            os._exit(0)
    print(search.pid, holder, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    argv = [sys.executable, "-c", program, str(log.folder)]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environ) as parent:
        assert parent.stdout is not None
        pid, holder = map(int, parent.stdout.readline().split())
        assert _alive(pid)
        parent.kill()
    deadline = time.monotonic() + 20
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        assert not _alive(pid)
    finally:
        if holder:
            os.kill(holder, signal.SIGKILL)


def _alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped by its new parent does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_the_process_needs_nothing_but_the_standard_library() -> None:
    """It could not be told from a broken one otherwise: its errors go nowhere."""
    program = (
        "import sys, runpy; sys.argv = ['x']\n"
        "space = runpy.run_path(sys.orig_argv[-1])\n"
        "space['_find_siblings']()\n"
        "import session.log.backwards, session.log.query, session.log.scan\n"
        "import os.path\n"
        "allowed = sys.stdlib_module_names | {'session', '__main__'}\n"
        "print(sorted({n.partition('.')[0] for n in sys.modules} - allowed))\n"
    )
    searcher = str(_ROOT / "session" / "log" / "searcher.py")
    argv = [sys.executable, "-I", "-S", "-c", program, searcher]
    done = subprocess.run(argv, stdout=subprocess.PIPE, check=True, cwd="/")
    assert done.stdout.strip() == b"[]"


async def test_the_search_gives_way_to_the_window_and_the_program(search: LogSearch) -> None:
    search.warm_up()
    assert search.pid is not None
    deadline = time.monotonic() + 20
    while os.getpriority(os.PRIO_PROCESS, search.pid) <= os.getpriority(os.PRIO_PROCESS, 0):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
