"""Why a run ended, in words: facts in, one immutable `ExitInfo` out, no process in sight."""

from enum import StrEnum
from typing import NamedTuple


class Cause(StrEnum):
    """Why a run ended. Unknown says unknown."""

    FINISHED = "finished"
    EXIT_CODE = "exit-code"
    EXCEPTION = "exception"
    SIGNAL = "signal"
    SEGFAULT = "segfault"
    OUT_OF_MEMORY = "out-of-memory"
    BUDGET = "budget"
    WORKER_LOST = "worker-lost"
    CONNECT_TIMEOUT = "connect-timeout"
    CONNECT_FAILED = "connect-failed"
    PREPARE_FAILED = "prepare-failed"
    LOG_UNWRITABLE = "log-unwritable"
    STOPPED_BY_USER = "stopped-by-user"
    UNKNOWN = "unknown"


class ExitInfo(NamedTuple):
    """How a run ended: `code` is the program's own exit code, `signal` the number that ended it."""

    cause: Cause
    message: str
    code: int | None = None
    signal: int | None = None
    next_step: str | None = None
