"""Searching a project's files in a process of its own, and what it finds as plain data."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

_PROGRAM: Final = Path(__file__).with_name("search_program.py")
#: So many matches are shown; more help nobody.
MATCH_LIMIT: Final = 2_000
#: Bytes of one line of the answer; a file with all the matches there may be is less.
_LINE_BYTES: Final = 16 * 2**20


class FileQuery(NamedTuple):
    """What is looked for. `include` and `exclude` are patterns such as `*.py` or `tests/`.

    `replacement` is put in place of each match; with `regex` it may name groups.
    """

    text: str
    regex: bool = False
    case: bool = False
    word: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    replacement: str | None = None


def query_from(kept: Mapping[str, Any]) -> FileQuery:
    """Return the query that was kept as plain data; what is damaged of it is left out. Pure."""

    def text(key: str) -> str:
        value = kept.get(key)
        return value if isinstance(value, str) else ""

    def patterns(key: str) -> tuple[str, ...]:
        value = kept.get(key)
        parts = value if isinstance(value, list | tuple) else ()
        return tuple(part for part in parts if isinstance(part, str))

    regex, case, word = (kept.get(key) is True for key in ("regex", "case", "word"))
    include, exclude = patterns("include"), patterns("exclude")
    return FileQuery(text("text"), regex, case, word, include, exclude)


class Match(NamedTuple):
    """One match. `shown` is its line, where it stands at `at`; `text` is the match itself.

    Line and column count from 1, `at` and `length` are in characters.
    """

    line: int
    column: int
    length: int
    shown: str
    at: int
    text: str
    replacement: str | None


class FileMatches(NamedTuple):
    """All matches of one file; `path` is relative to the project."""

    path: str
    matches: tuple[Match, ...]


class Progress(NamedTuple):
    """So many files were looked at."""

    files: int


class SearchEnd(NamedTuple):
    """What was seen in all. `skipped` counts by reason; `capped` means that there are more."""

    files: int
    matches: int
    hits: int
    skipped: dict[str, int]
    capped: bool


class SearchRefused(Exception):
    """The search could not be made; the text says why."""


async def search_files(
    root: Path, query: FileQuery, only: str = ""
) -> AsyncGenerator[FileMatches | Progress | SearchEnd]:
    """Yield what is found as it is found, and a `SearchEnd`; `SearchRefused` says why not.

    Closing the iterator, or cancelling whoever waits on it, ends the process.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(_PROGRAM)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_LINE_BYTES,
        )
    except OSError as error:
        raise SearchRefused(error.strerror or str(error)) from error
    try:
        async for message in _messages(process, root, query, only):
            yield message
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _messages(
    process: asyncio.subprocess.Process, root: Path, query: FileQuery, only: str
) -> AsyncGenerator[FileMatches | Progress | SearchEnd]:
    if process.stdin is None or process.stdout is None:
        return
    request = query._asdict() | {"root": str(root), "only": only, "limit": MATCH_LIMIT}
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.close()
    async for line in process.stdout:
        message = json.loads(line)
        if "failed" in message:
            raise SearchRefused(message["failed"])
        yield _understood(message)
        if "done" in message:
            return
    msg = "the process that searches has ended"
    raise SearchRefused(msg)


def _understood(message: dict[str, Any]) -> FileMatches | Progress | SearchEnd:
    if "path" in message:
        return FileMatches(message["path"], tuple(Match(*m) for m in message["matches"]))
    if "progress" in message:
        return Progress(int(message["progress"]))
    counts = message["done"]
    skipped = {name: counts[name] for name in ("binary", "large", "unreadable") if counts[name]}
    return SearchEnd(
        counts["files"], counts["matches"], counts["hits"], skipped, bool(message["capped"])
    )


def replaced(text: str, matches: tuple[Match, ...]) -> str | None:
    """Return the text with each match replaced; None where one does not stand there any more."""
    starts = _line_starts(text)
    pieces: list[str] = []
    last = 0
    for match in matches:
        if match.line > len(starts):
            return None
        start = starts[match.line - 1] + match.column - 1
        if start < last or text[start : start + match.length] != match.text:
            return None
        pieces += [text[last:start], match.replacement or ""]
        last = start + match.length
    return "".join([*pieces, text[last:]])


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts
