"""Finds and ends what a killed Playhead left behind, by exact identity and never by name."""

from collections.abc import Iterable
from typing import NamedTuple

from session.ports import ProcessIdentity
from session.runtime.platforms.current import current_platform
from session.runtime.platforms.seam import (
    EndedProcess,
    Platform,
)


class DeadRun(NamedTuple):
    """A run whose owner is gone, as its record has it."""

    run_id: str
    identities: tuple[ProcessIdentity, ...] = ()


def find_orphans(runs: Iterable[DeadRun], platform: Platform | None = None) -> list[EndedProcess]:
    """Return the live processes of these runs; the caller vouches that their owners are dead."""
    run_ids, identities = _merged(runs)
    return (platform or current_platform()).find(run_ids, identities) if run_ids else []


def end_orphans(runs: Iterable[DeadRun], platform: Platform | None = None) -> list[EndedProcess]:
    """End the live processes of these runs and return them; blocks until they are gone."""
    run_ids, identities = _merged(runs)
    return (platform or current_platform()).end(run_ids, identities) if run_ids else []


def _merged(runs: Iterable[DeadRun]) -> tuple[set[str], list[ProcessIdentity]]:
    listed = list(runs)
    return {run.run_id for run in listed}, [one for run in listed for one in run.identities]
