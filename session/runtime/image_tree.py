"""Images as folders: the lower side of a view that is an overlay, read by many runs at a time.

One tree a project, below `cache/trees`. It is laid once; an edited project costs the files that
changed. Runs hold it by a shared lock, so it changes only while nobody looks at it. Its note
says what every file and folder was when it was laid; what has been altered since is laid anew.
"""

import fcntl
import json
import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from session.ports import ImageFile
from session.runtime.own_folder import OwnFolder
from session.runtime.view import lay_view

#: How many projects have a tree; the one played longest ago goes first.
_KEPT: Final = 8
_HOUR_S: Final = 3_600
_DAY_S: Final = 24 * _HOUR_S
_BUSY: Final = "another run uses another version of its tree"
_BEING_LAID: Final = "its tree is being laid for another run"
_STOPPED: Final = "it was stopped meanwhile"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")

#: Inode, change time, size. A folder's size says nothing.
_Mark = list[int]
_Wanted = Mapping[str, ImageFile]


class NoTreeError(Exception):
    """There is no tree to be had for this run, which does with a copy; the text says why."""


class ImageTree:
    """A laid image that stays as it is until it is released."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    def release(self) -> None:
        """Give it free; the run is over."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


class ImageTrees:
    """The trees in one folder. Blocking: use a thread. Several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(
        self, key: str, files: Iterable[ImageFile], stopped: Callable[[], bool] = lambda: False
    ) -> ImageTree:
        """Return the tree of `files` under a project's `key`, laid or brought up to date.

        Raises NoTreeError where another run uses another version of it, where overlays were
        refused since the machine was started, and OSError, ConnectFailed as `lay_view` does.
        """
        reason = self._refusal()
        if reason is not None:
            raise NoTreeError(reason)
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._folder / f"{key}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _Tree(self._folder / key, self._folder / f"{key}.json").hold(lock, files, stopped)
            if os.fstat(lock).st_mtime < time.time() - _HOUR_S:
                os.utime(lock)  # by this the one played longest ago is known
        except BaseException:
            os.close(lock)
            raise
        self._evict(_KEPT)
        return ImageTree(self._folder / key, lock)

    def refuse(self, reason: str) -> None:
        """Note that this machine makes no overlay of them; it is tried again after a day."""
        note = {
            "boot": _boot(),
            "user": os.geteuid(),
            "reason": reason,
            "until": time.time() + _DAY_S,
        }
        with suppress(OSError):
            self._refused.write_text(json.dumps(note), encoding="utf-8")
        self._evict(0)

    @property
    def _refused(self) -> Path:
        return self._folder / "refused"

    def _refusal(self) -> str | None:
        note = _read(self._refused)
        if note is None or (note.get("boot"), note.get("user")) != (_boot(), os.geteuid()):
            return None
        return str(note.get("reason")) if time.time() < note.get("until", 0) else None

    def _evict(self, kept: int) -> None:
        """Remove the trees that were played longest ago, but for those that are in use."""
        with suppress(OSError):
            locks = sorted(self._folder.glob("*.lock"), key=lambda one: one.stat().st_mtime_ns)
            for path in locks[: max(len(locks) - kept, 0)]:
                self._remove(path)

    def _remove(self, lock_path: Path) -> None:
        tree = lock_path.with_suffix("")
        if not os.path.lexists(tree):
            return
        lock = os.open(lock_path, os.O_RDWR | os.O_CLOEXEC)
        try:
            if _locked(lock, fcntl.LOCK_EX):
                lock_path.with_suffix(".json").unlink(missing_ok=True)
                OwnFolder.of(tree).remove()
        finally:
            os.close(lock)


class _Tree:
    """One tree, and the note of what is in it."""

    def __init__(self, path: Path, note: Path) -> None:
        self._path = path
        self._note = note

    def hold(self, lock: int, files: Iterable[ImageFile], stopped: Callable[[], bool]) -> None:
        """Lock it for reading once it is what `files` say; raise as `ImageTrees.take`."""
        wanted = {file.path: file for file in files}
        if not _locked(lock, fcntl.LOCK_SH):
            raise NoTreeError(_BEING_LAID)
        if self._is_whole(wanted):
            return
        if not _locked(lock, fcntl.LOCK_EX):
            raise NoTreeError(_BUSY)
        self._update(wanted, stopped)
        # Not one step: between the two locks another run may have had it.
        if not _locked(lock, fcntl.LOCK_SH) or self._says(wanted) is None:
            raise NoTreeError(_BUSY)

    def _says(self, wanted: _Wanted) -> "dict[str, Any] | None":
        """Return the note where it is about exactly these files."""
        note = self._read_note()
        if note is None or note["files"].keys() != wanted.keys():
            return None
        rows = note["files"]
        return note if all(rows[path][0] == _content(wanted[path]) for path in wanted) else None

    def _read_note(self) -> "dict[str, Any] | None":
        note = _read(self._note)
        return note if note is not None and {"files", "folders"} <= note.keys() else None

    def _is_whole(self, wanted: _Wanted) -> bool:
        note = self._says(wanted)
        return note is not None and self._folders_are(note) and not self._altered(note)

    def _folders_are(self, note: "dict[str, Any]") -> bool:
        """Whether no entry of any folder was added, removed or replaced."""
        marks = note["folders"]
        return "" in marks and all(
            _mark(self._path / path, stat.S_IFDIR) == mark for path, mark in marks.items()
        )

    def _altered(self, note: "dict[str, Any]") -> list[str]:
        prefix = f"{self._path}{os.sep}"
        rows = note["files"].items()
        return [path for path, (_, mark) in rows if _mark(prefix + path, stat.S_IFREG) != mark]

    def _update(self, wanted: _Wanted, stopped: Callable[[], bool]) -> None:
        note = self._read_note()
        self._note.unlink(missing_ok=True)
        if note is None or not self._folders_are(note):
            if os.path.lexists(self._path):
                OwnFolder.of(self._path).remove()
            note = {"files": {}, "folders": {}}
        for path in self._altered(note):
            (self._path / path).unlink(missing_ok=True)
            del note["files"][path]
        missing = self._make_room(note, wanted)
        laid = lay_view(missing, self._path, stopped, onto=True)
        if len(laid) < len(missing):
            raise NoTreeError(_STOPPED)
        for file in missing:
            one = laid[file.path]
            note["files"][file.path] = [_content(file), [one.inode, one.ctime_ns, one.size]]
        note["folders"] = {path: _mark(self._path / path, stat.S_IFDIR) for path in _above(wanted)}
        self._write(note)

    def _make_room(self, note: "dict[str, Any]", wanted: _Wanted) -> list[ImageFile]:
        """Remove what is not wanted any more; return what is missing."""
        rows = note["files"]
        for path in [one for one, (content, _) in rows.items()
                     if one not in wanted or content != _content(wanted[one])]:  # fmt: skip
            (self._path / path).unlink()
            del rows[path]
        needed = _above(wanted)
        for path in sorted(note["folders"].keys() - needed, key=len, reverse=True):
            (self._path / path).rmdir()
        return [file for path, file in wanted.items() if path not in rows]

    def _write(self, note: "dict[str, Any]") -> None:
        part = self._note.with_suffix(".part")
        part.write_text(json.dumps(note), encoding="utf-8")
        part.replace(self._note)


def _content(file: ImageFile) -> str:
    """A blob is named by its bytes; with its place, so that no two stores are mixed up."""
    return f"{file.blob}{'*' if file.executable else ''}"


def _above(paths: Iterable[str]) -> set[str]:
    """Every folder that these files lie in, the top as an empty name."""
    found = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _mark(path: "Path | str", kind: int) -> "_Mark | None":
    try:
        info = os.lstat(path)
    except OSError:
        return None
    if stat.S_IFMT(info.st_mode) != kind:
        return None
    size = [info.st_size] if kind == stat.S_IFREG else []
    return [info.st_ino, info.st_ctime_ns, *size]


def _locked(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> "dict[str, Any] | None":
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
