"""Says who holds the port that a program did not get, and what to do about it.

Looking takes some milliseconds, so it is done in a thread; the run's end waits for it.
"""

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from session.log.entry import NewEntry, Severity, Source
from session.run_folder import read_record
from session.runtime.addresses import Address, taken_address
from session.runtime.platforms.seam import Platform
from session.runtime.shown import shown

if TYPE_CHECKING:
    from session.runtime.port_holder import Holder

#: How long the end of a run may wait for the answer.
_PATIENCE_S: Final = 3.0
#: So many ports are looked for in one run: its errors can be made up.
_MOST: Final = 8
_TWICE: Final = "Let it bind the port once, or close the first socket before."
_RUN_ID: Final = re.compile(r"\d{8}-\d{6}-\d{3}[0-9a-z]{3}")


class HeldPort(NamedTuple):
    """A taken port in words: who holds it, what to do, and the other run that it belongs to."""

    message: str
    hint: str
    run_id: str | None = None

    @property
    def step(self) -> str:
        """All of it as the next step of a run that ended of it."""
        return f"{self.message} {self.hint}"


class PortConflict:
    """Hears the errors of one run. All calls on the event loop's thread."""

    def __init__(
        self,
        run_id: str,
        runs: Path,
        platform: Platform,
        log: Callable[[NewEntry], None],
        within: Callable[[], tuple[int, ...]],
    ) -> None:
        self.found: HeldPort | None = None
        self._run_id = run_id
        self._runs = runs
        self._platform = platform
        self._log = log
        self._within = within
        self._looks: set[asyncio.Task[None]] = set()
        self._seen: set[Address] = set()

    def hear(self, failure: Mapping[str, Any]) -> None:
        """Look for the holder where an error says that a port is taken; each is looked for once."""
        address, within = taken_address(failure), self._within()
        if address is None or address in self._seen or len(self._seen) >= _MOST:
            return
        self._seen.add(address)
        look = self._look(address, within, again=failure.get("again") is True)
        self._looks.add(asyncio.create_task(look, name="port holder"))

    async def settled(self) -> None:
        """Wait until what was asked for is known, but not for long."""
        if self._looks:
            await asyncio.wait(self._looks, timeout=_PATIENCE_S)

    async def _look(self, address: Address, within: tuple[int, ...], *, again: bool) -> None:
        held = await asyncio.to_thread(self._find, address, within, again=again)
        if held is None:
            return
        self.found = held
        entry = NewEntry(
            Source.RUNTIME, Severity.ERROR, held.message, code="port-held", hint=held.hint
        )
        self._log(entry)

    def _find(self, address: Address, within: tuple[int, ...], *, again: bool) -> HeldPort | None:
        from session.runtime.port_holder import find_holder  # late: most ports are free

        holder = find_holder(address, within, self._platform)
        if again and (holder is None or (holder.identity is None and not holder.lingers)):
            # It has ended by now, and its own sockets with it.
            return HeldPort(f"The program asked for port {address.port} more than once.", _TWICE)
        if holder is None:
            return None
        other = holder.run_id if _RUN_ID.fullmatch(holder.run_id or "") else None
        record = read_record(self._runs / other) if other else None
        title = record.title or record.project.name if record else ""
        return held_port(address, holder, self._run_id, other if record else None, title)


def held_port(
    address: Address, holder: "Holder", own: str, other: str | None, title: str = ""
) -> HeldPort:
    """Return what to say of a holder. `own` is this run; `other` the run that the holder is of."""
    what = f"Port {address.port}"
    if holder.lingers:
        return HeldPort(
            f"{what} is not free yet: a connection of an earlier program lingers.",
            "Wait a minute, or set SO_REUSEADDR before binding.",
        )
    if holder.identity is None:
        who = _user(holder.user)
        return HeldPort(
            f"{what} is held by a process of {who}.", "Choose another port, or ask who runs it."
        )
    pid = holder.identity.pid
    who = f"{shown(holder.name)} (process {pid})"
    if holder.run_id == own:
        return HeldPort(
            f"{what} is held by this run itself, by {who}.",
            _TWICE,
        )
    if pid == os.getpid():
        return HeldPort(f"{what} is held by Playhead itself, {who}.", "Choose another port.")
    if other is None:
        return HeldPort(f"{what} is held by {who}.", f"End it: kill {pid}. Or choose another port.")
    of = f" of {shown(title)}" if title else ""
    return HeldPort(
        f"{what} is held by another run{of}, by {who}.",
        f"Stop it: playhead runs --stop {other}",
        other,
    )


def _user(number: int) -> str:
    import pwd

    try:
        return f"the user {pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"the user number {number}"
