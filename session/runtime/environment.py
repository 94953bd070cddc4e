"""The environment of a run, said in full: nothing reaches the program by accident. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from session.rights import NO_RIGHTS, Rights
from session.worker.launch_protocol import RUN_ID_VARIABLE

#: Variables that a program may see without asking; a `*` stands for any ending.
PASSED: Final = (
    "PATH",
    "LANG",
    "LC_*",
    "TZ",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "FORCE_COLOR",
    "USER",
    "LOGNAME",
    "SHELL",
    "XDG_SESSION_TYPE",
    "SDL_*",
    "QT_QPA_PLATFORM",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)

#: What leads to a display and to sound; passed with the permission.
DISPLAY: Final = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR")
AUDIO: Final = ("PULSE_*", "XDG_RUNTIME_DIR")

#: Variables that change how Python itself works; a manifest cannot ask for them.
_INTERPRETER: Final = "PYTHON"


class Scratch(NamedTuple):
    """The run's throw-away folders: `temporary` is where `TMPDIR` points, by a short path."""

    home: Path
    temporary: Path
    cache: Path


def build_environment(
    ours: Mapping[str, str],
    names: Iterable[str],
    run_id: str,
    scratch: Scratch,
    data: Path,
    chosen: Sequence[tuple[str, str]] = (),
    rights: Rights = NO_RIGHTS,
) -> dict[str, str]:
    """Return the program's environment; `names` are those its manifest asks for.

    `chosen` are variables that were set for it by whoever plays it; they win over all but what
    Playhead and the interpreter need.
    """
    asked = {name for name in names if not name.startswith(_INTERPRETER)}
    rules = (*PASSED, *(DISPLAY if rights.display else ()), *(AUDIO if rights.audio else ()))
    every = rights.env is True
    passed = {
        name: ours[name]
        for name in ours
        if name in asked
        or is_passed(name, rules)
        or (every and not name.startswith((_INTERPRETER, "PLAYHEAD_")))
    }
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **passed,
        "HOME": str(scratch.home),
        "TMPDIR": str(scratch.temporary),
        "XDG_CACHE_HOME": str(scratch.cache),
        "MPLCONFIGDIR": str(scratch.cache / "matplotlib"),
        "XDG_DATA_HOME": str(data),
        **(_settable(chosen) if chosen else {}),
        "PLAYHEAD_DATA": str(data),
        RUN_ID_VARIABLE: run_id,
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def _settable(chosen: Iterable[tuple[str, str]]) -> dict[str, str]:
    from shipper.formats.variables import variable_fault  # late: most runs set none

    return {name: value for name, value in chosen if variable_fault(name, value) is None}


def is_passed(name: str, rules: Iterable[str] = PASSED) -> bool:
    """Whether a program sees this variable, by default without asking."""
    return any(name.startswith(rule[:-1]) if rule.endswith("*") else name == rule for rule in rules)
