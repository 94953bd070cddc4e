"""Whether a window can be shown here; where not, one sentence that says why and what to do.

Functions over plain data: nothing here imports Qt, and nothing is shown.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from session.libraries import QT_PACKAGES

#: Platforms of Qt that need nobody's screen.
_UNSEEN: Final = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs", "vkkhrdisplay")

#: Shared libraries that Qt asks of the system, and the Debian package that brings each.
LIBRARY_PACKAGES: Final = QT_PACKAGES
_LIBRARY: Final = re.compile(r"(lib[\w.+-]+\.so[\w.]*): ")


class Obstacle(NamedTuple):
    """Why the studio cannot open: what is the matter, what to do, and its stable code."""

    message: str
    hint: str
    code: str


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window may be tried: a display is named, or none is needed."""
    if not platform.startswith(("linux", "freebsd")):
        return True
    if wanted_platform(environ) in _UNSEEN:
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def missing_packages(environ: Mapping[str, str], loads: Callable[[str], bool]) -> list[str]:
    """Return the Debian packages whose libraries Qt would not find here, in alphabetical order.

    `loads` says whether a library can be loaded. Wayland's count only where it is used.
    """
    wayland = bool(environ.get("WAYLAND_DISPLAY"))
    names = (name for name in LIBRARY_PACKAGES if wayland or "wayland" not in name)
    return sorted({LIBRARY_PACKAGES[name] for name in names if not loads(name)})


def wanted_platform(environ: Mapping[str, str]) -> str:
    """Return the platform that the user asks Qt for first, "" for none."""
    return re.split("[:;]", environ.get("QT_QPA_PLATFORM", ""))[0]


def no_display(path: str | None) -> Obstacle:
    """There is no display at all."""
    return Obstacle(
        "There is no display here, so the studio has no place for its window.",
        f"{_play_instead(path)}, or start the studio in a desktop session.",
        "display-missing",
    )


def library_missing(reason: str) -> Obstacle:
    """A shared library of the system cannot be loaded; `reason` is what the loader said."""
    found = _LIBRARY.search(reason)
    if found is None:
        return Obstacle(
            f"Qt cannot be loaded: {reason.strip()}.",
            "Install Playhead's packages anew: `make clean`, then `make run`.",
            "qt-unusable",
        )
    library = found[1]
    package = LIBRARY_PACKAGES.get(library)
    if package is None:
        hint = f"Install the system package that brings {library}."
    else:
        hint = f"Install its package: sudo apt-get install {package}"
    return Obstacle(
        f"The system library {library}, which the studio's window needs, cannot be loaded.",
        hint,
        "library-missing",
    )


def window_refused(said: Sequence[str], missing: str, path: str | None) -> Obstacle:
    """Qt gave up on every way to show a window; `said` is what it said meanwhile.

    `missing` is what the loader says of Qt's own plug-in, "" where it can be loaded.
    """
    if missing:
        return library_missing(missing)
    reason = next((line for line in said if "connect to display" in line), "")
    place = reason.rpartition("display")[2].strip() or "it"
    told = f"the display {place} cannot be reached" if reason else "Qt found no way to show it"
    return Obstacle(
        f"The studio's window cannot be shown: {told}.",
        f"{_play_instead(path)}, or start the studio in a desktop session.",
        "display-missing",
    )


def first_one_hangs(pid: int | None, seconds: float) -> Obstacle:
    """The studio that is open already does not answer."""
    who = f" (process {pid})" if pid else ""
    return Obstacle(
        f"The studio that is open already{who} does not answer within {seconds:g} s.",
        "Wait for it, or end that process; then start the studio again.",
        "studio-hung",
    )


def _play_instead(path: str | None) -> str:
    from shlex import quote

    return f"Play without a window: playhead play {quote(path) if path else 'PATH'}"
