"""What the last preparation of a project saw and made, so that the next has nothing to do.

On the way of every Play: imports little, opens one file, and otherwise only asks for the status
of files. A memo is a witness and never the truth: any difference means preparing again.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from shipper.errors import StoreUnwritable
from shipper.events import Channel, PrepareEvent, Severity
from shipper.formats.permission import Wanted
from shipper.formats.scan import Stamp, StoredFile, names_digest
from shipper.formats.sealed import ImageFile, SealedImage
from shipper.store.blobs import BlobStore, Mark, stamp_of
from shipper.store.facts import read_facts, write_facts
from shipper.store.images import ImageStore

#: Raise this when the shipper would make something else of an unchanged project.
_VERSION = 6
#: A file that changed this shortly before it was looked at may change again within one tick of
#: the clock that stamps it.
RACY_NS = 2_000_000_000
_POLL_EVERY = 512
#: So many files, and bytes, are looked into again rather than the memo written again.
_FEW = 32
_SMALL = 1 << 22


class FileMemory(NamedTuple):
    """What is remembered of one file: its stamp, what was stored, and the blob's mark."""

    stamp: Stamp
    file: StoredFile
    mark: Mark | None
    racy: bool


class Recalled(NamedTuple):
    """An unchanged project: its image, and what the phases have to say about it."""

    image: SealedImage
    events: list[PrepareEvent]


def is_racy(stamp: Stamp, seen_ns: int) -> bool:
    """Tell whether a stamp is too close to the moment it was read to be trusted later."""
    return abs(seen_ns - stamp[1]) <= RACY_NS or abs(seen_ns - stamp[2]) <= RACY_NS


def project_hash(path: Path) -> str:
    """Return the name under which a project's things are filed: a hash of its real path."""
    return hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:16]


def path_stamp(path: str) -> list[int] | None:
    """Return the stamp of a path outside the image; None where nothing is there."""
    try:
        return list(stamp_of(os.stat(path)))  # noqa: PTH116 - hot path
    except OSError:
        return None


class ProjectMemo:
    """The memo of one project, played with one of its configurations; below `cache/projects`."""

    def __init__(self, cache: Path, path: Path, configuration: str | None = None) -> None:
        # By the path as it was given: it is in the image, so each way to a project has its own.
        key = os.fsencode(path)
        self._plain = f"{cache}/projects/{_name(key)}.json"
        if configuration is not None:
            key += b"\0" + configuration.encode("utf-8", "surrogatepass")
        self.place = f"{cache}/projects/{_name(key)}.json"
        self._blobs = BlobStore(cache)
        self._images = ImageStore(cache)
        self._rows = self._read(self.place)

    def _read(self, place: str) -> dict[str, Any]:
        rows = read_facts(place)
        return rows if rows.get("maker") == _maker() else {}

    def recall(self, poll: Callable[[], None]) -> Recalled | None:
        """Return the last image if nothing at all has changed since, else None."""
        rows = self._rows
        if not rows or rows["image"] is None:
            return None
        now = time.time_ns()
        try:
            if not (self._same_world(poll) and self._same_files(poll) and self._same_racy(poll)):
                return None
        except OSError:
            return None
        self._settle(now)
        return Recalled(self._image(), [_event(row) for row in rows["events"]])

    def _same_world(self, poll: Callable[[], None]) -> bool:
        poll()
        image = self._rows["image"]
        if self._images.mark(image["content_id"]) != tuple(image["mark"]):
            return False
        return all(path_stamp(path) == stamp for path, stamp in self._rows["watched"])

    def _same_files(self, poll: Callable[[], None]) -> bool:
        ask = os.stat
        blob_place = self._blobs.place
        root = self._rows["root"].rstrip("/") + "/"
        for number, (path, stamp, sha256, _, mark) in enumerate(self._rows["files"]):
            if number % _POLL_EVERY == 0:
                poll()
            now = ask(root + path)
            if [now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino] != stamp:
                return False
            blob = ask(blob_place(sha256))
            if [blob.st_ino, blob.st_ctime_ns, blob.st_size] != mark:
                return False
        return True

    def _same_racy(self, poll: Callable[[], None]) -> bool:
        """Look into what its stamp alone does not answer for."""
        root = self._rows["root"].rstrip("/") + "/"
        for path, sha256, _ in self._rows["racy_files"]:
            if _hash(root + path, poll) != sha256:
                return False
        return all(
            names_digest(os.listdir(place)) == names  # noqa: PTH208 - hot path
            for place, names in self._rows["racy_folders"]
        )

    def _settle(self, now: int) -> None:
        """Note that all stamps are trustworthy by now, where looking again would take long."""
        racy = self._rows["racy_files"]
        much = len(racy) > _FEW or sum(size for _, _, size in racy) > _SMALL
        if much and now - self._rows["seen"] > 2 * RACY_NS:
            self.write({**self._rows, "seen": now, "racy_files": [], "racy_folders": []})

    def _image(self) -> SealedImage:
        image, place = self._rows["image"], self._blobs.place
        files = tuple(
            ImageFile(path, Path(place(sha256)), stamp[0], executable)
            for path, stamp, sha256, executable, _ in self._rows["files"]
        )
        return SealedImage(
            image["content_id"],
            image["kind"],
            image["title"],
            Path(self._rows["root"]),
            image["data_key"],
            image["entry_form"],
            image["entry"],
            tuple(image["args"]),
            Path(image["python"]),
            image["interpreter"],
            image["sealed"],
            tuple(image["env_names"]),
            image["write_project"],
            files,
            tuple((name, value) for name, value in image["env"]),
            image["cwd"],
            image["permissions"],
            tuple(Wanted(one, tuple(modules)) for one, modules in image["wanted"]),
            tuple((name, amount) for name, amount in image["budget"]),
            image["worker"],
        )

    def files(self) -> dict[str, FileMemory]:
        """Return what is remembered of the project's files, by path."""
        rows = self._rows or self._read(self._plain)  # the files are the same, however played
        seen = rows.get("seen", 0)
        return {
            path: FileMemory(
                tuple(stamp),
                StoredFile(path, stamp[0], sha256, executable),
                tuple(mark) if mark else None,
                is_racy(tuple(stamp), seen),
            )
            for path, stamp, sha256, executable, mark in rows.get("files", ())
        }

    def write(self, rows: dict[str, Any]) -> None:
        """Replace the memo, unless it says the same already; a cache that is full goes without."""
        rows["maker"] = _maker()
        racy = rows["racy_files"] or rows["racy_folders"]
        if not racy and {**rows, "seen": 0} == {**self._rows, "seen": 0}:
            return
        try:
            write_facts(self.place, rows)
        except StoreUnwritable:
            return  # the image is made; the next preparation has more to do


def _hash(path: str, poll: Callable[[], None]) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:  # noqa: PTH123 - hot path
        while piece := file.read(_SMALL):
            poll()
            digest.update(piece)
    return digest.hexdigest()


def image_row(image: SealedImage, mark: Mark) -> dict[str, Any]:
    """Return an image as a memo keeps it: without its files."""
    row = image._asdict()
    del row["files"], row["root"]
    row.update(args=list(image.args), python=str(image.python), mark=list(mark))
    pairs = {name: [list(one) for one in row[name]] for name in ("env", "budget")}
    wanted = [[one, list(modules)] for one, modules in image.wanted]
    row.update(permissions=dict(image.permissions), wanted=wanted, worker=dict(image.worker))
    return {**row, "env_names": list(image.env_names), **pairs}


def event_row(event: PrepareEvent) -> list[Any]:
    """Return an event as a memo keeps it."""
    fix = list(event.fix) if event.fix else None
    return [str(event.channel), str(event.severity), *event[2:-1], fix]


def _event(row: list[Any]) -> PrepareEvent:
    *told, fix = row[2:]
    event = PrepareEvent(Channel(row[0]), Severity(row[1]), *told)
    if fix is None:
        return event
    from shipper.formats.fix import Fix  # late: most projects have nothing to mend

    return event._replace(fix=Fix(*fix))


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:24]


def _maker() -> list[Any]:
    # The interpreter is chosen from what we run on ourselves; another one decides anew.
    return [_VERSION, sys.hexversion, getattr(sys, "_base_executable", sys.executable)]
