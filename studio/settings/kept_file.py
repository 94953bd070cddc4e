"""A small JSON file of the studio: read leniently, changed key by key, written whole or not at all.

Several studios may keep the same file: a change is made to what the file holds at that moment,
so that each only touches its own keys.
"""

import json
import os
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

#: More than this is nobody's settings, in bytes.
LARGEST: Final = 4_000_000
#: How long another studio's change is waited for, in seconds. It takes a few milliseconds.
_LOCK_WAIT_S: Final = 0.25


class Kept(NamedTuple):
    """What a file holds, None where there is none; and what was wrong with it, if anything.

    `replaceable` is False where something lies there that could not be read or set aside, and
    so must not be written over.
    """

    document: dict[str, Any] | None
    problem: str | None = None
    replaceable: bool = True


class Change(NamedTuple):
    """What is to be different in a file: keys with new values, and keys to be taken out.

    `tables` are laid over what the file holds under their key; a None takes a name out.
    """

    values: Mapping[str, Any]
    removed: Collection[str] = ()
    tables: Mapping[str, Mapping[str, str | None]] = {}


class NotReplaceable(OSError):
    """The file cannot be read, so it is not written over either."""


def read_kept(path: Path) -> Kept:
    """Return the object that a file holds.

    A file that cannot be understood is set aside beside itself, never overwritten.
    """
    try:
        document = _parse(path)
    except FileNotFoundError:
        return Kept(None)
    except OSError as error:
        reason = error.strerror or str(error)
        return Kept(None, f"{path} could not be read: {reason}. Defaults are used.", False)
    except (ValueError, RecursionError):
        return _set_aside(path)
    return Kept(document) if isinstance(document, dict) else _set_aside(path)


def change_kept(path: Path, change: Change, otherwise: Mapping[str, Any]) -> str | None:
    """Change some keys of a file and leave the others as they are.

    Where there is no file that can be understood, `otherwise` is what is changed; a sentence
    says what became of a damaged one. OSError where nothing can be kept.
    """
    target = Path(os.path.realpath(path))  # a link to a file kept elsewhere stays a link
    target.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(target):
        kept = read_kept(target)
        if not kept.replaceable:
            raise NotReplaceable(kept.problem)
        before = otherwise if kept.document is None else kept.document
        write_kept(target, _changed(before, change))
    return kept.problem


def write_kept(path: Path, document: Mapping[str, Any]) -> None:
    """Write an object to a file, so that a crash leaves the old or the new one. OSError."""
    try:
        text = json.dumps(document, indent=2, sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:  # from a file of somebody else's
        raise NotReplaceable(str(error)) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _parse(path: Path) -> object:
    if path.exists() and not path.is_file():
        message = "it is not a file"
        raise OSError(message)
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        message = "too large"
        raise ValueError(message)
    return json.loads(data)


def _changed(before: Mapping[str, Any], change: Change) -> dict[str, Any]:
    document = {key: value for key, value in before.items() if key not in change.removed}
    document.update(change.values)
    for key, names in change.tables.items():
        table = document.get(key)
        laid = {**(table if isinstance(table, dict) else {}), **names}
        document[key] = {name: value for name, value in laid.items() if value is not None}
    return document


def _set_aside(path: Path) -> Kept:
    aside = _free_name(path)
    try:
        path.replace(aside)
    except OSError as error:
        reason = error.strerror or str(error)
        return Kept(None, f"{path} is damaged, and cannot be set aside: {reason}.", False)
    return Kept(None, f"{path.name} was damaged. It was set aside as {aside}; defaults are used.")


def _free_name(path: Path) -> Path:
    """Return a name beside `path` that nothing has: what was set aside earlier is kept too."""
    stem = f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (f"{stem}-{count}" if count else stem for count in range(1000))
    return next(
        (found for name in names if not (found := path.with_name(name)).exists()),
        path.with_name(stem),
    )


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the file's lock while reading and writing it, if it can be had soon.

    Without it (another system, a folder on a network) only what is changed in the same few
    milliseconds can be lost.
    """
    lock = path.with_name(f".{path.name}.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        return
    deadline = time.monotonic() + _LOCK_WAIT_S
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.005)
        except OSError:
            return
        else:
            return
