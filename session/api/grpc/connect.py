"""Connects to a worker that is served elsewhere, patiently: it may be on its way."""

from collections.abc import Callable
from typing import Final

from session.api.grpc.connection import Connection
from session.api.grpc.errors import ServerLost
from session.api.grpc.remote_worker import RemoteWorker
from session.runtime.host_tools import HostTools
from session.workers.control_channel import NoAnswer
from session.workers.retry import RetryPolicy
from session.workers.worker_settings import WorkerSettings

#: Five attempts, a quarter longer or shorter by chance, so that many do not come at once.
CONNECTING: Final = RetryPolicy(
    max_attempts=5,
    backoff_s=(0.05, 0.1, 0.2, 0.4, 0.5),
    jitter=0.25,
    retriable=frozenset({"unavailable", "timeout"}),
)


async def connect_worker(
    address: str,
    *,
    token: str | None = None,
    session_id: str | None = None,
    host_tools: HostTools | None = None,
    settings: WorkerSettings | None = None,
    policy: RetryPolicy = CONNECTING,
    on_retry: Callable[[int, float, str], None] = lambda *_: None,
) -> RemoteWorker:
    """Return the worker at an address, `host:port` or `unix:/path`, once it answers.

    `host_tools` may be called by its code for as long as we are connected. Raises a
    `WorkerError`: `ServerLost` where nobody answers, `NotAdmitted` without the right token.
    """
    connection = Connection(address, token)
    worker = RemoteWorker(connection, session_id, settings or WorkerSettings())

    async def greet(_attempt: int) -> None:
        await worker.greet(host_tools)

    try:
        await policy.run(greet, _kind, on_retry=on_retry)
    except BaseException:
        await worker.stop()
        raise
    return worker


def _kind(error: Exception) -> str | None:
    if isinstance(error, ServerLost):
        return "unavailable"
    return "timeout" if isinstance(error, NoAnswer) else None
