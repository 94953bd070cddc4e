"""Watches a folder for changes from outside: one observer a project, told at most every 250 ms.

Says only that something happened to a path; whether its content differs is for the caller to
compare (`text_file.digest_of`), for editors write twice and copies touch without changing.
"""

import contextlib
import errno
import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studio.documents.atomic_write import TEMPORARY

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

logger = logging.getLogger(__name__)

#: Quiet time after which changes are told, in seconds, and the longest they are held back.
DEBOUNCE_S: Final = 0.25
_LONGEST_S: Final = 1.0
#: How often open files are looked at where the folder cannot be watched, in seconds.
POLL_S: Final = 2.0
#: More changed paths than this are told as the folders they lie in.
_MANY: Final = 1_000
#: Folders whose changes concern nobody.
IGNORED: Final = frozenset({".git", ".hg", ".venv", "venv", "__pycache__", "node_modules"})
_KINDS: Final = frozenset({"created", "deleted", "modified", "moved", "closed"})


class FolderWatch:
    """Tells of changes below `root` to `on_changed`, in a thread of its own.

    `failure` is a sentence once the folder cannot be watched; then only the files given to
    `look_at` are looked at, every two seconds. The observer takes a watch of the system for each
    folder below `root`, for those that concern nobody too: a project with more folders than
    `fs.inotify.max_user_watches` allows cannot be watched.
    """

    def __init__(self, root: Path, on_changed: Callable[[set[Path]], None]) -> None:
        self.root = root
        self.failure: str | None = None
        self._on_changed = on_changed
        self._files: dict[Path, tuple[int, ...] | None] = {}
        self._pending: set[Path] = set()
        self._news = threading.Condition()
        self._ended = threading.Event()
        self._ready = threading.Event()
        self._threads: list[threading.Thread] = []
        self._observer: BaseObserver | None = None

    def start(self) -> None:
        """Begin to watch; returns at once, the folders being looked up in a thread."""
        for name, work in (("watch", self._watch), ("watch-tell", self._tell)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wait_ready(self, timeout_s: float = 10) -> bool:
        """Wait until changes are seen, or cannot be."""
        return self._ready.wait(timeout_s)

    def look_at(self, files: Iterable[Path]) -> None:
        """Name the open files: they are looked at even where the folder cannot be watched."""
        wanted = set(files)
        with self._news:
            self._files = {path: self._files.get(path) or _mark(path) for path in wanted}

    def stop(self) -> None:
        """Watch no more; nothing is told after this returns."""
        self._ended.set()
        with self._news:
            self._pending.clear()
            self._news.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=10)
        self._threads.clear()

    # ---- the observer -------------------------------------------------------------------------

    def _watch(self) -> None:
        try:
            self._observe()
        except Exception as error:  # noqa: BLE001 - whatever the observer raises, files are polled
            logger.warning("%s cannot be watched: %s", self.root, error)
            self.failure = f"{_why(self.root, error)} Only open files are looked at."
        self._ready.set()
        if self.failure is not None:
            self._poll()
            return
        while not self._ended.wait(POLL_S):
            if not self.root.is_dir():
                self.failure = f"{self.root} is gone. Only open files are looked at."
                self._stop_observer()
                self._poll(until_back=True)
                if not self._ended.is_set():  # it is back: everything may be different
                    self.failure = None
                    with contextlib.suppress(OSError):
                        self.note([*self.root.iterdir(), *self._files])
                    self._watch()
                return
        self._stop_observer()

    def _observe(self) -> None:
        # Imported late: it is not needed to start.
        from watchdog.events import FileSystemEvent, FileSystemEventHandler
        from watchdog.observers import Observer

        # Said of each folder that comes back, from the trash say; it is followed all the same.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning, r"watchdog\.")
        note = self.note

        class Handler(FileSystemEventHandler):
            def dispatch(self, event: FileSystemEvent) -> None:
                if event.event_type in _KINDS:
                    places = (event.src_path, event.dest_path)
                    note(Path(os.fsdecode(place)) for place in places if place)

        observer = Observer()
        observer.schedule(Handler(), str(self.root), recursive=True)
        self._observer = observer
        try:
            observer.start()
        except BaseException:
            self._observer = None
            with contextlib.suppress(RuntimeError):
                observer.stop()
            raise

    def _stop_observer(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=10)
            self._observer = None

    def note(self, paths: Iterable[Path]) -> None:
        """Take in that something happened to these paths; the observer's thread calls it."""
        with self._news:
            if not self._ended.is_set():
                self._pending.update(path for path in paths if not self._ignored(path))
                self._news.notify_all()

    def _ignored(self, path: Path) -> bool:
        try:
            parts = path.relative_to(self.root).parts
        except ValueError:
            return True
        return (
            not parts
            or any(part in IGNORED for part in parts)
            or TEMPORARY.fullmatch(parts[-1]) is not None
        )

    # ---- telling ------------------------------------------------------------------------------

    def _tell(self) -> None:
        while not self._ended.is_set():
            with self._news:
                self._news.wait_for(lambda: self._pending or self._ended.is_set())
            self._settle()
            with self._news:
                told, self._pending = self._pending, set()
            if len(told) > _MANY:
                told = {path.parent for path in told}
            if told and not self._ended.is_set():
                self._on_changed(told)

    def _settle(self) -> None:
        """Wait until nothing has been added for a while, but not for ever."""
        waited = 0.0
        while waited < _LONGEST_S and not self._ended.is_set():
            with self._news:
                before = len(self._pending)
            if self._ended.wait(DEBOUNCE_S):
                return
            waited += DEBOUNCE_S
            with self._news:
                if len(self._pending) == before:
                    return

    # ---- without an observer ------------------------------------------------------------------

    def _poll(self, *, until_back: bool = False) -> None:
        while not self._ended.wait(POLL_S) and not (until_back and self.root.is_dir()):
            with self._news:
                known = dict(self._files)
            now = {path: _mark(path) for path in known}
            changed = {path for path, mark in now.items() if mark != known[path]}
            if changed:
                with self._news:
                    self._files.update((path, now[path]) for path in changed if path in self._files)
                    self._pending |= changed
                    self._news.notify_all()


def _mark(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _why(root: Path, error: BaseException) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EMFILE):
        return (
            f"{root} cannot be watched: the system's limit for watches is reached "
            "(fs.inotify.max_user_watches or max_user_instances)."
        )
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"{root} cannot be watched: {reason}."
