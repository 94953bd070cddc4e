"""The studio's settings: plain, with a default and a range for each."""

from dataclasses import dataclass, field
from typing import Any, Final, get_type_hints

#: Settings whose value is one of a few words.
CHOICES: Final = {
    "theme": ("system", "dark", "light"),
    "save_before_play": ("all", "project", "ask"),
    "close_while_running": ("ask", "stop", "keep"),
    "log_times": ("since-play", "wall", "delta", "none"),
}
#: Settings that are numbers: least and most.
RANGES: Final = {
    "code_pixels": (8, 40),
    "tab_width": (1, 16),
    "autosave_delay_s": (1, 600),
    "grace_s": (0, 60),
}


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """What the user chose. `shortcuts` maps an action's id to portable key text, "" for none.

    `save_before_play`: what is saved when Play is pressed: `all` open files, those of this
    `project`, or `ask`. `keep_ready`: a worker waits for the next Play, which starts at once.
    """

    theme: str = "system"
    code_pixels: int = 13
    tab_width: int = 4
    wrap_code: bool = False
    close_brackets: bool = True
    save_before_play: str = "project"
    autosave: bool = False
    autosave_delay_s: int = 5
    check_on_save: bool = True
    close_while_running: str = "ask"
    confirm_trash: bool = False
    log_times: str = "since-play"
    log_wrap: bool = False
    log_collapse: bool = False
    grace_s: float = 2.0
    keep_ready: bool = True
    shortcuts: dict[str, str] = field(default_factory=dict)


def read_settings(document: dict[str, Any]) -> tuple[StudioSettings, list[str]]:
    """Return the settings a parsed file holds, and a sentence for each value that is unfit.

    An unfit value is left at its default. An unknown key is no fault: a newer version may have
    written it.
    """
    types = get_type_hints(StudioSettings)
    values: dict[str, Any] = {}
    faults: list[str] = []
    for key in types.keys() & document.keys():
        value = document[key]
        if (fault := _fault(key, value, types[key])) is not None:
            faults.append(fault)
        else:
            values[key] = float(value) if types[key] is float else value
    return StudioSettings(**values), faults


def _fault(key: str, value: object, kind: object) -> str | None:
    if key in CHOICES and value not in CHOICES[key]:
        return f"`{key}` must be one of {', '.join(CHOICES[key])}."
    if key in RANGES:
        low, high = RANGES[key]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = kind is float or isinstance(value, int)
        if not (number and whole and low <= value <= high):  # type: ignore[operator]  # a number
            return f"`{key}` must be a number from {low} to {high}."
    elif kind is bool and not isinstance(value, bool):
        return f"`{key}` must be true or false."
    elif key == "shortcuts" and not _is_texts(value):
        return "`shortcuts` must map names of actions to key texts."
    return None


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(part, str) for item in value.items() for part in item
    )
