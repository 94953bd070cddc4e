"""The exit code of `playhead play`: facts in, one number out.

0-123 and above 127: the program's own. 124: a budget ended it. 125: preparation failed, or
Playhead itself did. 126: it could not be started. 128+n: signal n ended it; 130, 143, 129 and
141 when the signal came to Playhead (Ctrl-C, SIGTERM, SIGHUP, and a closed standard output,
which is treated as SIGPIPE). 2: a wrong command line, never decided here.
"""

import signal
from typing import Final

from session.exit_info import Cause, ExitInfo
from session.state import SessionState

BUDGET: Final = 124
PLAYHEAD_FAILED: Final = 125
NOT_STARTED: Final = 126
WRONG_COMMAND_LINE: Final = 2
#: What other commands exit with when they could not do what was asked.
FAILED: Final = 1
_BY_CAUSE: Final = {
    Cause.FINISHED: 0,
    Cause.BUDGET: BUDGET,
    Cause.PREPARE_FAILED: PLAYHEAD_FAILED,
    Cause.LOG_UNWRITABLE: PLAYHEAD_FAILED,
    Cause.CONNECT_TIMEOUT: NOT_STARTED,
    Cause.CONNECT_FAILED: NOT_STARTED,
    Cause.ISOLATION_MISSING: NOT_STARTED,
    Cause.STOPPED_BY_USER: 128 + signal.SIGINT,
}


def exit_code(state: SessionState, exit_info: ExitInfo, received: int | None = None) -> int:
    """Return the exit code of a run that ended in `state`; `received` is a signal sent to us."""
    if received is not None:
        return 128 + received
    if state is SessionState.PREPARE_FAILED:
        return PLAYHEAD_FAILED
    if exit_info.cause in _BY_CAUSE:
        return _BY_CAUSE[exit_info.cause]
    return _own(exit_info)


def _own(exit_info: ExitInfo) -> int:
    if exit_info.signal is not None:
        return 128 + exit_info.signal
    if exit_info.cause is Cause.SEGFAULT:
        return 128 + signal.SIGSEGV
    if exit_info.code is None:
        return 1
    return exit_info.code & 0xFF or (1 if exit_info.code else 0)
