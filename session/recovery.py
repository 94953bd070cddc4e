"""What a start does about the runs that a killed Playhead left: end their processes, say so."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Protocol

from session.exit_info import Cause, ExitInfo
from session.history import RunHistory
from session.record import RunRecord
from session.run_folder import RunFolder, written_files
from session.state import SessionState

logger = logging.getLogger(__name__)


class Leftovers(Protocol):
    """Deals with what a run leaves on the machine when nobody is there to end it."""

    def end(self, record: RunRecord) -> Sequence[str]:
        """End every process that has the run's identity; return them as `name (pid)`."""
        ...

    def tidy(self, folder: Path) -> None:
        """Put what the run wrote where the history keeps it; remove its other files."""
        ...

    def clear(self, runs: Path) -> None:
        """End and remove what was kept ready for a run that never came."""
        ...


class RecoveredRun(NamedTuple):
    """A run that was left unfinished, and the processes of it that had to be ended."""

    record: RunRecord
    ended: Sequence[str]


def recover(history: RunHistory, leftovers: Leftovers) -> list[RecoveredRun]:
    """Finish the runs whose Playhead is dead; those of a living one are left alone.

    Costs the listing of two small folders when there is nothing to do.
    """
    recovered = []
    for folder, record in history.left_behind():
        try:
            recovered.append(_finish(history, folder, record, leftovers))
        except Exception:
            # One run that cannot be tidied must not keep any other from being played.
            logger.exception("run %s was left and cannot be tidied", record.run_id)
            folder.release()
    leftovers.clear(history.root)
    return recovered


def _finish(
    history: RunHistory,
    folder: RunFolder,
    record: RunRecord,
    leftovers: Leftovers,
) -> RecoveredRun:
    ended = leftovers.end(record)
    leftovers.tidy(folder.path)
    record = replace(
        record,
        state=SessionState.RUNTIME_FAILED,
        exit=_explain(ended),
        ended=time.time(),
        written=written_files(folder.path),
    )
    history.end(folder, record)
    return RecoveredRun(record, ended)


def _explain(ended: Sequence[str]) -> ExitInfo:
    left = f" Left running and ended now: {', '.join(ended)}." if ended else ""
    return ExitInfo(
        Cause.WORKER_LOST,
        f"Playhead itself ended in the middle of this run.{left}",
        next_step="Everything logged until then is kept; play again when ready.",
    )
