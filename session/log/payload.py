"""What a row's bytes mean: rows to bytes and back. Pure; damaged bytes never raise.

A row with extras is its message, a zero byte and a line of JSON, which holds no zero byte.
"""

import json
from array import array
from typing import Any, Final

from session.log.entry import (
    Extras,
    Fix,
    Location,
    LogEntry,
    NewEntry,
    Row,
    Severity,
    Source,
    StateEntry,
    Stream,
)
from session.log.records import (
    CONTINUED_BIT,
    EXTRAS_BIT,
    NO_STREAM,
    STATE,
    STATE_META,
    STDERR,
    STDOUT,
    meta_byte,
)

SOURCES: Final = (Source.BUILD, Source.PACK_VALIDATION, Source.PACK, Source.RUNTIME)
SEVERITIES: Final = (Severity.DEBUG, Severity.INFO, Severity.WARNING, Severity.ERROR)
_STREAM_OF: Final = {NO_STREAM: None, STDOUT: Stream.STDOUT, STDERR: Stream.STDERR, STATE: None}
_CODE_OF: Final = {Stream.STDOUT: STDOUT, Stream.STDERR: STDERR}
_EXTRAS: Final = {"origin", "location", "code", "hint", "fix", "before", "after", "cause"}
_FIX_TYPES: Final = [str, str, int, int, int, int, str, str]
#: The last second that has a four-digit year.
_LAST_TIME: Final = 253402300799.0


def entry_payload(entry: NewEntry) -> tuple[bytes, int]:
    """Return an entry's bytes and its meta byte."""
    extras: Extras = {
        "origin": entry.origin,
        "location": entry.location,
        "code": entry.code,
        "hint": entry.hint,
        "fix": entry.fix,
    }
    extras = {name: value for name, value in extras.items() if value is not None}
    meta = meta_byte(SOURCES.index(entry.source), entry.severity, NO_STREAM, extras=bool(extras))
    return _encode(entry.message, extras), meta


def state_payload(before: str, after: str, cause: str) -> tuple[bytes, int]:
    """Return a state change's bytes and its meta byte."""
    extras = {"before": before, "after": after, "cause": cause}
    return _encode(f"{before} -> {after}", extras), STATE_META


def output_meta(stream: Stream, severity: int) -> int:
    """Return the meta byte of a line of the program's output."""
    return meta_byte(SOURCES.index(Source.RUNTIME), severity, _CODE_OF[stream])


def with_origin(
    block: bytes, base: int, ends: "array[int]", meta: bytes, origin: str
) -> "tuple[bytes, array[int], bytes]":
    """Return rows of output with the part of the program that wrote them.

    `block` are rows with a newline each, which end at `ends` in a spool that they begin in at
    `base`; `meta` is one byte a row, or one for all.
    """
    extras = b"\0" + json.dumps({"origin": origin}, separators=(",", ":")).encode() + b"\n"
    starts = [base, *ends[:-1]]
    rows = [block[a - base : b - base - 1] for a, b in zip(starts, ends, strict=True)]
    grown = [end + number * (len(extras) - 1) for number, end in enumerate(ends, 1)]
    return extras.join([*rows, b""]), array("Q", grown), bytes(one | EXTRAS_BIT for one in meta)


def message_of(payload: bytes, meta: int) -> bytes:
    """Return the message's bytes alone."""
    return payload.rpartition(b"\0")[0] if meta & EXTRAS_BIT else payload


def decode_row(seq: int, time: float, meta: int, payload: bytes, code: str | None = None) -> Row:
    """Return the row as readers see it; `code` stands in where the row has none."""
    extras: Extras = {}
    if meta & EXTRAS_BIT or (code is not None and _has_extras(payload)):
        payload, extras = _split(payload)
    if not 0 <= time <= _LAST_TIME:  # also not a number: the index was damaged
        time = 0.0
    if (meta >> 4 & 3 == STATE or code is not None) and extras.keys() >= {
        "before",
        "after",
        "cause",
    }:
        return StateEntry(seq, time, *(str(extras[key]) for key in ("before", "after", "cause")))
    return LogEntry(
        seq,
        time,
        SOURCES[meta & 3],
        SEVERITIES[meta >> 2 & 3],
        payload.decode("utf-8", "replace"),
        _STREAM_OF[meta >> 4 & 3],
        bool(meta & CONTINUED_BIT),
        extras.get("origin"),
        _location(extras.get("location")),
        extras.get("code", code),
        extras.get("hint"),
        _fix(extras.get("fix")),
    )


def _encode(message: str, extras: Extras) -> bytes:
    # A lone surrogate (from a file name that is not UTF-8, say) is shown, not refused.
    text = message.encode("utf-8", "backslashreplace")
    return text + b"\0" + json.dumps(extras, separators=(",", ":")).encode() if extras else text


def _split(payload: bytes) -> tuple[bytes, Extras]:
    message, _, packed = payload.rpartition(b"\0")
    try:
        extras = json.loads(packed)
    except ValueError:
        return payload, {}
    return (message, extras) if isinstance(extras, dict) else (payload, {})


def _has_extras(payload: bytes) -> bool:
    """Tell whether bytes whose record was lost look like a row with extras."""
    _, extras = _split(payload)
    return bool(extras) and extras.keys() <= _EXTRAS


def _location(value: Any) -> Location | None:  # noqa: ANN401 - whatever the JSON held
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        return None
    return Location(*value)


def _fix(value: Any) -> Fix | None:  # noqa: ANN401 - whatever the JSON held
    if not isinstance(value, list) or [type(part) for part in value] != _FIX_TYPES:
        return None
    return Fix(*value)
