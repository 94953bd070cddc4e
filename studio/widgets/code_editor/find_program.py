"""The process that looks for a regular expression in a text. A program, not a module.

Started by path (`python -I -S find_program.py`) and alone with the standard library: no pattern,
however hopeless, holds the window up, for ending the process ends the search. It reads one request
as a line of JSON, then the text in UTF-8, and writes one JSON object a line.
"""

import json
import os
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import re

#: What was found is told after so many matches, or so many seconds.
_BATCH: Final = 2_000
_EVERY_S: Final = 0.05


def serve() -> None:
    """Answer the one request."""
    parent = os.getppid()

    def look(_number: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(0)

    signal.signal(signal.SIGALRM, look)  # `re` lets signals in while it matches
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    request = json.loads(sys.stdin.buffer.readline())
    text = sys.stdin.buffer.read(request["bytes"]).decode("utf-8", "surrogatepass")
    try:
        _answer(request, text)
    except BrokenPipeError:
        os._exit(0)


def _answer(request: dict[str, Any], text: str) -> None:
    from studio.widgets.code_editor.find import FindRequest, pattern_of, replacement

    pattern = pattern_of(FindRequest(*request["find"]))
    if isinstance(pattern, str):
        _send({"fault": pattern})
        return
    template = request["template"]
    if request["at"] is not None:
        start, end = request["at"]
        match = pattern.match(text, start)
        if match is not None and match.end() == end:
            _send({"text": replacement(match, template, regex=True)})
    elif template is None:
        _tell_spans(request, text, pattern)
    else:
        _tell_changes(request, text, pattern)
    _send({"done": True})


def _tell_changes(request: dict[str, Any], text: str, pattern: "re.Pattern[str]") -> None:
    from studio.widgets.code_editor.find import replacement

    changes: list[list[Any]] = []
    for match in pattern.finditer(text, *request["scope"]):
        if match.end() > match.start():
            after = replacement(match, request["template"], regex=True)
            changes.append([*match.span(), after])
        if len(changes) >= _BATCH:
            _send({"changes": changes})
            changes = []
    _send({"changes": changes})


def _tell_spans(request: dict[str, Any], text: str, pattern: "re.Pattern[str]") -> None:
    spans: list[int] = []
    room, told = request["most"], time.monotonic()
    for match in pattern.finditer(text, *request["scope"]):
        start, end = match.span()
        if end == start:
            continue
        spans += [start, end]
        room -= 1
        if len(spans) >= 2 * _BATCH or room <= 0 or time.monotonic() - told > _EVERY_S:
            _send({"spans": spans})
            spans, told = [], time.monotonic()
        if room <= 0:
            break
    if spans:
        _send({"spans": spans})


def _send(message: dict[str, Any]) -> None:
    """Write one line; blocks while nobody reads."""
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(1, data) :]


def _find_packages() -> None:
    """Make the studio's own packages importable, and nothing of the program's folder."""
    here = os.path.abspath(__file__)  # noqa: PTH100 - pathlib costs start-up
    for _ in range(4):
        here = os.path.dirname(here)  # noqa: PTH120 - as above
    sys.path.append(here)


if __name__ == "__main__":
    _find_packages()
    serve()
