"""From the worker's words to log entries: places, hints, and nonsense."""

from pathlib import Path
from typing import Any

import pytest

from session.log.entry import Location, Severity, Source
from session.runtime.diagnostics import Places, describe, entry_of, place_of
from session.runtime.hints import hint_for

PLACES = Places(Path("/run/view"), Path("/home/me/project"), {"TOKEN", "PATH"}, {"PATH"})


def frames(*paths: str) -> list[dict[str, Any]]:
    return [{"path": path, "line": number, "function": "f"} for number, path in enumerate(paths, 1)]


@pytest.mark.parametrize(
    ("paths", "place"),
    [
        (["/run/view/main.py"], Location("main.py", 1)),
        (["/run/view/main.py", "/usr/lib/python3/json.py"], Location("main.py", 1)),
        (["/run/view/main.py", "/run/view/a/b.py"], Location("a/b.py", 2)),
        (["/home/me/project/x.py"], Location("x.py", 1)),
        (["/run/view/main.py", "/home/me/project/.venv/lib/y.py"], Location("main.py", 1)),
        (["/run/viewer/main.py", "<string>", "main.py"], None),
        ([], None),
    ],
)
def test_the_innermost_place_in_the_project(paths: list[str], place: Location | None) -> None:
    found = place_of({"frames": frames(*paths)}, PLACES)
    assert (found.location if found else None) == place


def test_a_syntax_error_has_its_own_place() -> None:
    failure = {
        "frames": frames("/run/view/main.py"),
        "syntax": {"path": "/run/view/broken.py", "line": 7, "column": 3},
    }
    found = place_of(failure, PLACES)
    assert found is not None
    assert found.location == Location("broken.py", 7, 3)


def test_a_cell_is_named() -> None:
    found = place_of({"frames": frames("/run/view/nb/a.ipynb[12]")}, PLACES)
    assert found is not None
    assert found.location == Location("nb/a.ipynb", 1)
    assert str(found) == "nb/a.ipynb, cell 12, line 1"


def test_a_group_is_placed_by_its_parts() -> None:
    failure = {"frames": [], "inner": [{"frames": frames("/run/view/part.py")}]}
    found = place_of(failure, PLACES)
    assert found is not None
    assert found.location.path == "part.py"


def test_paths_of_the_view_are_shortened_in_messages() -> None:
    failure = {"exception": "OSError", "message": "no '/run/view/data/x.csv'"}
    assert describe(failure, PLACES) == "OSError: no 'data/x.csv'"


def test_an_interrupt_we_asked_for_is_no_error() -> None:
    header = {
        "type": "diagnostic",
        "kind": "interrupt",
        "exception": "KeyboardInterrupt",
        "frames": frames("/run/view/main.py"),
    }
    asked = entry_of(header, PLACES, stopping=True)
    assert asked is not None
    assert asked.severity is Severity.INFO
    assert asked.message == "The program was interrupted at main.py:1."
    unasked = entry_of(header, PLACES, stopping=False)
    assert unasked is not None
    assert (unasked.severity, unasked.code) == (Severity.ERROR, "keyboard-interrupt")


def test_cells_and_notes() -> None:
    cell = entry_of({"type": "cell", "number": 3, "state": "finished"}, PLACES, stopping=False)
    assert cell is not None
    assert (cell.origin, cell.severity) == ("cell 3", Severity.DEBUG)
    header = {"type": "note", "severity": "warning", "code": "c", "message": "m"}
    note = entry_of(header, PLACES, stopping=False)
    assert note is not None
    assert (note.source, note.severity, note.code) == (Source.RUNTIME, Severity.WARNING, "c")


@pytest.mark.parametrize("header", [{}, {"type": "pong"}, {"type": 3}])
def test_other_frames_need_no_entry(header: dict[str, Any]) -> None:
    assert entry_of(header, PLACES, stopping=False) is None


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"exception": "ModuleNotFoundError", "name": "yaml.nodes"}, "`yaml`"),
        ({"exception": "KeyError", "name": "TOKEN"}, 'permissions.env = ["TOKEN"]'),
        ({"exception": "OSError", "message": "[Errno 98] Address already in use"}, "port"),
        ({"exception": "pygame.error", "message": "No available video device"}, "SDL_VIDEODRIVER"),
        ({"exception": "pygame.error", "message": "dsp: No such audio device"}, "SDL_AUDIODRIVER"),
        ({"exception": "EOFError", "message": "EOF when reading a line"}, "input"),
        ({"exception": "MemoryError"}, "smaller parts"),
        ({"exception": "RecursionError"}, "calls itself"),
        ({"exception": "FileNotFoundError"}, "view"),
        (
            {"exception": "_tkinter.TclError", "message": "no display name and no $DISPLAY"},
            "display",
        ),
    ],
)
def test_hints(failure: dict[str, Any], words: str) -> None:
    hint = hint_for(failure, PLACES.ours, PLACES.passed)
    assert hint is not None
    assert words in hint
    assert hint.endswith((".", "?"))


@pytest.mark.parametrize(
    "failure",
    [
        {"exception": "KeyError", "name": "PATH"},
        {"exception": "KeyError", "name": "unknown"},
        {"exception": "ValueError", "message": "odd"},
        {},
    ],
)
def test_no_hint_is_better_than_a_wrong_one(failure: dict[str, Any]) -> None:
    assert hint_for(failure, PLACES.ours, PLACES.passed) is None
