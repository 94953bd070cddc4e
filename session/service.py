"""The open projects, each with its own execution session. Knows no widget."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from session.errors import RunNotLive, RunNotStopped
from session.execution_session import ExecutionSession, Parts
from session.grants import GrantStore
from session.home import project_key
from session.play_request import PlayRequest
from session.ports import LogSink, Prepared
from session.preparation import prepare_project
from session.recovery import RecoveredRun, recover
from session.run_id import RunId, new_run_id
from session.run_rows import rows_of
from session.worker_row import WorkerRow, WorkerSource


class SessionService:
    """All open projects, each with its own session. Knows no widget."""

    def __init__(self, parts: Parts) -> None:
        self.history = parts.history
        self._parts = parts
        #: What the user has granted to projects for good.
        self.grants = GrantStore(parts.home)
        self._sessions: dict[str, ExecutionSession] = {}
        self._sources: list[WorkerSource] = []

    def set_grace(self, seconds: float) -> None:
        """Give programs this long from now on between being asked to stop and being ended."""
        self._parts.settings = replace(self._parts.settings, grace_s=seconds)

    def keep_ready(self, *, on: bool) -> None:
        """Keep a worker waiting for the next Play, which then starts at once; or none."""
        self._parts.runtime.keep_ready(on=on)

    def show_workers(self, source: WorkerSource) -> Callable[[], None]:
        """Have `workers` tell of these as well, until what is returned is called."""
        self._sources.append(source)
        return lambda: self._sources.remove(source)

    async def workers(self) -> tuple[WorkerRow, ...]:
        """Look at the workers that there are now: programs that are played, and all others.

        It reads what each of them uses, so it is for a page and not for every moment.
        """
        found = [*await rows_of(self.sessions)]
        for source in tuple(self._sources):
            found += await source.rows()
        return tuple(found)

    def end_worker(self, worker_id: str) -> bool:
        """End a worker at once; whether there was one of that name."""
        for session in self.sessions:
            if session.state.active and session.run_id == worker_id:
                session.stop(force=True)
                return True
        return any(source.end(worker_id) for source in tuple(self._sources))

    def recover(self) -> list[RecoveredRun]:
        """Finish what a killed Playhead left: end its processes, complete its records.

        Costs the listing of one folder when there is nothing to do, and blocks otherwise.
        """
        return recover(self.history, self._parts.leftovers)

    @property
    def sessions(self) -> tuple[ExecutionSession, ...]:
        """The open sessions, in the order of opening."""
        return tuple(self._sessions.values())

    def open(self, project: Path) -> ExecutionSession:
        """Return the session of the project: the same one for the same path until it is closed."""
        key = project_key(project)
        if key not in self._sessions or self._sessions[key].closed:
            self._sessions[key] = ExecutionSession(project.resolve(), self._parts)
        return self._sessions[key]

    def check(
        self, project: Path, log: LogSink, request: PlayRequest | None = None
    ) -> Coroutine[Any, Any, Prepared]:
        """Prepare a project without playing it; raise `PrepareFailed` where it cannot be.

        `request` says how it would be played, if not as it is. `log` gets every entry, on any
        thread. Cancelling ends it and leaves nothing behind.
        """
        parts = self._parts
        play = request or PlayRequest()
        return prepare_project(
            parts.preparer, parts.runtime, new_run_id(), project.resolve(), play, log
        )

    async def stop_run(self, run_id: RunId) -> None:
        """Stop a run, whoever plays it, and wait until it is over.

        Raises `RunNotFound`, `RunNotLive`, and `RunNotStopped` where another Playhead keeps it.
        """
        own = next((one for one in self.sessions if one.run_id == run_id), None)
        if own is not None and own.state.active:
            own.stop()
            await own.wait()
            return
        record = self.history.find(run_id)

        def is_live() -> bool:
            return self.history.is_live(record.run_id)

        if not is_live():
            raise RunNotLive(record.run_id)
        leftovers, grace_s = self._parts.leftovers, self._parts.settings.grace_s
        folder = self.history.folder(record.run_id)
        if not await asyncio.to_thread(leftovers.stop, record, folder, is_live, grace_s):
            raise RunNotStopped(record.run_id)

    async def close(self) -> None:
        """Stop every run and wait until all of it is gone."""
        await asyncio.gather(*(session.close() for session in self.sessions))
        await self._parts.runtime.close()
        self._sessions.clear()
