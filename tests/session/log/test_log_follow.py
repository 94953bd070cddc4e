"""One process writes a log, this one follows it."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

from session.log.entry import LogEntry
from session.log.store import LogStore

_ROOT = Path(__file__).parents[3]
_LINES = 20_000
_WRITER = f"""
import fcntl, sys
from pathlib import Path
from session.log.entry import Stream
from session.log.store import LogStore

folder = Path(sys.argv[1])
lock = open(folder / "lock", "wb")
fcntl.flock(lock, fcntl.LOCK_EX)
log = LogStore.create(folder, "run")
for number in range({_LINES}):
    log.feed(Stream.STDOUT, b"line %d\\n" % number)
"""


def test_a_follower_sees_every_line_once_and_in_order(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", _WRITER, str(tmp_path)]
    (tmp_path / "lock").touch()
    with subprocess.Popen(argv, env={**os.environ, "PYTHONPATH": str(_ROOT)}) as writer:
        log = LogStore.open(tmp_path, live=True)
        seen: list[str] = []
        deadline = time.monotonic() + 50
        while len(seen) < _LINES and time.monotonic() < deadline:
            log.refresh()
            rows = log.read(len(seen), 500)
            assert [row.seq for row in rows] == list(
                range(len(seen) + 1, len(seen) + len(rows) + 1)
            )
            seen += [row.message for row in rows if isinstance(row, LogEntry)]
    assert writer.returncode == 0
    assert seen == [f"line {number}" for number in range(_LINES)]


def test_a_follower_knows_by_the_lock_that_the_run_is_live(tmp_path: Path) -> None:
    """Without that, a follower would take a batch's bytes for lines whose records got lost."""
    with (tmp_path / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (tmp_path / "log.spool").write_bytes(b"first batch\n")
        assert LogStore.open(tmp_path).last_seq == 0
    assert LogStore.open(tmp_path).last_seq == 1
