"""The programs that are being played, as rows to be shown."""

from collections.abc import Iterable

from session.execution_session import ExecutionSession
from session.state import SessionState
from session.worker_row import WorkerKind, WorkerRow

_ACTIVE = {SessionState.PREPARING: "preparing", SessionState.CONNECTING: "starting"}


async def rows_of(sessions: Iterable[ExecutionSession]) -> list[WorkerRow]:
    """Look at the runs of these sessions that are active now."""
    return [await _row(one) for one in sessions if one.state.active and one.record is not None]


async def _row(session: ExecutionSession) -> WorkerRow:
    record, usage = session.record, await session.usage()
    assert record is not None, "an active session has a run"
    isolation = record.isolation
    return WorkerRow(
        record.run_id,
        WorkerKind.RUN,
        session.project.stem,
        _health(session),
        record.processes[-1].pid if len(record.processes) > 1 else None,
        usage.memory if usage is not None else None,
        record.started,
        isolation=str(isolation.get("profile", "")) if isolation is not None else "",
    )


def _health(session: ExecutionSession) -> str:
    if session.stop_requested:
        return "stopping"
    return _ACTIVE.get(session.state) or session.health or "answers"
