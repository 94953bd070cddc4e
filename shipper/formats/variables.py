"""Which environment variables can be set for a program. Pure.

All but those that Playhead itself speaks through, and those that decide how the interpreter
comes up: it would not find its own library, would import what is in no image, would lose the
entry's folder from `sys.path`, would write compiled files into the view, or would never end.
"""

from collections.abc import Iterable
from typing import Final

_OURS: Final = "PLAYHEAD_"
REFUSED: Final = frozenset(
    {
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONEXECUTABLE",
        "PYTHONHOME",
        "PYTHONINSPECT",
        "PYTHONNOUSERSITE",
        "PYTHONPATH",
        "PYTHONPLATLIBDIR",
        "PYTHONPYCACHEPREFIX",
        "PYTHONSAFEPATH",
        "PYTHONUSERBASE",
        "PYTHONUTF8",
    }
)


def variable_fault(name: str, value: str) -> str | None:
    """Return why a variable cannot be set, as a sentence without its stop; None where it can."""
    if not name or "=" in name or not name.isprintable():
        return f"{name!r} is no name of a variable"
    if name.startswith(_OURS):
        return f"`{name}` cannot be set: Playhead keeps names that begin with {_OURS} for itself"
    if name in REFUSED:
        return f"`{name}` cannot be set: it changes how the project's Python itself starts"
    if "\0" in value or not _is_encodable(name + value):
        return f"`{name}` cannot be set: its value holds a character that no variable can hold"
    return None


def first_variable_fault(variables: Iterable[tuple[str, str]]) -> str | None:
    """Return the first fault among the variables; None where there is none."""
    return next((fault for row in variables if (fault := variable_fault(*row))), None)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")  # as the system takes it
    except UnicodeEncodeError:
        return False
    return True
