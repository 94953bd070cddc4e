"""Remembers workers on disk, so that exactly what a killed host leaves is found and ended.

One file of JSON lines: `reserved` before a worker's process is made, `active` with the exact
identity of its processes, `released` when nothing of it is left. Each line names the host by
process number and start time and by a token of its own, so a worker is only ever ended whose host
is dead. A worker that was reserved and never became active is found by the mark in its
environment. Nothing goes by names.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from session.ports import ProcessIdentity
from session.runtime.orphans import DeadRun, end_orphans
from session.runtime.platforms.current import current_platform
from session.runtime.platforms.seam import EndedProcess, Platform

RESERVED, ACTIVE, RELEASED = "reserved", "active", "released"
#: How long a line may wait for others, to be written with them, in seconds.
FLUSH_S: Final = 0.025
#: The file is written anew when it has this many lines more than workers.
_SLACK: Final = 500


@dataclass(frozen=True, slots=True)
class WorkerEntry:
    """One worker as the registry knows it. `since` in seconds since the epoch."""

    worker_id: str
    status: str
    host: ProcessIdentity
    token: str
    processes: tuple[ProcessIdentity, ...] = ()
    since: float = 0.0


class ProcessRegistry:
    """The registry of one host. All calls on the event loop's thread, but `sweep`.

    Several hosts share one file: each appends whole lines under a lock, and leaves the lines of
    the others alone.
    """

    def __init__(self, path: Path, platform: Platform | None = None) -> None:
        self._path = path
        self._platform = platform or current_platform()
        host = self._platform.identify(os.getpid())
        self.host = host or ProcessIdentity(os.getpid(), "")
        self.token = secrets.token_hex(8)
        self._entries: dict[str, WorkerEntry] = {}
        self._unwritten: list[WorkerEntry] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def entries(self) -> tuple[WorkerEntry, ...]:
        """The workers of this host that are reserved or active."""
        return tuple(self._entries.values())

    def reserve(self, worker_id: str) -> None:
        """Note that a worker is about to be started; on disk when this returns. Raises OSError."""
        entry = WorkerEntry(worker_id, RESERVED, self.host, self.token, since=time.time())
        self._note(entry)
        self.flush()

    def activate(self, worker_id: str, identities: tuple[ProcessIdentity, ...]) -> None:
        """Note the processes of a worker that is up; on disk within `FLUSH_S`."""
        self._note(replace(self._entry(worker_id), status=ACTIVE, processes=identities))

    def release(self, worker_id: str) -> None:
        """Forget a worker of which nothing is left; harmless when it is not known."""
        if worker_id in self._entries:
            self._note(replace(self._entry(worker_id), status=RELEASED))

    def _entry(self, worker_id: str) -> WorkerEntry:
        fresh = WorkerEntry(worker_id, RESERVED, self.host, self.token, since=time.time())
        return self._entries.get(worker_id, fresh)

    def _note(self, entry: WorkerEntry) -> None:
        if entry.status == RELEASED:
            self._entries.pop(entry.worker_id, None)
        else:
            self._entries[entry.worker_id] = entry
        self._unwritten.append(entry)
        if self._timer is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # no loop: nothing to wait with
                self.flush()
            else:
                self._timer = loop.call_later(FLUSH_S, self._flush_in_time)

    def _flush_in_time(self) -> None:
        with contextlib.suppress(OSError):  # a full disk: the mark in the environment is left
            self.flush()

    def flush(self) -> None:
        """Write what is not written yet; raises OSError."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        unwritten, self._unwritten = self._unwritten, []
        if not unwritten:
            return
        with self._locked() as fd:
            end = os.lseek(fd, 0, os.SEEK_END)
            torn = end > 0 and os.pread(fd, 1, end - 1) != b"\n"
            rows = "".join(map(_row_of, unwritten)).encode("ascii")
            os.write(fd, b"\n" + rows if torn else rows)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        fd = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield fd
        finally:
            os.close(fd)

    # The start of another host

    def sweep(self) -> list[EndedProcess]:
        """End what dead hosts have left, exactly that, and tidy the file. Blocks; raises OSError.

        A host lives while the process with its number and start time does; a number alone proves
        nothing, for numbers are used again.
        """
        with self._locked() as fd:
            known, lines = _read(fd)
        dead = {name: one for name, one in known.items() if not self._lives(one.host)}
        runs = [DeadRun(name, one.processes) for name, one in dead.items()]
        ended = end_orphans(runs, self._platform)
        if dead or lines > len(known) + _SLACK:
            self._forget(dead)
        return ended

    def _forget(self, dead: Mapping[str, WorkerEntry]) -> None:
        """Write the file anew, with what others have added meanwhile and without the dead."""
        with self._locked() as fd:
            known, _lines = _read(fd)
            left = [one for name, one in known.items() if one != dead.get(name)]
            os.ftruncate(fd, 0)
            os.write(fd, "".join(map(_row_of, left)).encode("ascii"))

    def _lives(self, host: ProcessIdentity) -> bool:
        return self._platform.identify(host.pid) == host

    def known(self) -> dict[str, WorkerEntry]:
        """Return the workers of all hosts that are in the file. Blocks; raises OSError."""
        with self._locked() as fd:
            return _read(fd)[0]


def _row_of(entry: WorkerEntry) -> str:
    row = {
        "worker": entry.worker_id,
        "status": entry.status,
        "host": list(entry.host),
        "token": entry.token,
        "processes": [list(one) for one in entry.processes],
        "since": entry.since,
    }
    return json.dumps(row) + "\n"


def _read(fd: int) -> tuple[dict[str, WorkerEntry], int]:
    """Return what is not released, and how many lines there are; torn lines are passed over."""
    size = os.fstat(fd).st_size
    rows = os.pread(fd, size, 0).splitlines()
    known: dict[str, WorkerEntry] = {}
    for row in rows:
        entry = _entry_of(row)
        if entry is None:
            continue
        if entry.status == RELEASED:
            known.pop(entry.worker_id, None)
        else:
            known[entry.worker_id] = entry
    return known, len(rows)


def _entry_of(row: bytes) -> WorkerEntry | None:
    try:
        said: Mapping[str, Any] = json.loads(row)
        status = said["status"]
        if status not in (RESERVED, ACTIVE, RELEASED):
            return None
        return WorkerEntry(
            str(said["worker"]),
            status,
            _identity_of(said["host"]),
            str(said["token"]),
            tuple(map(_identity_of, said["processes"])),
            float(said["since"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _identity_of(said: Any) -> ProcessIdentity:  # noqa: ANN401 - whatever the file holds
    pid, started = said
    return ProcessIdentity(int(pid), str(started))
