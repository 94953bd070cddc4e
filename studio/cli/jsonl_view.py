"""A run as JSON, one object a line, in sequence: the states, the entries, then the exit."""

import json
from collections.abc import Sequence

from session.events import RunEnded
from session.log.entry import LogEntry, Row
from session.log.jsonl import row_object, timestamp

_encode = json.JSONEncoder(ensure_ascii=False).encode
_quote = json.encoder.encode_basestring
#: A row's origin, location, code and hint where it has none of them.
_NO_EXTRAS = (None, None, None, None, None)


class JsonlView:
    """Turns rows into lines of JSON."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._quoted_id = _quote(run_id)
        self._time = -1.0
        self._at = ""

    def page(self, rows: Sequence[Row]) -> str:
        """Return one line of JSON for each row."""
        return "".join(map(self._line, rows))

    def _line(self, row: Row) -> str:
        if isinstance(row, LogEntry) and row.stream is not None and row[7:] == _NO_EXTRAS:
            return self._program_line(row, row.stream)
        return _encode(row_object(row, self._run_id)) + "\n"

    def _program_line(self, row: LogEntry, stream: str) -> str:
        """Return what `row_object` says of a program's line, several times as quickly."""
        if row.time != self._time:
            self._time, self._at = row.time, timestamp(row.time)
        return (
            f'{{"type": "log", "seq": {row.seq}, "at": "{self._at}", "run": {self._quoted_id}, '
            f'"source": "{row.source}", "severity": "{row.severity.word}", '
            f'"message": {_quote(row.message)}, "stream": "{stream}", '
            f'"continued": {"true" if row.continued else "false"}, '
            '"origin": null, "location": null, "code": null, "hint": null}\n'
        )

    def end(self, ended: RunEnded, content_id: str | None) -> str:
        """Return the last line: how the run ended."""
        return exit_line(self._run_id, ended, content_id)


def exit_line(run_id: str, ended: RunEnded, content_id: str | None) -> str:
    """Return the `exit` object of a run as a line."""
    fields = {
        "type": "exit",
        "run": run_id,
        "state": str(ended.state),
        "cause": str(ended.exit.cause),
        "code": ended.exit.code,
        "message": ended.exit.message,
        "content_id": content_id,
        "duration_s": round(ended.duration_s, 3),
    }
    return _encode(fields) + "\n"
