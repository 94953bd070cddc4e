"""What processes, launcher and kernel tell about the end of a run. Looks at the machine only."""

import signal

from session.errors import ConnectFailed
from session.exit_info import EndFacts
from session.runtime.handshake import ISOLATION_MISSING
from session.runtime.launcher_process import ProgramExit
from session.runtime.memory_evidence import memory_limit, oom_kills
from session.runtime.sweep import Remains


def end_facts(
    ended: ProgramExit | None,
    failure: ConnectFailed | None,
    remains: Remains,
    kills_before: int | None,
    connect_timeout_s: float,
) -> EndFacts:
    """Return what is known without knowing what the program said or what was asked of it.

    `kills_before` counts the kernel's out-of-memory kills up to the start.
    """
    end = ended or ProgramExit(None, None, 0, 0.0)
    killed = end.signal == signal.SIGKILL
    timed_out = failure is not None and failure.code == "connect-timeout"
    kills = oom_kills()
    return EndFacts(
        code=end.code,
        signal=end.signal,
        connect_failure=failure.message if failure else None,
        connect_hint=failure.hint if failure else None,
        connect_timeout_s=connect_timeout_s if timed_out else None,
        isolation_missing=failure is not None and failure.code == ISOLATION_MISSING,
        launcher_lost=remains.launcher_lost and (end.signal is None or killed) and end.code is None,
        oom_kill=None not in (kills, kills_before) and kills != kills_before,
        peak_memory=end.max_rss or None,
        memory_limit=memory_limit() if killed else None,
        stuck=tuple(map(str, remains.stuck)),
    )
