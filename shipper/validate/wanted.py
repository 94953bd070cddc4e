"""Which permissions a project's imports call for, beyond those that it asks for."""

from typing import Final

from shipper.validate.imports import reachable
from shipper.validate.subject import Subject

_WINDOWS: Final = {"pygame", "pyglet", "arcade", "kivy", "PySide6", "PyQt6", "PyQt5", "wx"}
_NEEDS: Final = {
    "net": {"socket", "ssl", "http", "urllib", "requests", "httpx", "aiohttp", "websockets"},
    "run": {"subprocess", "multiprocessing"},
    "display": {*_WINDOWS, "tkinter", "turtle"},
    "audio": {*_WINDOWS, "sounddevice", "pyaudio", "simpleaudio"},
}
#: What a project of the user's own gets when its imports call for it, so that a game just plays.
GRANTED_BY_IMPORT: Final = frozenset({"display", "audio"})


def asking_modules(subject: Subject) -> dict[str, list[str]]:
    """Return, by permission that the project lacks, the modules that usually need it, sorted.

    No module at all: it is what the project requires of the machine.
    """
    imported = _imported(subject)
    said = subject.project.spec.permissions
    asking = {
        permission: sorted(imported & modules)
        for permission, modules in _NEEDS.items()
        if said.get(permission, permission == "run") is False
    }
    found = {permission: modules for permission, modules in asking.items() if modules}
    if subject.project.spec.needs.get("gpu") and said.get("gpu") is not True:
        found["gpu"] = []
    return found


def wanted_permissions(subject: Subject) -> tuple[str, ...]:
    """Return the permissions themselves; one that is refused in so many words is not wanted."""
    said = subject.project.spec.permissions
    return tuple(permission for permission in asking_modules(subject) if permission not in said)


def _imported(subject: Subject) -> set[str]:
    return {
        row.name.split(".")[0]
        for path in reachable(subject)
        for _, report in subject.reports.get(path, ())
        for row in report.imports
    }
