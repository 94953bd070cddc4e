"""What to do next about an exception: a table of well-known causes. Pure."""

import errno
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from session.libraries import missing_library, package_of
from session.runtime.addresses import is_in_use, socket_path_of, taken_address
from session.runtime.refusals import refused, unresolved_address


def hint_for(
    failure: Mapping[str, Any],
    ours: Collection[str],
    passed: Collection[str],
    folders: Collection[str] = (),
) -> str | None:
    """Return one sentence, or None where there is nothing useful to say.

    `ours` are the names of Playhead's own environment variables, `passed` the program's;
    `folders` are the program's own.
    """
    kind = kind_of(failure)
    name = failure.get("name")
    if kind == "KeyError" and name in ours and name not in passed:
        return f'The variable {name} was not passed on: add it with `permissions.env = ["{name}"]`.'
    if kind in ("PermissionError", "OSError") and (words := refused(failure, folders)):
        return words
    explain = _KINDS.get(kind)
    found = explain(failure) if explain else None
    return found or hint_in(str(failure.get("message", "")), ours, passed)


def kind_of(failure: Mapping[str, Any]) -> str:
    """Return the name of an exception's class, without its module."""
    return str(failure.get("exception", "")).rpartition(".")[2]


def hint_in(text: str, ours: Collection[str] = (), passed: Collection[str] = ()) -> str | None:
    """Return what to do about words that a program, or its last lines, said.

    `ours` and `passed` are names of variables, as for `hint_for`.
    """
    library = missing_library(text)
    if library:
        return for_library(library)
    if any(words in text for words, _ in _NO_DISPLAY) and _is_withheld(ours, passed):
        return "The program may not use the display: grant it with `display = true`."
    return next((hint for words, hint in (*_NO_DISPLAY, *_TEXTS) if words in text), None)


def _is_withheld(ours: Collection[str], passed: Collection[str]) -> bool:
    """Whether there is a display, and the program was not told of it."""
    there = {"DISPLAY", "WAYLAND_DISPLAY"}.intersection(ours)
    return bool(there) and there.isdisjoint(passed)


def for_library(library: str) -> str:
    """Return what to do about a shared library that the loader does not find."""
    if library.startswith(_CUDA):
        return f"{library} comes with the NVIDIA driver or CUDA: `playhead doctor` looks for it."
    package = package_of(library)
    if package is None:
        return f"Install the system package that brings {library}."
    return f"The system lacks {library}: sudo apt-get install {package}"


_CUDA: Final = ("libcuda", "libcublas", "libcudnn", "libnvidia", "libnccl", "libcufft")


def _for_syntax(failure: Mapping[str, Any]) -> str | None:
    text = str((failure.get("syntax") or {}).get("text") or "").lstrip()
    if text.startswith("!"):
        return "Shell commands in cells need IPython: run them outside, or use `subprocess`."
    if text.startswith("%%"):
        return "Cell magics need IPython: leave the cell out with the tag `skip-execution`."
    return None


def _for_missing(failure: Mapping[str, Any]) -> str:
    message = str(failure.get("message", ""))
    if ": '/" in message:
        return "A program sees its own files, and what `permissions.read` or `--grant read=` names."
    if ": '../" in message:
        return (
            "What lies beside the project is not in the run: grant `read` of it by its full path."
        )
    return "Relative paths start in the run's view: is the file part of the project's image?"


#: Modules of the standard library that a system may leave out -> the Debian package.
_LEFT_OUT: Final = {
    "tkinter": "python3-tk",
    "_tkinter": "python3-tk",
    "turtle": "python3-tk",
    "idlelib": "idle3",
    "venv": "python3-venv",
    "ensurepip": "python3-venv",
    "distutils": "python3-setuptools",
}
#: Modules that a Python has only when it was built with the library behind them.
_BUILT_IN: Final = {"_bz2", "_ctypes", "_curses", "_dbm", "_lzma", "_sqlite3", "_ssl", "readline"}


def _for_module(failure: Mapping[str, Any]) -> str | None:
    name = str(failure.get("name") or "").partition(".")[0]
    if not name:
        return None
    if name in _BUILT_IN:
        return f"This Python was built without `{name}`: play it with another one."
    if name in _LEFT_OUT:
        package = _LEFT_OUT[name]
        return f"This Python lacks `{name}`: sudo apt-get install {package}, or use another Python."
    from shipper.formats.package_names import PACKAGES  # late: most runs miss no module

    package = PACKAGES.get(name, "")
    if package:
        return f"Declare it: add `{package}`, which brings `{name}`, to the project's dependencies."
    return f"Declare it: add the package that provides `{name}` to the project's dependencies."


def _for_address(failure: Mapping[str, Any]) -> str | None:
    if not is_in_use(failure):
        return unresolved_address(failure)
    path = socket_path_of(failure)
    if path is not None:
        return f"{path} is there already: remove it before binding, if no other program uses it."
    found = taken_address(failure)
    port = f"port {found.port}" if found else "this port"
    return f"Another process uses {port}: stop it, or choose another one."


def _for_system(failure: Mapping[str, Any]) -> str | None:
    found = _for_address(failure)
    return found or _ERRNOS.get(failure.get("errno") or 0)


_ERRNOS: Final = {
    errno.ENOSPC: "The disk is full: free some space and play again.",
    errno.EDQUOT: "Your share of the disk is used up: free some space and play again.",
    errno.EMFILE: "The program ran out of file descriptors: does it close its files?",
    errno.ECONNREFUSED: "Nobody listens at that address: is the server started, at that port?",
}

_KINDS: Final[dict[str, Callable[[Mapping[str, Any]], str | None]]] = {
    "ModuleNotFoundError": _for_module,
    "SyntaxError": _for_syntax,
    "IndentationError": _for_syntax,
    "OSError": _for_system,
    "ConnectionRefusedError": _for_system,
    "FileNotFoundError": _for_missing,
    "MemoryError": lambda _: "Process the data in smaller parts, or give the program more memory.",
    "RecursionError": lambda _: (
        "A function calls itself without end: look for the condition that should stop it."
    ),
    "EOFError": lambda failure: (
        "The program asked for input and there was none: type some, or pipe it in."
        if "reading a line" in str(failure.get("message", ""))
        else None
    ),
}

_ABSENT: Final = "There is no display here: play it on a desktop, or set DISPLAY."
_UNREACHED: Final = "The display that DISPLAY names does not answer: is it still there?"

#: What is said where a window cannot be shown -> what to do.
_NO_DISPLAY: Final = (
    (
        "No available video device",
        "There is no display here: SDL_VIDEODRIVER=dummy plays without a window.",
    ),
    ("no display name and no $DISPLAY", _ABSENT),
    ("$DISPLAY not set", _ABSENT),
    ('Cannot connect to "None"', _ABSENT),
    ("couldn't connect to display", _UNREACHED),
    ("could not connect to display", _UNREACHED),
    ("cannot open display", _UNREACHED),
    ("Can't connect to display", _UNREACHED),
)

#: What a message contains -> what to do.
_TEXTS: Final = (
    ("ddress already in use", "Another process uses this port: stop it, or choose another one."),
    (
        "ALSA: Couldn't open audio device",
        "There is no sound device here: SDL_AUDIODRIVER=dummy plays without sound.",
    ),
    ("dsp: No such audio device", "There is no sound device: set SDL_AUDIODRIVER=dummy."),
    ("AF_UNIX path too long", "The temporary folder's name is too long: shorten PLAYHEAD_HOME."),
    ("No space left on device", "The disk is full: free some space and play again."),
    ("Too many open files", "The program ran out of file descriptors: does it close its files?"),
)
