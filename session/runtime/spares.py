"""The workers in waiting: one for each interpreter that was played with lately.

They are made when the machine has nothing better to do, and given up when it runs short of
memory, when nobody has played for ten minutes, or when one does not keep still.
"""

import asyncio
import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from session.ports import Launch
from session.runtime import machine_load
from session.runtime.platforms.seam import Platform
from session.runtime.spare import Spare
from session.settings import SessionSettings

logger = logging.getLogger(__name__)

#: So many interpreters at most; the one that was played with longest ago gives way.
MOST: Final = 2
#: A spare is given up when nobody has taken it for so long.
IDLE_S: Final = 600.0
_FIRST_LOOK_S: Final = 0.3
_NEXT_LOOK_S: Final = 2.0


class Spares:
    """Keeps them. All calls on the event loop's thread; `look_s`: how often it looks around."""

    def __init__(
        self, settings: SessionSettings, platform: Platform, look_s: float = _FIRST_LOOK_S
    ) -> None:
        self._settings = settings
        self._platform = platform
        self._look_s = look_s
        self._wanted: dict[Path, Launch] = {}
        self._waiting: dict[Path, Spare] = {}
        self._since: dict[Path, float] = {}
        self._restless: set[Path] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._ends: set[asyncio.Task[None]] = set()
        self._keeps = True

    @property
    def waiting(self) -> tuple[Spare, ...]:
        """Those that are there now."""
        return tuple(self._waiting.values())

    def take(self, launch: Launch) -> Spare | None:
        """Return the spare that fits, which is the caller's then; one that does not is given up."""
        spare = self._waiting.pop(launch.prepared.python, None)
        if spare is None or spare.fits(launch):
            return spare
        self._give_up(spare)
        return None

    def want(self, launch: Launch) -> None:
        """Have one ready for the next Play like this, as soon as there is time for it."""
        python = launch.prepared.python
        if not self._keeps or python in self._restless:
            return
        self._wanted.pop(python, None)
        self._wanted[python] = launch  # the latest comes last
        self._since[python] = time.monotonic()
        for old in list(self._wanted)[:-MOST]:
            self._forget(old)
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep(), name="spare workers")

    def give_up(self, mark: str) -> None:
        """Give one up, until somebody plays like that again."""
        for python, spare in list(self._waiting.items()):
            if spare.mark == mark:
                self._forget(python)

    def keep(self, *, on: bool) -> None:
        """Keep some from the next Play on, or give up all there are."""
        self._keeps = on
        if not on:
            for python in list(self._wanted):
                self._forget(python)

    async def close(self) -> None:
        """Give up all of them; done when nothing of them is left."""
        self.keep(on=False)
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await asyncio.gather(*self._ends)

    async def _keep(self) -> None:
        """Look around until nothing is wanted any more."""
        pause_s = self._look_s
        while self._wanted:
            before = machine_load.look()
            await asyncio.sleep(pause_s)
            after = machine_load.look()
            self._drop_old()
            await self._drop_restless()
            if machine_load.is_short_of_memory():
                for python in list(self._wanted):
                    self._forget(python)
            elif before and after and machine_load.is_idle(before, after):
                await self._make_one()
            pause_s = self._look_s if self._lacking() else max(_NEXT_LOOK_S, self._look_s)

    def _lacking(self) -> list[Path]:
        return [python for python in reversed(self._wanted) if python not in self._waiting]

    async def _make_one(self) -> None:
        python = next(iter(self._lacking()), None)
        if python is None:
            return
        spare = None
        try:
            launch = self._wanted[python]
            spare = await asyncio.to_thread(Spare, launch, self._settings, self._platform)
            spare.begin(asyncio.get_running_loop())
            if python in self._wanted:
                self._waiting[python] = spare
            else:
                self._give_up(spare)
        except (OSError, asyncio.CancelledError) as error:
            if spare is not None:
                self._give_up(spare)
            if isinstance(error, asyncio.CancelledError):
                raise
            logger.info("no worker can be kept waiting: %s", error)
            self._forget(python)

    def _drop_old(self) -> None:
        for python, spare in list(self._waiting.items()):
            if time.monotonic() - self._since[python] > IDLE_S or spare.failed:
                self._forget(python)
            elif not spare.lives:
                self._give_up(self._waiting.pop(python))

    async def _drop_restless(self) -> None:
        """Have none of an environment that does something by itself while it waits."""
        for python, spare in list(self._waiting.items()):
            restless = await asyncio.to_thread(spare.is_restless)
            if restless and self._waiting.get(python) is spare:
                logger.info("no worker is kept waiting: %s does not keep still", python)
                self._restless.add(python)
                self._forget(python)

    def _forget(self, python: Path) -> None:
        self._wanted.pop(python, None)
        spare = self._waiting.pop(python, None)
        if spare is not None:
            self._give_up(spare)

    def _give_up(self, spare: Spare) -> None:
        end = asyncio.create_task(self._end(spare), name="end of a spare worker")
        self._ends.add(end)
        end.add_done_callback(self._ends.discard)

    @staticmethod
    async def _end(spare: Spare) -> None:
        with suppress(OSError):
            await spare.discard()
