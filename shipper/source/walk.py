"""Walks a project folder: which files belong in the image, and why the others do not.

Only looks: opens no file, follows no link out of the project and no link in a circle.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from shipper.errors import PrepareFailed, ProjectChanged, ProjectUnreadable
from shipper.formats.glob import Patterns
from shipper.formats.scan import (
    BadName,
    FoundFile,
    LeftOut,
    Listing,
    SeenFolder,
    Stamp,
    names_digest,
)
from shipper.source.leave_out import BUILD_FOLDERS, file_reason, folder_reason

#: More files than this are no project but somebody's whole disk.
FILE_LIMIT = 100_000


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what tells this file from a changed one."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def walk(
    root: Path, include: Patterns, exclude: Patterns, cancelled: Callable[[], None]
) -> Listing:
    """Return the listing of `root`, in path order; `cancelled` may raise between folders."""
    walker = _Walker(str(root), include, exclude, cancelled)
    walker.folder("", None, [])
    return Listing(
        tuple(sorted(walker.files, key=_path)),
        tuple(sorted(walker.left_out, key=_path)),
        tuple(walker.folders),
        tuple(sorted(walker.bad_names)),
    )


def list_only(root: Path, names: tuple[str, ...]) -> Listing:
    """Return the listing of a project that consists of these files and no others."""
    files, bad_names = [], []
    for name in names:
        if bad_name := _bad_name(name):
            bad_names.append(bad_name)
            continue
        place = os.path.join(root, name)  # noqa: PTH118 - the text is what is wanted
        try:
            files.append(FoundFile(name, place, stamp_of(os.stat(place))))  # noqa: PTH116 - as above
        except OSError as error:
            raise _gone(name, error) from error
    return Listing(tuple(sorted(files, key=_path)), (), (), tuple(sorted(bad_names)))


def _path(row: FoundFile | LeftOut) -> bytes:
    return os.fsencode(row.path)


def _bad_name(path: str) -> BadName | None:
    try:
        path.encode()
    except UnicodeEncodeError:
        return BadName(os.fsencode(path).decode("utf-8", "backslashreplace"))
    return None


def _gone(path: str, error: OSError) -> PrepareFailed:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return ProjectChanged(path, "went away")
    return ProjectUnreadable(Path(path), error.strerror or str(error))


class _Walker:
    """One walk. Paths are relative with slashes; a folder's prefix ends in one."""

    def __init__(
        self, root: str, include: Patterns, exclude: Patterns, cancelled: Callable[[], None]
    ) -> None:
        self.root = root
        self.include = include
        self.exclude = exclude
        self.cancelled = cancelled
        self.files: list[FoundFile] = []
        self.left_out: list[LeftOut] = []
        self.folders: list[SeenFolder] = []
        self.bad_names: list[BadName] = []

    def folder(self, prefix: str, why_not: str | None, above: list[tuple[int, int]]) -> None:
        """Walk one folder. Where `why_not` is given, only what `include` names is taken."""
        self.cancelled()
        place = f"{self.root}/{prefix}".rstrip("/") or "/"
        try:
            status = os.stat(place)  # noqa: PTH116 - hot path
            with os.scandir(place) as rows:
                entries = sorted(rows, key=lambda row: os.fsencode(row.name))
        except OSError as error:
            raise _gone(prefix or self.root, error) from error
        digest = names_digest(entry.name for entry in entries)
        self.folders.append(SeenFolder(place, stamp_of(status), digest))
        identity = (status.st_dev, status.st_ino)
        for entry in entries:
            self._entry(entry, prefix, why_not, [*above, identity])

    def _entry(
        self,
        entry: os.DirEntry[str],
        prefix: str,
        why_not: str | None,
        above: list[tuple[int, int]],
    ) -> None:
        path = prefix + entry.name
        if bad_name := _bad_name(path):
            self.bad_names.append(bad_name)
            return
        try:
            status = entry.stat()
            reason = self._link_reason(entry, status, above)
        except FileNotFoundError:
            reason = "broken link" if entry.is_symlink() else "vanished"
        except OSError as error:  # a circle of links among others
            reason = error.strerror or str(error)
        else:
            if reason is None and stat.S_ISDIR(status.st_mode):
                self._subfolder(entry.name, path, why_not, above)
                return
            reason = reason or self._file_reason(entry.name, path, status, why_not)
            if reason is None:
                self._add(FoundFile(path, entry.path, stamp_of(status)))
                return
        self.left_out.append(LeftOut(path, reason))

    def _add(self, found: FoundFile) -> None:
        self.files.append(found)
        if len(self.files) > FILE_LIMIT:
            message = f"{self.root} holds more than {FILE_LIMIT:,} files."
            raise PrepareFailed(
                message,
                "Play the project's own folder, or leave folders out with "
                "`exclude` in [tool.playhead].",
                code="too-many-files",
            )

    def _link_reason(
        self, entry: os.DirEntry[str], status: os.stat_result, above: list[tuple[int, int]]
    ) -> str | None:
        if stat.S_ISDIR(status.st_mode) and (status.st_dev, status.st_ino) in above:
            return "link in a circle"
        if not entry.is_symlink():
            return None
        real = os.path.realpath(entry.path)
        inside = real.startswith(os.path.realpath(self.root).rstrip("/") + "/")
        return None if inside else "link out of the project"

    def _subfolder(
        self, name: str, path: str, why_not: str | None, above: list[tuple[int, int]]
    ) -> None:
        if pattern := self.exclude.matching(path):
            self.left_out.append(LeftOut(path + "/", f"excluded by `{pattern}`"))
            return
        # A wildcard does not bring caches back: a folder with a reason of its own to be left out
        # must be named in so many words.
        own = self._folder_reason(name, path)
        whole = bool(self.include.matching(path))
        named = self.include.names_folder(path)
        if (own and not named) or (why_not and not own and not whole and not named):
            self.left_out.append(LeftOut(path + "/", own or why_not or ""))
            return
        self.folder(path + "/", None if whole else own or why_not, above)

    def _folder_reason(self, name: str, path: str) -> str | None:
        place = f"{self.root}/{path}"
        if os.path.lexists(f"{place}/pyvenv.cfg"):
            return "virtual environment"
        if path in BUILD_FOLDERS and not os.path.lexists(f"{place}/__init__.py"):
            made = ("pyproject.toml", "setup.py")
            if any(os.path.lexists(f"{self.root}/{file}") for file in made):
                return "build leftover"
        return folder_reason(name)

    def _file_reason(
        self, name: str, path: str, status: os.stat_result, why_not: str | None
    ) -> str | None:
        if not stat.S_ISREG(status.st_mode):
            return _SPECIAL.get(stat.S_IFMT(status.st_mode), "no regular file")
        if pattern := self.exclude.matching(path):
            return f"excluded by `{pattern}`"
        reason = why_not or file_reason(name)
        return None if reason is None or self.include.matching(path) else reason


_SPECIAL = {
    stat.S_IFSOCK: "socket",
    stat.S_IFIFO: "named pipe",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}
