"""Keeps what a run wrote into its view, and removes the rest.

The program has had its way with these folders: names may be odd, folders closed, trees deep,
links may lead anywhere. Nothing is followed, and nothing here can fail a run.
"""

import filecmp
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from session.runtime.view import LaidFile

#: Paths longer than this are not kept: the kernel takes 4096 bytes at a time.
_DEEPEST = 3000


class Harvest(NamedTuple):
    """Paths in the view, with slashes, sorted. `left` counts what could not be kept."""

    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    left: int = 0


def harvest(view: Path, laid: Mapping[str, LaidFile], kept: Path) -> Harvest:
    """Move new and changed files from `view` into `kept`; list them and what was deleted."""
    written = []
    left = 0
    seen = set()
    for path, info in _walk(view):
        original = laid.get(path)
        seen.add(path)
        if original is not None and not _changed(view / path, info, original):
            continue
        if _keep(view / path, info, kept / path):
            written.append(path)
        else:
            left += 1
    deleted = [path for path in laid if path not in seen]
    return Harvest(tuple(sorted(written)), tuple(sorted(deleted)), left)


def keep_since(view: Path, stamp_ns: int, kept: Path) -> None:
    """Move what was made or changed after `stamp_ns` (a change time) from `view` into `kept`."""
    for path, info in _walk(view):
        if info.st_ctime_ns > stamp_ns:
            _keep(view / path, info, kept / path)


def _walk(top: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield every entry that is no folder, with its path under `top`; links are not followed."""
    queue = [""]
    while queue:
        folder = queue.pop()
        for entry in _entries(top / folder):
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    queue.append(path)
                else:
                    yield path, entry.stat(follow_symlinks=False)
            except OSError:
                continue  # gone between two looks


def _entries(folder: Path) -> "list[os.DirEntry[str]]":
    if len(os.fsencode(folder)) > _DEEPEST:
        return []
    for attempt in ("as it is", "opened"):
        try:
            if attempt == "opened":
                folder.chmod(0o700)  # no link: it was just seen to be a folder
            with os.scandir(folder) as entries:
                return list(entries)
        except OSError:
            continue
    return []


def _changed(path: Path, info: os.stat_result, laid: LaidFile) -> bool:
    if not stat.S_ISREG(info.st_mode) or info.st_size != laid.size:
        return True
    if (info.st_ino, info.st_mtime_ns, info.st_ctime_ns) == laid[1:2] + laid[3:]:
        return False
    try:
        path.chmod(0o600)
        return not filecmp.cmp(path, laid.blob, shallow=False)
    except OSError:
        return True


def _keep(path: Path, info: os.stat_result, target: Path) -> bool:
    if not (stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode)):
        return False  # a socket or a fifo means nothing any more
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):
            path.parent.chmod(0o700)
        path.rename(target)
    except OSError:
        return False
    return True


def remove_tree(top: Path) -> bool:
    """Remove a folder and all in it, whatever the program did to it; whether it is gone.

    Deep trees are taken apart from the top: a folder far down is first moved up, so that no
    path grows too long and nothing recurses.
    """
    if not top.is_dir() or top.is_symlink():
        with suppress(OSError):
            top.unlink()
        return not os.path.lexists(top)
    folders = []
    queue = [top]
    while queue:
        folder = queue.pop()
        folders.append(folder)
        queue += _empty(folder, top)
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()
    return not os.path.lexists(top)


def _empty(folder: Path, top: Path) -> list[Path]:
    """Delete what is not a folder; return the folders inside, moved up where they lie deep."""
    inside: list[Path] = []
    with suppress(OSError):
        folder.chmod(0o700)
    for number, entry in enumerate(_entries(folder)):
        with suppress(OSError):
            if not entry.is_dir(follow_symlinks=False):
                Path(entry.path).unlink()
            elif len(os.fsencode(entry.path)) - len(os.fsencode(top)) > 800:
                flat = top / f".{len(inside)}-{number}-{os.urandom(8).hex()}"
                Path(entry.path).rename(flat)
                inside.append(flat)
            else:
                inside.append(Path(entry.path))
    return inside
