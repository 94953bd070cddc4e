"""Keeps what a run wrote into its view, which is a copy or, of an overlay, the upper folder.

The program has had its way with that folder: names may be odd, folders closed, trees deep,
links may lead anywhere. Nothing is followed, nothing outside the view is touched, and nothing
here can fail a run.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from session.ports import ImageFile
from session.runtime.own_folder import OwnFolder, entries_of, open_inside
from session.runtime.view import LaidFile

#: What lies deeper than this is not kept: each level takes two descriptors while we are in it.
_DEEPEST = 100
_BLOCK = 1 << 20
#: Says of a folder in an overlay that nothing of the one below shows through.
_OPAQUE = "user.overlay.opaque"
_Read = Callable[[int], bytes]


class Harvest(NamedTuple):
    """Paths in the view, with slashes, sorted. `left` counts what could not be kept.

    `replaced`: something else stood where the view had been, and was left alone. `gone`: the
    view was not at its place any more, and nothing else was.
    """

    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    left: int = 0
    replaced: bool = False
    gone: bool = False


class _Level:
    """An open folder of the view, and its twin among the kept files, made when needed."""

    def __init__(self, source: int, name: str, parent: "_Level | None", kept: Path) -> None:
        self.source = source
        self.name = name
        self.parent = parent
        self.path: str = f"{parent.path}{name}/" if parent else ""
        self.depth: int = parent.depth + 1 if parent else 0
        self._kept = kept
        self._twin = -1

    def twin(self) -> int:
        """Return the open folder for what is kept of this one; raise OSError."""
        if self._twin < 0:
            if self.parent is None:
                self._twin = _open_kept(self._kept)
            else:
                with suppress(FileExistsError):
                    os.mkdir(self.name, dir_fd=self.parent.twin())
                self._twin = open_inside(self.name, self.parent.twin())
        return self._twin

    def close(self) -> None:
        """Close both, but not the view itself, which is its opener's."""
        for descriptor in (self._twin, self.source if self.parent else -1):
            if descriptor >= 0:
                os.close(descriptor)


def _open_kept(kept: Path) -> int:
    if kept.is_symlink() or (kept.exists() and not kept.is_dir()):
        kept.unlink()  # not ours: this folder is made here and nowhere else
    kept.mkdir(exist_ok=True)
    return os.open(kept, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def harvest(view: OwnFolder, laid: Mapping[str, LaidFile], kept: Path) -> Harvest:
    """Move new and changed files from `view` into `kept`; list them and what was deleted."""
    written: list[str] = []
    left = 0
    seen: set[str] = set()
    with view.opened() as top:
        if top is None:
            there = os.path.lexists(view.path)
            return Harvest(deleted=tuple(sorted(laid)), replaced=there, gone=not there)
        for level, name, info in _walk(top, kept):
            path = level.path + name
            seen.add(path)
            original = laid.get(path)
            if original is not None and not _changed(level, name, info, original):
                continue
            if _keep(level, name, info):
                written.append(path)
            else:
                left += 1
    deleted = [path for path in laid if path not in seen]
    return Harvest(tuple(sorted(written)), tuple(sorted(deleted)), left)


def keep_changes(upper: OwnFolder, files: Mapping[str, ImageFile], kept: Path) -> Harvest:
    """Do as `harvest` with the upper folder of an overlay; costs what the run wrote, no more."""
    written: list[str] = []
    left = 0
    there: set[str] = set()
    #: What does not show any more; with a slash at its end, all that was in that folder.
    hidden: set[str] = set()
    with upper.opened() as top:
        if top is None:
            there_now = os.path.lexists(upper.path)
            return Harvest(replaced=there_now, gone=not there_now)
        for level, name, info in _walk(top, kept, hidden):
            path = level.path + name
            hidden.add(f"{path}/")
            if _is_whiteout(info):
                hidden.add(path)
                continue
            there.add(path)
            file = files.get(path)
            if file is not None and _is_copy(level, name, info, file.blob, file.size):
                continue
            if _keep(level, name, info):
                written.append(path)
            else:
                left += 1
    deleted = sorted(path for path in files if path not in there and _is_hidden(path, hidden))
    return Harvest(tuple(sorted(written)), tuple(deleted), left)


def _is_whiteout(info: os.stat_result) -> bool:
    return stat.S_ISCHR(info.st_mode) and info.st_rdev == 0


def _is_hidden(path: str, hidden: set[str]) -> bool:
    if not hidden or path in hidden:
        return bool(hidden)
    slash = path.find("/")
    while slash >= 0:
        if path[: slash + 1] in hidden:
            return True
        slash = path.find("/", slash + 1)
    return False


def keep_since(view: OwnFolder, stamp_ns: int, kept: Path) -> None:
    """Move what was made or changed after `stamp_ns` (a change time) from `view` into `kept`."""
    with view.opened() as top:
        for level, name, info in _walk(top, kept) if top is not None else ():
            if info.st_ctime_ns > stamp_ns:
                _keep(level, name, info)


def _walk(
    top: int, kept: Path, opaque: set[str] | None = None
) -> Iterator[tuple[_Level, str, os.stat_result]]:
    """Yield every entry that is no folder, or lies too deep, with the level it is in.

    The opaque folders on the way are noted in `opaque`.
    """
    levels = [_Level(top, "", None, kept)]
    pending = [entries_of(top)]
    try:
        while levels:
            level = levels[-1]
            if not pending[-1]:
                levels.pop().close()
                pending.pop()
                continue
            entry = pending[-1].pop()
            with suppress(OSError):  # gone between two looks, or not to be opened
                if not entry.is_dir(follow_symlinks=False) or level.depth >= _DEEPEST:
                    yield level, entry.name, entry.stat(follow_symlinks=False)
                    continue
                below = _Level(open_inside(entry.name, level.source), entry.name, level, kept)
                levels.append(below)
                pending.append(entries_of(below.source))
                if opaque is not None and _is_opaque(below.source):
                    opaque.add(below.path)
    finally:
        for level in reversed(levels):
            level.close()


def _is_opaque(folder: int) -> bool:
    try:
        return os.getxattr(folder, _OPAQUE) == b"y"
    except OSError:
        return False


def _changed(level: _Level, name: str, info: os.stat_result, laid: LaidFile) -> bool:
    same = laid.inode, laid.size, laid.mtime_ns, laid.ctime_ns
    if (info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns) == same:
        return False
    return not _is_copy(level, name, info, laid.blob, laid.size)


def _is_copy(level: _Level, name: str, info: os.stat_result, blob: Path, size: int) -> bool:
    """Whether it has exactly the bytes of a blob."""
    if not stat.S_ISREG(info.st_mode) or info.st_size != size:
        return False
    try:
        os.chmod(name, 0o600, dir_fd=level.source)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        mine = os.open(name, flags, dir_fd=level.source)
        with os.fdopen(mine, "rb") as now, blob.open("rb") as then:
            return _same_bytes(now.read, then.read)
    except OSError:
        return False


def _same_bytes(one: _Read, other: _Read) -> bool:
    while True:
        block = one(_BLOCK)
        if block != other(_BLOCK):
            return False
        if not block:
            return True


def _keep(level: _Level, name: str, info: os.stat_result) -> bool:
    if not (stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode)):
        return False  # a socket or a fifo means nothing any more
    try:
        os.rename(name, name, src_dir_fd=level.source, dst_dir_fd=level.twin())
    except OSError:
        return False
    return True
