"""The environments that are kept: what each is for, whether it is whole, and taking it away."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from shipper.build.environment import MARKER, site_packages, venv_python
from shipper.build.packages import check_lock
from shipper.errors import EnvironmentBusy, EnvironmentUnknown, StoreUnwritable
from shipper.store.facts import read_facts
from shipper.store.last_use import last_use
from shipper.store.locking import exclusive

_LOCKS = ("requirements.txt", "pylock.toml")
_NAME = re.compile(r"[0-9a-f]{32}")
_VERSION = re.compile(r"(?m)^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)")


class StoredEnvironment(NamedTuple):
    """One environment. Sizes in bytes, times in seconds since the epoch.

    `lock` is the lock's SHA-256, "" for one without packages. `projects` are those whose last
    preparation chose it and that are still there; `fault` says why it cannot be used.
    """

    name: str
    folder: Path
    python: str
    packages: int
    size: int
    last_used: float
    lock: str
    projects: tuple[Path, ...]
    fault: str | None


def stored_environments(cache: Path) -> list[StoredEnvironment]:
    """Return all that are kept, the one that was used last first."""
    try:
        folders = [one for one in (cache / "environments").iterdir() if _NAME.fullmatch(one.name)]
    except OSError:
        return []
    users = _users(cache)
    found = [_look(folder, users.get(folder.name, ())) for folder in folders if folder.is_dir()]
    return sorted(found, key=lambda one: one.last_used, reverse=True)


def find_stored(cache: Path, beginning: str) -> StoredEnvironment:
    """Return the one environment whose name begins so; raise EnvironmentUnknown."""
    fitting = [one for one in stored_environments(cache) if one.name.startswith(beginning)]
    if not beginning or len(fitting) != 1:
        raise EnvironmentUnknown(beginning)
    return fitting[0]


def remove_stored(environment: StoredEnvironment) -> None:
    """Remove an environment; raise EnvironmentBusy while it is built, or a process runs in it.

    A preparation that needs it builds it anew.
    """
    folder = environment.folder

    def busy() -> None:
        raise EnvironmentBusy(environment.name, "it is being built")

    with exclusive(folder.with_name(folder.name + ".lock"), busy, lambda: None):
        if pid := _process_in(folder):
            raise EnvironmentBusy(environment.name, f"process {pid} runs in it")
        try:
            (folder / MARKER).unlink(missing_ok=True)  # from here on it is nobody's
            shutil.rmtree(folder)
        except OSError as error:
            raise StoreUnwritable(folder, error) from error


def _look(folder: Path, projects: Collection[Path]) -> StoredEnvironment:
    lock_file = next((folder / name for name in _LOCKS if (folder / name).exists()), None)
    lock = _bytes(lock_file) if lock_file else b""
    facts = _facts(folder)
    return StoredEnvironment(
        folder.name,
        folder,
        _python_of(folder),
        facts.get("packages", 0),
        _size(folder),
        last_use(folder, folder / MARKER),
        hashlib.sha256(lock).hexdigest() if lock else "",
        tuple(sorted(projects)),
        _fault(folder, lock, lock_file.name if lock_file else "", bool(facts)),
    )


def _facts(folder: Path) -> dict[str, int]:
    try:
        facts = json.loads(_bytes(folder / MARKER))
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _fault(folder: Path, lock: bytes, lock_name: str, complete: bool) -> str | None:
    if not complete:
        return "it was never finished"
    if not venv_python(folder).exists():
        return "the Python that it was made with is gone"
    try:
        missing = check_lock(lock, lock_name, site_packages(folder)).missing if lock else ()
    except ValueError:
        return "its lock cannot be read"
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return f"{missing[0]}{more} is missing" if not more else f"{missing[0]}{more} are missing"
    return None


def _python_of(folder: Path) -> str:
    found = _VERSION.search(_bytes(folder / "pyvenv.cfg").decode("utf-8", "replace"))
    return found[1] if found else ""


def _users(cache: Path) -> dict[str, set[Path]]:
    """Return, by the name of an environment, the projects that chose it."""
    prefix = os.fspath(cache / "environments") + os.sep
    users: dict[str, set[Path]] = {}
    for place in (cache / "projects").glob("*.json"):
        facts = read_facts(os.fspath(place))
        root = Path(str(facts.get("root", "")))
        for watched in facts.get("watched", ()) if root.exists() else ():
            if watched[0].startswith(prefix):
                name = watched[0][len(prefix) :].partition(os.sep)[0]
                users.setdefault(name, set()).add(root)
    return users


def _size(folder: Path) -> int:
    return sum(entry.stat(follow_symlinks=False).st_size for entry in _files(folder))


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path))
                else:
                    yield entry
    except OSError:
        return


def _process_in(folder: Path) -> int | None:
    """Return a process that was started with this environment's Python."""
    import psutil  # late: only removing asks

    prefix = os.fspath(folder) + os.sep
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or [""]
        if command[0].startswith(prefix):
            pid: int = process.pid
            return pid
    return None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
