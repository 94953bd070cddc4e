"""Stops a run that another Playhead plays: it asks the program, as Ctrl-C would, then ends it.

The program's own launcher sweeps up after it, and its own Playhead completes the record.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from session.ports import ProcessIdentity
from session.record import RunRecord
from session.run_folder import STOP_ASKED
from session.runtime.platforms.seam import Platform

_LOOK_EVERY_S: Final = 0.05
#: How long the launcher and the owner may take once the program has ended.
_FILING_S: Final = 10.0


def stop_other(
    record: RunRecord,
    folder: Path,
    is_live: Callable[[], bool],
    grace_s: float,
    platform: Platform,
) -> bool:
    """Stop the run of this folder and wait until it is filed; False where that cannot be done.

    Blocks.
    """
    worker = record.processes[1] if len(record.processes) > 1 else None
    if worker is None or platform.identify(worker.pid) != worker:
        return not is_live()
    with suppress(OSError):  # its end is then told as one that nobody knows of
        (folder / STOP_ASKED).touch()
    _signal(worker, signal.SIGINT)
    until = time.monotonic() + grace_s
    while platform.identify(worker.pid) == worker:
        if time.monotonic() > until:
            _signal(worker, signal.SIGKILL)
            break
        time.sleep(_LOOK_EVERY_S)
    return _filed(is_live)


def _signal(worker: ProcessIdentity, number: signal.Signals) -> None:
    with suppress(OSError):  # it has ended between the look and this
        os.killpg(worker.pid, number)


def _filed(is_live: Callable[[], bool]) -> bool:
    until = time.monotonic() + _FILING_S
    while is_live():
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
