"""The process that looks through a project's files. A program, not a module of the studio.

Started by path (`python -I -S search_program.py`) and alone with the standard library, so that
no pattern, however hopeless, holds the studio up: ending the process ends the search. It reads
one request as JSON from standard input and writes one JSON object a line.
"""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final

#: A file larger than this is skipped, in bytes.
FILE_LIMIT: Final = 5 * 2**20
#: Characters shown of a line, around the match.
LINE_LIMIT: Final = 240


def serve() -> None:
    """Answer the one request."""
    parent = os.getppid()

    def look(_number: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(0)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    request = json.loads(sys.stdin.buffer.readline())
    try:
        _search(request)
    except (re.error, OverflowError, RecursionError) as error:
        _send({"failed": _fault(error, "the pattern")})
    except BrokenPipeError:
        os._exit(0)


def _search(request: dict[str, Any]) -> None:
    pattern = pattern_of(request)
    if (fault := _fault_in_replacement(pattern, request)) is not None:
        _send({"failed": fault})
        return
    counts = {"files": 0, "binary": 0, "large": 0, "unreadable": 0, "matches": 0, "hits": 0}
    for path in _files(request):
        if counts["matches"] >= request["limit"]:
            break
        found = _look_into(os.path.join(request["root"], path), path, pattern, request, counts)  # noqa: PTH118 - pathlib costs start-up
        if found is not None:
            counts["hits"] += 1
            counts["matches"] += len(found["matches"])
            _send(found)
        elif counts["files"] % 500 == 0:
            _send({"progress": counts["files"]})
    capped = counts["matches"] >= request["limit"]
    _send({"done": counts, "capped": capped})


def _files(request: dict[str, Any]) -> Iterator[str]:
    if request["only"]:
        return iter([request["only"]])
    from shipper.formats.glob import Patterns
    from studio.workspaces.editor.walk import walk

    include, exclude = Patterns(request["include"]), Patterns(request["exclude"])
    return (
        path
        for path in walk(request["root"], links=False)
        if (not include or include.matching(path)) and not exclude.matching(path)
    )


def pattern_of(request: dict[str, Any]) -> re.Pattern[str]:
    """Return the pattern a request asks for; `re.error` where it is none."""
    text = request["text"] if request["regex"] else re.escape(request["text"])
    if request["word"]:
        text = rf"(?<!\w)(?:{text})(?!\w)"
    return re.compile(text, re.MULTILINE | (0 if request["case"] else re.IGNORECASE))


def _fault_in_replacement(pattern: re.Pattern[str], request: dict[str, Any]) -> str | None:
    """Say what is wrong with the replacement, before anything has been found."""
    if request["replacement"] is None or not request["regex"]:
        return None
    try:
        re.sub(pattern, request["replacement"], "")  # the template is read, whatever is found
    except (re.error, IndexError) as error:
        return _fault(error, "the replacement")
    return None


def _fault(error: Exception, where: str) -> str:
    if isinstance(error, re.error) and error.pos is not None:
        return f"{error.msg} at place {error.pos + 1} of {where}"
    return f"{error} in {where}"


def _look_into(
    file: str, path: str, pattern: re.Pattern[str], request: dict[str, Any], counts: dict[str, int]
) -> dict[str, Any] | None:
    counts["files"] += 1
    text = _read(file, counts)
    if text is None:
        return None
    room = request["limit"] - counts["matches"]
    matches = list(_matches(text, pattern, request, room))
    return {"path": path, "matches": matches} if matches else None


def _read(file: str, counts: dict[str, int]) -> str | None:
    from studio.documents.coding import decode

    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as opened:
            if os.fstat(handle).st_size > FILE_LIMIT:
                counts["large"] += 1
                return None
            data = opened.read(FILE_LIMIT + 1)
    except OSError:
        counts["unreadable"] += 1
        return None
    # Decoded as the editor does it, or what was found could not be found again and replaced.
    decoded = decode(data, python=file.endswith((".py", ".pyw", ".pyi")))
    if decoded is None:
        counts["binary"] += 1
        return None
    return decoded.text.replace("\r\n", "\n").replace("\r", "\n")


def _matches(
    text: str, pattern: re.Pattern[str], request: dict[str, Any], room: int
) -> Iterator[list[Any]]:
    """Yield line, column, length, the line as shown, where the match stands in it, replacement."""
    line, line_start, counted = 1, 0, 0
    for match in pattern.finditer(text):
        start, end = match.span()
        if start == end:
            continue
        if room <= 0:
            return
        room -= 1
        line += text.count("\n", counted, start)
        counted = start
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        shown_from = max(line_start, start - LINE_LIMIT // 3)
        shown = text[shown_from : min(line_end, shown_from + LINE_LIMIT)]
        lead = len(shown) - len(shown.lstrip())
        yield [
            line,
            start - line_start + 1,
            end - start,
            shown[lead:] if lead <= start - shown_from else shown,
            start - shown_from - (lead if lead <= start - shown_from else 0),
            match.group(),
            _replacement(match, request),
        ]


def _replacement(match: re.Match[str], request: dict[str, Any]) -> str | None:
    replacement = request["replacement"]
    if replacement is None or not request["regex"]:
        return str(replacement) if replacement is not None else None
    return match.expand(replacement)


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
