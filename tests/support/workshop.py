"""A bench for tests of preparation: projects on disk, a cache of their own, all events kept."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shipper.errors import PrepareFailed
from shipper.events import PrepareEvent, Severity
from shipper.formats.sealed import SealedImage
from shipper.formats.way import Way
from shipper.pipeline import prepare
from shipper.store.memo import RACY_NS
from tests.support.spawn import CountingSpawn

Snapshot = dict[str, tuple[int, int, int, str]]

PHASES = [
    "scan",
    "interpreter",
    "dependencies",
    "compile",
    "assets",
    "manifest",
    "validate",
    "seal",
]


class Workshop:
    """Makes projects below `folder` and prepares them; `events` are those of the last time."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.folder = folder
        self.cache = cache or folder / "cache"
        self.spawn = CountingSpawn()
        self.events: list[PrepareEvent] = []
        self.cancelled: Callable[[], bool] = lambda: False

    def project(self, files: Mapping[str, str | bytes], name: str = "project") -> Path:
        """Write files and return the folder they lie in."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    def prepare(
        self,
        path: Path,
        args: Sequence[str] = (),
        workers: int | None = None,
        way: Way | None = None,
    ) -> SealedImage:
        """Prepare a project; the calls of the spawn and the events start anew."""
        self.spawn.calls.clear()
        self.events = []
        return prepare(
            path,
            cache=self.cache,
            emit=self.events.append,
            spawn=self.spawn,
            cancelled=self.cancelled,
            way=way or Way(tuple(args)),
            workers=workers,
        )

    def fails(self, path: Path, way: Way | None = None) -> PrepareFailed:
        """Prepare a project that cannot be; return why, having checked how it was told."""
        try:
            image = self.prepare(path, way=way)
        except PrepareFailed as failure:
            self._check_told(failure)
            return failure
        message = f"{path} was prepared: {image.content_id}"
        raise AssertionError(message)

    def _check_told(self, failure: PrepareFailed) -> None:
        errors = self.found(Severity.ERROR)
        assert failure.code in {event.code for event in errors}
        for event in errors:
            assert event.code, event
            assert event.hint, event
            assert event.message.endswith((".", "?")), event
            assert "Traceback" not in event.message
        parts = failure.parts or (failure,)
        assert len(errors) == len(parts), (errors, parts)

    def found(self, severity: Severity) -> list[PrepareEvent]:
        """Return the events of a severity."""
        return [event for event in self.events if event.severity is severity]

    def coded(self, code: str) -> list[PrepareEvent]:
        """Return the events with a code."""
        return [event for event in self.events if event.code == code]

    def messages(self, step: str) -> list[str]:
        """Return what a step has said."""
        return [event.message for event in self.events if event.step == step]


def snapshot(folder: Path) -> Snapshot:
    """Return every file and folder with its size, times and content: all that writing changes."""
    rows: Snapshot = {}
    for place in sorted([folder, *folder.rglob("*")]):
        status = place.lstat()
        content = place.read_bytes() if place.is_file() and not place.is_symlink() else b""
        digest = hashlib.sha256(content).hexdigest()
        rows[str(place)] = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, digest)
    return rows


def wait_until_settled() -> None:
    """Wait until the stamps of what was just written are trusted."""
    time.sleep(RACY_NS / 1e9 + 0.1)


def names_in(image: SealedImage) -> list[str]:
    """Return the paths of an image's files."""
    return [os.fspath(file.path) for file in image.files]


def read(image: SealedImage, path: str) -> bytes:
    """Return the bytes that an image holds under a path."""
    return next(file.blob.read_bytes() for file in image.files if file.path == path)
