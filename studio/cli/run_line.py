"""One run as a line of `playhead runs`: for a person, for a program, as JSON. Pure."""

import json
import time
from pathlib import Path
from typing import Any

from session.exit_info import Cause
from session.record import RunRecord
from studio.figures import duration


class RunLine:
    """One run in the forms in which it is listed."""

    def __init__(self, record: RunRecord, *, live: bool) -> None:
        self._record = record
        self._live = live

    def for_person(self) -> tuple[str, str, str, str, str]:
        """Return id, local time, duration, how it ended in a few words, project."""
        record = self._record
        played = time.strftime("%d %b %H:%M", time.localtime(record.started))
        took = "-" if record.ended is None else duration(record.ended - record.started)
        return record.run_id, played, took, self._ended_in_words(), self._project()

    def for_program(self) -> tuple[str, ...]:
        """Return id, time (ISO 8601), seconds, state, cause, code or signal, project.

        The configuration follows where there was one.
        """
        record, end = self._record, self._record.exit
        played = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.started))
        took = "-" if record.ended is None else f"{record.ended - record.started:.3f}"
        cause = "-" if end is None else str(end.cause)
        ended = self.state, cause, self._number()
        chosen = () if record.configuration is None else (record.configuration,)
        return record.run_id, played, took, *ended, str(record.project), *chosen

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON fields, and whether it lives."""
        fields: dict[str, Any] = json.loads(self._record.to_json())
        return fields | {"live": self._live}

    @property
    def state(self) -> str:
        """The run's state; `live` while it is played, `lost` when its Playhead was killed."""
        if self._live:
            return "live"
        return "lost" if self._record.ended is None else str(self._record.state)

    def _ended_in_words(self) -> str:
        end = self._record.exit
        if end is None or self.state in {"live", "lost"}:
            return self.state
        words = end.cause.replace("-", " ")
        numbered = end.cause in {Cause.EXIT_CODE, Cause.SIGNAL}
        return f"{words} {self._number()}" if numbered else words

    def _number(self) -> str:
        end = self._record.exit
        number = None if end is None else (end.code if end.signal is None else end.signal)
        return "-" if number is None else str(number)

    def _project(self) -> str:
        chosen, project = self._record.configuration, _short(self._record.project)
        return project if chosen is None else f"{project} ({chosen})"


def _short(path: Path) -> str:
    try:
        return "~/" + path.relative_to(Path.home()).as_posix()
    except (ValueError, RuntimeError):
        return str(path)
