"""A worker that was started in advance: isolated like the last one, up, and waiting.

It is made for what was played last, with the same rights, interpreter and variables, in a view
that is still empty. Another Play that asks for exactly the same takes it and needs to wait for
nothing but its files. No code of the project has run in it, and nothing in it has run outside of
the isolation that its program gets.
"""

import asyncio
import os
import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from session.ports import Launch
from session.run_folder import RunFolder as LockedFolder
from session.run_id import RunId
from session.runtime.isolation import policy_of
from session.runtime.launcher_process import StartFailure
from session.runtime.platforms.seam import Platform
from session.runtime.run_folder import SPARES, RunFolder, environment_of, remove_place
from session.runtime.seat import Seat
from session.runtime.sweep import sweep
from session.settings import SessionSettings

_MARK = "spare-"


class Spare:
    """One worker in waiting. `launch` is what it was made after; `began` by the monotonic clock.

    Blocking where it makes folders, so `make` it in a thread's time and `begin` it on the loop.
    """

    def __init__(self, launch: Launch, settings: SessionSettings, platform: Platform) -> None:
        """Make its folders; raises OSError and leaves nothing where that is impossible."""
        self.mark = f"{_MARK}{os.getpid()}-{secrets.token_hex(6)}"
        self.place = launch.folder.parent / SPARES / self.mark
        self.launch = replace(launch, run_id=RunId(self.mark), folder=self.place)
        self.began = time.monotonic()
        self.seat: Seat | None = None
        self._settings = settings
        self._platform = platform
        self._ours = launch.environ or os.environ
        self._lock = LockedFolder.create(self.place)
        self.folder = RunFolder(self.launch)
        try:
            self.env = self.folder.prepare_empty(self._ours)
        except OSError:
            self._forget()
            raise
        self.isolation = self._policy(self.launch)
        self._stamp = self._stamp_of(self.launch)

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start its processes; raises OSError."""
        isolates = self.isolation is not None
        self.seat = Seat(loop, self._platform, self.mark, isolates=isolates)
        self.seat.remove(self.folder.links)
        python = self.launch.prepared.python
        self.seat.run(python, self.env, self.folder.view, self.isolation, waits=True)

    def _policy(self, launch: Launch) -> dict[str, Any] | None:
        space, profile = self.folder.space, self._settings.isolation
        if space is None or profile == "none" or not self._platform.isolates:
            return None
        return policy_of(launch, self.folder.view, space, profile) | {"view": {"copied": ""}}

    def take_seat(self) -> Seat:
        """Hand it over, with its processes and pipes; to a run, that then ends it."""
        assert self.seat is not None
        return self.seat

    @property
    def lives(self) -> bool:
        """Whether it is up, or about to be."""
        launcher = self.seat.launcher if self.seat else None
        if launcher is None or launcher.exited.done() or launcher.gone.done():
            return False
        return not launcher.started.done() or isinstance(launcher.started.result(), int)

    @property
    def failed(self) -> bool:
        """Whether it could not even be started, so that another one will fail as well."""
        started = self.seat.launcher.started if self.seat else None
        return started is not None and started.done() and isinstance(started.result(), StartFailure)

    def fits(self, launch: Launch) -> bool:
        """Whether a start of this would come out the same as this one did."""
        mine = replace(launch, run_id=self.launch.run_id, folder=self.place)
        return (
            self.lives
            and mine.prepared.python == self.launch.prepared.python
            and mine.data == self.launch.data
            and mine.prepared.is_small
            and self.folder.space is not None
            and environment_of(mine, self._ours, self.folder.space) == self.env
            and self._policy(mine) == self.isolation
            and self._stamp_of(mine) == self._stamp
        )

    def _stamp_of(self, launch: Launch) -> tuple[Any, ...]:
        """What a start reads once and is not asked for again: it must not have changed since."""
        python = launch.prepared.python
        prefix = python.parent.parent
        packages = sorted(prefix.glob("lib/python*/site-packages"))
        sockets = map(Path, (self.isolation or {}).get("sockets", ()))
        named = [python, prefix / "pyvenv.cfg", *packages, *sockets]
        return tuple(_identity(path) for path in named)

    async def discard(self) -> None:
        """End it; done when nothing of it is left."""
        if self.seat is not None:
            await sweep(self.seat.launcher, self._platform, {self.mark}, ())
            self.seat.close()
        await asyncio.to_thread(self._forget)

    def _forget(self) -> None:
        self.folder.remove()
        self.release()

    def release(self) -> None:
        """Give its place up: what was to be kept of it is filed elsewhere."""
        remove_place(self.place)
        self._lock.release()


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
