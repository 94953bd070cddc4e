"""A writing process is killed at any moment: no line that it acknowledged may be missing."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from session.log.entry import LogEntry
from session.log.store import RECOVERED, LogStore
from tests.support.soak import rounds

_ROOT = Path(__file__).parents[3]
_WRITER = """
import os, sys
from pathlib import Path
from session.log.entry import NewEntry, Severity, Source, Stream
from session.log.store import LogStore

log = LogStore.create(Path(sys.argv[1]), "run")
batch = int(sys.argv[2])
count = 0
while True:
    if count % 7 == 0:
        log.append(NewEntry(Source.BUILD, Severity.WARNING, f"line {count}", code="c"))
        count += 1
    text = "".join(f"line {n}\\n" for n in range(count, count + batch))
    log.feed(Stream.STDERR, text.encode())
    count += batch
    os.write(1, b"%d\\n" % log.last_seq)
"""


@pytest.mark.parametrize("batch", [1, 13, rounds(500, 2000)])
def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path, batch: int) -> None:
    for attempt in range(4):
        folder = tmp_path / str(attempt)
        acknowledged = _write_until_killed(folder, batch)
        log = LogStore.open(folder)
        rows = [row for row in log.read(limit=10**9) if isinstance(row, LogEntry)]
        assert acknowledged <= len(rows) == log.last_seq
        assert log.indexed >= acknowledged
        assert [row.message for row in rows[: log.indexed]] == [
            f"line {number}" for number in range(log.indexed)
        ]
        assert all(row.code in {RECOVERED, "c"} for row in rows[log.indexed :])
        log.close()


def _write_until_killed(folder: Path, batch: int) -> int:
    """Return the last sequence number that the writer acknowledged before SIGKILL."""
    argv = [sys.executable, "-c", _WRITER, str(folder), str(batch)]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environ) as writer:
        assert writer.stdout is not None
        for _ in range(random.randint(1, 300)):
            assert writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().splitlines(keepends=True)
        acknowledged = [int(line) for line in rest if line.endswith(b"\n")]
    assert writer.returncode == -signal.SIGKILL
    return acknowledged[-1] if acknowledged else batch
