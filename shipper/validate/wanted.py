"""Which permissions a project's imports call for, beyond those that it asks for."""

from typing import Final

from shipper.formats.permission import Wanted
from shipper.validate.imports import reachable
from shipper.validate.subject import Subject

_WINDOWS: Final = {"pygame", "pyglet", "arcade", "kivy", "PySide6", "PyQt6", "PyQt5", "wx"}
_NEEDS: Final = {
    "net": {"socket", "ssl", "http", "urllib", "requests", "httpx", "aiohttp", "websockets"},
    "run": {"subprocess", "multiprocessing"},
    "display": {*_WINDOWS, "tkinter", "turtle"},
    "audio": {*_WINDOWS, "sounddevice", "pyaudio", "simpleaudio"},
}
#: Parts of those that only read and write text: nobody is asked for their sake.
_HARMLESS: Final = {"urllib.parse", "urllib.error", "http.cookies"}


def asking_modules(subject: Subject) -> dict[str, list[str]]:
    """Return, by permission that the project lacks, the modules that usually need it, sorted."""
    imported = _imported(subject)
    said = subject.project.spec.permissions
    asking = {
        permission: sorted(imported & modules)
        for permission, modules in _NEEDS.items()
        if said.get(permission, permission == "run") is False
    }
    return {permission: modules for permission, modules in asking.items() if modules}


def wanted_permissions(subject: Subject) -> tuple[Wanted, ...]:
    """Return what the project does not speak of; one refused in so many words is not wanted."""
    said = subject.project.spec.permissions
    asking = asking_modules(subject).items()
    return tuple(Wanted(one, tuple(modules)) for one, modules in asking if one not in said)


def _imported(subject: Subject) -> set[str]:
    return {
        row.name.split(".")[0]
        for path in reachable(subject)
        for _, report in subject.reports.get(path, ())
        for row in report.imports
        if not _is_harmless(row.name)
    }


def _is_harmless(name: str) -> bool:
    return any(f"{name}.".startswith(f"{one}.") for one in _HARMLESS)
