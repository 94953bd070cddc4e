"""One place of a pool: sees to it that there is a worker in it, as often as it takes.

A start that fails is tried again after a while that grows; where starts fail again and again, the
circuit that all places share leaves them alone for longer.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from session.errors import SessionError
from session.workers.circuit_breaker import CircuitBreaker, CircuitOpen, Permit
from session.workers.pool_port import Hire, PooledWorker
from session.workers.retry import RetryPolicy
from session.workers.telemetry import Emit

#: How long is waited at least before an open circuit is asked again, in seconds.
_LEAST_WAIT_S = 0.1


@dataclass(frozen=True, slots=True)
class SlotParts:
    """What all places of a pool share. `on_failed` is told why a start failed."""

    hire: Hire
    turns: asyncio.Semaphore
    circuit: CircuitBreaker
    restart: RetryPolicy
    emit: Emit
    on_failed: Callable[[SessionError], None]


class Slot:
    """Keeps one place filled. `first` is set when the first start is decided: None for up."""

    def __init__(self, name: str, parts: SlotParts) -> None:
        self.name = name
        self.first: asyncio.Future[SessionError | None] = asyncio.get_running_loop().create_future()
        self._parts = parts
        self._failed = self._early = self._starts = 0

    async def fill(self) -> PooledWorker:
        """Return a worker that has come up, however many attempts that takes."""
        while True:
            if self._failed + self._early:
                await asyncio.sleep(self._parts.restart.delay_s(self._failed + self._early))
            try:
                worker = await self._try()
            except CircuitOpen as error:
                self._tell(error)
                await asyncio.sleep(max(error.wait_s, _LEAST_WAIT_S))
            except SessionError as error:
                self._failed += 1
                self._tell(error)
            else:
                self._failed = 0
                return worker

    def note_up(self) -> None:
        """Note that its worker serves."""
        self._decide(None)

    def note_refused(self, error: SessionError) -> None:
        """Note that its worker came up and cannot be used."""
        self._early += 1
        self._tell(error)

    def _tell(self, error: SessionError) -> None:
        self._decide(error)
        self._parts.on_failed(error)

    async def _try(self) -> PooledWorker:
        parts = self._parts
        async with parts.turns:
            permit = parts.circuit.ask()
            began = time.monotonic()
            parts.emit("worker.spawn_started", worker_id=self.name, warm=False)
            try:
                worker = await parts.hire()
            except Exception as error:
                parts.circuit.report(permit, failed=True)
                spent = time.monotonic() - began
                reason = getattr(error, "code", type(error).__name__)
                parts.emit(
                    "worker.spawn_failed", worker_id=self.name, reason=reason, duration_s=spent
                )
                raise _as_ours(error) from error
            except BaseException:
                parts.circuit.give_back(permit)
                raise
            self._note_up(worker, permit, time.monotonic() - began)
            return worker

    def _note_up(self, worker: PooledWorker, permit: Permit, spent: float) -> None:
        parts = self._parts
        parts.circuit.report(permit, failed=False)
        about: dict[str, Any] = {"worker_id": worker.id, "duration_s": spent}
        if worker.pid is not None:
            about["pid"] = worker.pid
        parts.emit("worker.spawned", warm=False, **about)
        self._starts += 1

    def note_end(self, *, early: bool) -> int:
        """Note that its worker is gone; return how many there have been.

        One that went at once, without any use, counts as a start that failed.
        """
        self._early = self._early + 1 if early else 0
        return self._starts

    def _decide(self, value: SessionError | None) -> None:
        if not self.first.done():
            self.first.set_result(value)


def _as_ours(error: Exception) -> SessionError:
    if isinstance(error, SessionError):
        return error
    return SessionError(f"A worker could not be started: {type(error).__name__}: {error}.")
