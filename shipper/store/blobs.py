"""The bytes of images, each under its own SHA-256, written once and read-only.

A blob is trusted again as long as its inode, change time and size are those noted when it was
last known to be good; otherwise it is hashed again, and set aside where it has been altered.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from shipper.errors import ProjectChanged, StoreUnwritable
from shipper.formats.scan import FoundFile, Stamp, StoredFile
from shipper.store.writing import discard, temporary_name, write_whole

_SMALL = 1 << 20
_ATTEMPTS = 3

#: What a blob looked like when it was known to be good: inode, ctime_ns, size.
Mark = tuple[int, int, int]


class Kept(NamedTuple):
    """A file of a project whose bytes were just read and stored.

    `altered`: another copy of them was in the store already, and had been tampered with.
    """

    file: StoredFile
    stamp: Stamp
    altered: bool


class Put(NamedTuple):
    """Bytes in the store; `altered` as in `Kept`."""

    sha256: str
    size: int
    head: bytes
    altered: bool


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what tells this file from a changed one."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def is_executable(head: bytes) -> bool:
    """Tell from its first bytes whether a file is meant to be run.

    Not from its mode: what is played must follow from what is sealed, and modes are not sealed.
    """
    return head.startswith((b"#!", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"))


class BlobStore:
    """Blobs below `cache/blobs`; what was altered goes to `cache/quarantine`."""

    def __init__(self, cache: Path) -> None:
        self.folder = cache / "blobs"
        self.quarantine = cache / "quarantine"
        self._prefix = str(self.folder) + os.sep

    def place(self, sha256: str) -> str:
        """Return where the blob lies, or would."""
        return f"{self._prefix}{sha256[:2]}{os.sep}{sha256}"

    def mark(self, sha256: str) -> Mark | None:
        """Return what the blob looks like now; None where it is not there."""
        try:
            status = os.stat(self.place(sha256))  # noqa: PTH116 - hot path
        except OSError:
            return None
        return (status.st_ino, status.st_ctime_ns, status.st_size)

    def is_whole(self, sha256: str) -> bool:
        """Hash the blob; False where it is missing or is not what its name says."""
        try:
            with open(self.place(sha256), "rb") as blob:  # noqa: PTH123 - hot path
                return hashlib.file_digest(blob, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def set_aside(self, sha256: str) -> Path | None:
        """Move an altered blob out of the way; return where it went, None if it was gone."""
        target = self.quarantine / f"{sha256}.{os.getpid()}"
        try:
            self.quarantine.mkdir(parents=True, exist_ok=True)
            os.rename(self.place(sha256), target)  # noqa: PTH104 - beside its siblings
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnwritable(self.quarantine, error) from error
        return target

    def put(self, data: bytes) -> Put:
        """Store bytes, unless they are there and whole."""
        sha256 = hashlib.sha256(data).hexdigest()
        altered = self._clear_way(sha256, len(data))
        if altered is not False:
            write_whole(self.place(sha256), data, 0o444)
        return Put(sha256, len(data), data[:4], bool(altered))

    def _clear_way(self, sha256: str, size: int) -> bool | None:
        """Set an altered blob aside (True); False if it is whole, None if it is not there."""
        mark = self.mark(sha256)
        if mark is None:
            return None
        if mark[2] == size and self.is_whole(sha256):
            return False
        return self.set_aside(sha256) is not None

    def read(self, sha256: str) -> bytes:
        """Return a blob's bytes."""
        return Path(self.place(sha256)).read_bytes()

    def keep(self, found: FoundFile, cancelled: Callable[[], None]) -> Kept:
        """Read a project's file once, into the store, and say what was read.

        Raises ProjectChanged where it vanishes or does not hold still, OSError where it cannot
        be read. `cancelled` is called between the pieces of a large file and may raise.
        """
        for _ in range(_ATTEMPTS):
            if kept := self._try_keep(found, cancelled):
                return kept
        raise ProjectChanged(found.path, "kept changing")

    def _try_keep(self, found: FoundFile, cancelled: Callable[[], None]) -> Kept | None:
        try:
            # O_NONBLOCK: a fifo that took the file's place must not hold us.
            flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
            descriptor = os.open(found.place, flags)
        except FileNotFoundError:
            raise ProjectChanged(found.path, "went away") from None
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise ProjectChanged(found.path, "was replaced by something that is no file")
            small = before.st_size <= _SMALL
            put = (
                self.put(file.read())
                if small
                else self._stream(file.read, before.st_size, cancelled)
            )
            stamp = stamp_of(os.fstat(descriptor))
        if stamp != stamp_of(before) or put.size != stamp[0]:
            return None
        stored = StoredFile(found.path, put.size, put.sha256, is_executable(put.head))
        return Kept(stored, stamp, put.altered)

    def _stream(
        self, read: Callable[[int], bytes], expected: int, cancelled: Callable[[], None]
    ) -> Put:
        temporary = temporary_name(str(self.folder / "incoming"))
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        except OSError as error:
            raise StoreUnwritable(self.folder, error) from error
        try:
            with os.fdopen(descriptor, "wb") as out:
                # No further than a piece past its size: a file may grow as fast as it is read.
                while size <= expected and (piece := read(_SMALL)):
                    cancelled()
                    head = head or piece[:4]
                    digest.update(piece)
                    size += len(piece)
                    self._write(out.write, piece)
            altered = self._clear_way(digest.hexdigest(), size)
            if altered is not False:
                self._adopt(temporary, digest.hexdigest())
        finally:
            discard(temporary)
        return Put(digest.hexdigest(), size, head, bool(altered))

    def _write(self, write: Callable[[bytes], int], piece: bytes) -> None:
        try:
            write(piece)
        except OSError as error:
            raise StoreUnwritable(self.folder, error) from error

    def _adopt(self, temporary: str, sha256: str) -> None:
        place = self.place(sha256)
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120 - text
            os.rename(temporary, place)  # noqa: PTH104 - text
        except OSError as error:
            raise StoreUnwritable(self.folder, error) from error
