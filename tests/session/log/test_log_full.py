"""The disk gives out in mid-run. A limit on file sizes stands in for it: any user can set one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from session.log.entry import LogEntry
from session.log.store import LogStore

_ROOT = Path(__file__).parents[3]
_WRITER = """
import json, resource, sys
from pathlib import Path
from session.errors import LogUnwritable
from session.log.entry import NewEntry, Severity, Source, Stream
from session.log.store import LogStore

folder, limit, batch = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
kind, width = sys.argv[4], int(sys.argv[5])
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
log = LogStore.create(folder, "run")
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))

def write(first):
    lines = [f"{n:06d}".ljust(width, ".") for n in range(first, first + batch)]
    if kind == "feed":
        log.feed(Stream.STDOUT, "".join(line + "\\n" for line in lines).encode())
        return
    for line in lines:
        log.append(NewEntry(Source.BUILD, Severity.INFO, line, code="c"))

count, refused, safe = 0, 0, []
while refused < 3:
    before = log.last_seq
    try:
        write(count)
        count += batch
    except LogUnwritable as error:
        refused += 1
        reason = str(error)
        safe.append(log.last_seq)
        if kind == "feed":
            count += batch
        else:
            count = log.last_seq
    assert log.last_seq >= before
opened = LogStore.open(folder)
assert opened.read(limit=10**6) == log.read(limit=10**6)
assert opened.last_seq == opened.indexed == log.last_seq

resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
write(count)
log.feed(Stream.STDOUT, b"")
print(json.dumps({"refused": safe, "reason": reason, "last": log.last_seq, "count": count + batch}))
"""


@pytest.mark.parametrize("kind", ["append", "feed"])
@pytest.mark.parametrize("batch", [1, 7, 900])
@pytest.mark.parametrize("width", [6, 100])
def test_a_full_disk_costs_nothing_acknowledged(
    tmp_path: Path, kind: str, batch: int, width: int
) -> None:
    """Short lines fill the index first, long ones the spool."""
    argv = [sys.executable, "-c", _WRITER, str(tmp_path), "20011", str(batch), kind, str(width)]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(argv, stdout=subprocess.PIPE, env=environ, check=True)
    report = json.loads(done.stdout)
    assert "cannot be written: File too large" in report["reason"]
    assert report["refused"][0] <= report["last"] == report["count"]
    log = LogStore.open(tmp_path)
    messages = [row.message for row in log.read(limit=10**6) if isinstance(row, LogEntry)]
    assert messages == [f"{number:06d}".ljust(width, ".") for number in range(report["count"])]
    log.close()


def test_creating_a_log_on_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    program = """
import resource, sys
from pathlib import Path
from session.errors import LogUnwritable
from session.log.store import LogStore
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    LogStore.create(Path(sys.argv[1]), "run")
except LogUnwritable as error:
    sys.exit(error.code)
"""
    argv = [sys.executable, "-c", program, str(tmp_path / "run")]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(argv, stderr=subprocess.PIPE, env=environ, check=False)
    assert done.stderr == b"log-unwritable\n"
    assert list((tmp_path / "run").iterdir()) == []
