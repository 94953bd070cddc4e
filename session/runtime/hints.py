"""What to do next about an exception: a table of well-known causes. Pure."""

from collections.abc import Collection, Mapping
from typing import Any


def hint_for(
    failure: Mapping[str, Any], ours: Collection[str], passed: Collection[str]
) -> str | None:
    """Return one sentence, or None where there is nothing useful to say.

    `ours` are the names of Playhead's own environment variables, `passed` the program's.
    """
    kind = str(failure.get("exception", "")).rpartition(".")[2]
    message = str(failure.get("message", ""))
    name = failure.get("name")
    if kind == "ModuleNotFoundError" and name:
        return _for_module(str(name))
    if kind == "KeyError" and name in ours and name not in passed:
        return f'The variable {name} was not passed on: add it with `permissions.env = ["{name}"]`.'
    if kind in ("SyntaxError", "IndentationError"):
        return _for_syntax(failure)
    if kind == "FileNotFoundError":
        return _for_missing(message)
    return _for_text(kind, message)


def _for_syntax(failure: Mapping[str, Any]) -> str | None:
    text = str((failure.get("syntax") or {}).get("text") or "").lstrip()
    if text.startswith("!"):
        return "Shell commands in cells need IPython: run them outside, or use `subprocess`."
    if text.startswith("%%"):
        return "Cell magics need IPython: leave the cell out with the tag `skip-execution`."
    return None


def _for_missing(message: str) -> str:
    if ": '/" in message:
        return "A program sees its own files, and what `permissions.read` or `--grant read=` names."
    if ": '../" in message:
        return (
            "What lies beside the project is not in the run: grant `read` of it by its full path."
        )
    return "Relative paths start in the run's view: is the file part of the project's image?"


def _for_module(name: str) -> str:
    package = name.partition(".")[0]
    return f"Declare it: add the package that provides `{package}` to the project's dependencies."


#: What the message contains -> what to do.
_TEXTS = (
    ("Address already in use", "Another process uses this port: stop it, or choose another one."),
    (
        "No available video device",
        "There is no display here: SDL_VIDEODRIVER=dummy plays without a window.",
    ),
    (
        "no display name and no $DISPLAY",
        "There is no display here: play it on a desktop, or set DISPLAY.",
    ),
    ("couldn't connect to display", "The display that DISPLAY names does not answer."),
    (
        "ALSA: Couldn't open audio device",
        "There is no sound device here: SDL_AUDIODRIVER=dummy plays without sound.",
    ),
    ("dsp: No such audio device", "There is no sound device: set SDL_AUDIODRIVER=dummy."),
    ("AF_UNIX path too long", "The temporary folder's name is too long: shorten PLAYHEAD_HOME."),
    ("No space left on device", "The disk is full: free some space and play again."),
    ("Too many open files", "The program ran out of file descriptors: does it close its files?"),
)


def _for_text(kind: str, message: str) -> str | None:
    if kind == "MemoryError":
        return "Process the data in smaller parts, or give the program more memory."
    if kind == "RecursionError":
        return "A function calls itself without end: look for the condition that should stop it."
    if kind == "EOFError" and "reading a line" in message:
        return "The program asked for input and there was none: type some, or pipe it in."
    return next((hint for text, hint in _TEXTS if text in message), None)
