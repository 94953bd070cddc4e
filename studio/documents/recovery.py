"""Unsaved text, kept outside the document so that a crash costs a second of typing at most.

Every living studio has a folder of its own below the store, locked while it lives; what the
folders of dead ones hold is what was lost. Nothing here writes to a document.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

logger = logging.getLogger(__name__)

_LOCK: Final = "lock"
#: Characters that are encoded at a time: a large text holds nobody up.
_CHUNK: Final = 128 * 1024


class Recovered(NamedTuple):
    """Text that a studio which is gone had not saved.

    `path` is None for one that never had a file; `name` is what it was called then.
    `base_digest` is the SHA-256 of the file that it was made from: where the file differs from
    that by now, the user has to see both. `at` is in seconds since the epoch.
    """

    path: Path | None
    text: str
    base_digest: str
    at: float
    name: str
    record: Path


class RecoveryStore:
    """Keeps the unsaved texts of this process. Its calls return at once, from any thread.

    `failure` says why texts cannot be kept just now, in a sentence; `on_failure` is called with
    it, in another thread, when that begins.
    """

    def __init__(self, folder: Path, on_failure: Callable[[str], None] | None = None) -> None:
        self._store = folder
        self._own: Path | None = None
        self._locks: dict[Path, int] = {}
        self._wanted: dict[Path, dict[str, Any] | None] = {}
        self._discarded: set[str] = set()
        self._on_failure = on_failure
        self._changed = threading.Condition()
        #: Held while folders of dead studios are taken or removed.
        self._taking = threading.RLock()
        self._busy = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self.failure: str | None = None

    @property
    def backups(self) -> Path:
        """Where copies of files go before they are written in place."""
        return self._store / "backups"

    def keep(
        self, path: Path | None, text: str, base_digest: str, untitled_name: str | None = None
    ) -> None:
        """Keep a document's text, instead of what was kept of it before."""
        record = {
            "path": None if path is None else os.fsdecode(path),
            "name": untitled_name or (path.name if path else ""),
            "text": text,
            "base_digest": base_digest,
            "at": time.time(),
        }
        name = _file_name(path, untitled_name)
        self._discarded.discard(name)
        self._want(name, record)

    def drop(self, path: Path | None, untitled_name: str | None = None) -> None:
        """Forget a document's text: it was saved, or given up."""
        self._forget(_file_name(path, untitled_name))

    def forget_discarded(self, name: str) -> None:
        """Forget a text that was given up; its document is closed now."""
        if name in self._discarded:
            self._forget(name)

    def _forget(self, name: str) -> None:
        self._discarded.discard(name)
        if self._own is not None:
            self._want(name, None)

    def discard(self, path: Path | None, untitled_name: str | None = None) -> "Discarded":
        """The user gave a text up: it is forgotten when this store is closed, not before.

        Calling what is returned forgets it at once. A text that is kept again is not forgotten.
        """
        name = _file_name(path, untitled_name)
        self._discarded.add(name)
        return Discarded(self, name)

    def left(self) -> list[Recovered]:
        """Return what dead processes left, newest first; it is this process's to deal with now.

        No second studio is given the same while this one lives. What is not dealt with by
        `forget` is found again the next time.
        """
        found: list[Recovered] = []
        with self._taking:  # several projects look at the same time
            for folder in self._dead():
                records = [_read(file) for file in folder.glob("*.json")]
                found += [record for record in records if record is not None]
                self._remove_empty(folder)
        return sorted(found, key=lambda record: -record.at)

    def forget(self, recovered: Recovered) -> None:
        """Remove what a dead process left, the user having decided about it."""
        with contextlib.suppress(OSError):
            recovered.record.unlink(missing_ok=True)
        with self._taking:
            self._remove_empty(recovered.record.parent)

    def flush(self, timeout_s: float = 5) -> bool:
        """Wait until everything asked for is on disk; False when that takes too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._wanted and not self._busy, timeout_s)

    def close(self) -> None:
        """Finish writing and give up the lock; texts still kept are then found by the next."""
        for name in list(self._discarded):
            self._forget(name)
        self.flush()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._own is not None:
            self._remove_empty(self._own)
        for handle in self._locks.values():
            os.close(handle)
        self._locks.clear()

    # ---- writing, in a thread of its own ------------------------------------------------------

    def _want(self, name: str, record: dict[str, Any] | None) -> None:
        with self._changed:
            if self._closed:
                return
            self._wanted[self._own_folder() / name] = record
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="recovery", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _own_folder(self) -> Path:
        if self._own is None:
            self._own = self._store / f"{os.getpid()}-{secrets.token_hex(4)}"
        return self._own

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closed)
                if not self._wanted:
                    return
                file, record = self._wanted.popitem()
                self._busy = True
            try:
                self._carry_out(file, record)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

    def _carry_out(self, file: Path, record: dict[str, Any] | None) -> None:
        try:
            self._lock_own(file.parent)
            if record is None:
                file.unlink(missing_ok=True)
            else:
                _write(file, record)
        except OSError as error:
            logger.warning("%s could not be written: %s", file, error)
            self._note_failure(error)
        else:
            self.failure = None

    def _note_failure(self, error: OSError) -> None:
        before = self.failure
        self.failure = (
            f"Unsaved text cannot be kept for recovery in {self._store}: {error.strerror}. "
            "Save often."
        )
        if before is None and self._on_failure is not None:
            self._on_failure(self.failure)

    def _lock_own(self, folder: Path) -> None:
        if folder in self._locks:
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = _lock(folder)
        if handle is not None:
            self._locks[folder] = handle

    # ---- what others left ---------------------------------------------------------------------

    def _dead(self) -> list[Path]:
        """Return the folders whose studio is gone, locked now by this one."""
        try:
            folders = [folder for folder in self._store.iterdir() if (folder / _LOCK).is_file()]
        except OSError:
            return []
        dead: list[Path] = []
        for folder in folders:
            if folder == self._own:
                continue
            if folder not in self._locks:
                handle = _lock(folder)
                if handle is None:
                    continue
                self._locks[folder] = handle
            dead.append(folder)
        return dead

    def _remove_empty(self, folder: Path) -> None:
        """Remove a folder that holds nothing but its lock, the lock last of all."""
        try:
            if any(file.name != _LOCK for file in folder.iterdir()):
                return
            (folder / _LOCK).unlink(missing_ok=True)
            folder.rmdir()
        except OSError:
            return
        handle = self._locks.pop(folder, None)
        if handle is not None:
            os.close(handle)


class Discarded:
    """Called, it forgets a text that the user gave up, if it was not kept again since."""

    def __init__(self, store: RecoveryStore, name: str) -> None:
        self._store = store
        self._name = name

    def __call__(self, _: object = None) -> None:
        self._store.forget_discarded(self._name)


def _lock(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives; None where another has it."""
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _write(file: Path, record: dict[str, Any]) -> None:
    """Write without syncing: what the kernel has survives the death of a process."""
    beside = file.with_suffix(".tmp")
    text = str(record["text"])
    with beside.open("wb") as out:
        out.write(json.dumps(record | {"text": None}).encode() + b"\n")
        for start in range(0, len(text), _CHUNK):
            out.write(text[start : start + _CHUNK].encode("utf-8", "surrogatepass"))
    beside.replace(file)


def _read(file: Path) -> Recovered | None:
    try:
        head, _, data = file.read_bytes().partition(b"\n")
        record: Any = json.loads(head)
        path, text = record["path"], data.decode("utf-8", "surrogatepass")
        return Recovered(
            Path(path) if path is not None else None,
            text,
            str(record["base_digest"]),
            float(record["at"]),
            str(record["name"]),
            file,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s cannot be recovered: %s", file, error)
        return None


def _file_name(path: Path | None, untitled_name: str | None) -> str:
    text = f"untitled:{untitled_name}" if path is None else f"file:{path}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".json"
