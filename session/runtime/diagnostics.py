"""Turns what the worker reports into log entries, in the project's own words. Pure."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from session.log.entry import Location, NewEntry, Severity, Source
from session.runtime.denials import denial
from session.runtime.hints import hint_for

#: A notebook's cell is named by its number, after the notebook's path.
_CELL = re.compile(r"^(?P<path>.+)\[(?P<cell>\d+)\]$")


class Places(NamedTuple):
    """Where a run's files are, and which environment names exist: ours and the program's."""

    view: Path
    root: Path
    ours: Collection[str] = ()
    passed: Collection[str] = ()


class Place(NamedTuple):
    """A spot in the project; `cell` is set in a notebook."""

    location: Location
    cell: int | None = None

    def __str__(self) -> str:
        if self.cell is None:
            return str(self.location)
        return f"{self.location.path}, cell {self.cell}, line {self.location.line}"


def place_of(failure: Mapping[str, Any], places: Places) -> Place | None:
    """Return the innermost spot of the project that an exception passed through."""
    syntax = failure.get("syntax")
    spots = [*failure.get("frames", ())]
    if isinstance(syntax, dict) and syntax.get("path"):
        spots.append(syntax)
    for spot in reversed(spots):
        place = _in_project(str(spot.get("path")), spot.get("line"), spot.get("column"), places)
        if place is not None:
            return place
    return next(
        (place for one in failure.get("inner", ()) if (place := place_of(one, places))), None
    )


def _in_project(path: str, line: int | None, column: int | None, places: Places) -> Place | None:
    for folder in (places.view, places.root):
        prefix = f"{folder}{os.sep}"
        if path.startswith(prefix):
            inside = path[len(prefix) :].replace(os.sep, "/")
            if inside.startswith((".venv/", "venv/")):
                return None
            cell = _CELL.match(inside)
            if cell:
                return Place(Location(cell["path"], line, column), int(cell["cell"]))
            return Place(Location(inside, line, column))
    return None


def entry_of(header: Mapping[str, Any], places: Places, *, stopping: bool) -> NewEntry | None:
    """Return the log entry for one frame of the `events` channel; None where it needs none."""
    match header.get("type"):
        case "diagnostic" if header.get("kind") == "interrupt" and stopping:
            return _interrupt(header, places)
        case "diagnostic":
            return _failure(header, places)
        case "note":
            return _note(header)
        case "cell":
            return _cell(header)
        case "said":
            return _said(header, places)
        case "denied":
            place = place_of(header, places)
            return denial(header, place.location if place else None)
        case _:
            return None


def _interrupt(header: Mapping[str, Any], places: Places) -> NewEntry:
    place = place_of(header, places)
    where = f" at {place}" if place else ""
    return NewEntry(
        Source.RUNTIME,
        Severity.INFO,
        f"The program was interrupted{where}.",
        location=place.location if place else None,
        code="interrupted",
    )


_CODES = {"thread": "thread-exception", "interrupt": "keyboard-interrupt"}


def _failure(header: Mapping[str, Any], places: Places) -> NewEntry:
    place = place_of(header, places)
    origin = header.get("origin")
    text = describe(header, places)
    if header.get("kind") == "thread":
        text = f"In thread {header.get('thread') or '?'}: {text}"
    elif origin:
        text = f"{str(origin).capitalize()}: {text}"
    return NewEntry(
        Source.RUNTIME,
        Severity.ERROR,
        text,
        origin=origin,
        location=place.location if place else None,
        code=_CODES.get(str(header.get("kind")), "uncaught-exception"),
        hint=hint_of(header, places),
    )


def describe(failure: Mapping[str, Any], places: Places) -> str:
    """Return `Type: message`, with an exception group's parts and the notes below it."""
    kind, message = failure.get("exception") or "Exception", failure.get("message")
    lines = [f"{kind}: {message}" if message else str(kind)]
    lines += [f"  {describe(one, places)}" for one in failure.get("inner", ())]
    lines += [str(note) for note in failure.get("notes", ())]
    return "\n".join(lines).replace(f"{places.view}{os.sep}", "")


def hint_of(failure: Mapping[str, Any], places: Places) -> str | None:
    """Return the first hint there is, for the exception or for one of its parts."""
    own = hint_for(failure, places.ours, places.passed)
    inner = (hint_of(one, places) for one in failure.get("inner", ()))
    return own or next((hint for hint in inner if hint), None)


def _note(header: Mapping[str, Any]) -> NewEntry:
    return NewEntry(
        Source.RUNTIME,
        Severity.of(str(header.get("severity", "info"))),
        str(header.get("message", "")),
        origin=header.get("origin"),
        code=header.get("code"),
        hint=header.get("hint"),
    )


def _said(header: Mapping[str, Any], places: Places) -> NewEntry:
    """What the program says with `playhead.log`."""
    place = place_of(header, places)
    fields = header.get("fields") or {}
    told = "".join(f" {name}={value}" for name, value in fields.items())
    return NewEntry(
        Source.RUNTIME,
        Severity.of(str(header.get("severity", "info"))),
        f"{header.get('message', '')}{told}",
        location=place.location if place else None,
        code="said",
    )


def _cell(header: Mapping[str, Any]) -> NewEntry:
    number, state = header.get("number"), header.get("state")
    return NewEntry(
        Source.RUNTIME,
        Severity.DEBUG,
        f"Cell {number} {state}.",
        origin=f"cell {number}",
        code=f"cell-{state}",
    )
