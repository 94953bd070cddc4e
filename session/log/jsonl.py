"""Rows as the JSON lines that `--jsonl` prints. Pure."""

from datetime import UTC, datetime
from typing import Any

from session.log.entry import LogEntry, Row, StateEntry


def row_object(row: Row, run_id: str) -> dict[str, Any]:
    """Return the row as a JSON object, in the order in which its keys are printed."""
    if isinstance(row, StateEntry):
        return _state_object(row, run_id)
    return _entry_object(row, run_id)


def timestamp(seconds: float) -> str:
    """Return RFC 3339 text in UTC with milliseconds for seconds since the epoch."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _state_object(row: StateEntry, run_id: str) -> dict[str, Any]:
    return {
        "type": "state",
        "seq": row.seq,
        "at": timestamp(row.time),
        "run": run_id,
        "from": row.before,
        "to": row.after,
        "cause": row.cause,
    }


def _entry_object(row: LogEntry, run_id: str) -> dict[str, Any]:
    return {
        "type": "log",
        "seq": row.seq,
        "at": timestamp(row.time),
        "run": run_id,
        "source": row.source.value,
        "severity": row.severity.word,
        "message": row.message,
        "stream": row.stream.value if row.stream is not None else None,
        "continued": row.continued,
        "origin": row.origin,
        "location": row.location._asdict() if row.location is not None else None,
        "code": row.code,
        "hint": row.hint,
    }
