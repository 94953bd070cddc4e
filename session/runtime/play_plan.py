"""What a worker is told to play, and what its launcher puts on it. Little I/O."""

from collections.abc import Mapping
from typing import Any

from session.ports import Launch
from session.runtime.isolation import limits_of, policy_of
from session.runtime.run_folder import RunFolder


class PlayPlan:
    """One launch in its folder; `profile` is the isolation that is tried first, None: nothing."""

    def __init__(self, launch: Launch, folder: RunFolder, profile: str | None) -> None:
        self._launch = launch
        self._folder = folder
        self._profile = profile

    def isolation(self) -> dict[str, Any] | None:
        """Return what the launcher puts on; only once the folder has been made."""
        folder = self._folder
        if folder.space is None or self._profile is None:
            return None
        overlay = folder.overlay
        view = overlay.plan(folder.view) if overlay else {"copied": folder.copied}
        return policy_of(self._launch, folder.view, folder.space, self._profile) | {"view": view}

    def config(self, isolation: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the worker's `config`; `folder` is for one that was started before it was laid."""
        prepared = self._launch.prepared
        return {
            "type": "config",
            "run_id": self._launch.run_id,
            "entry_form": "cells" if self._launch.cells else prepared.entry_form,
            "entry": prepared.entry,
            "args": list(prepared.args),
            "view": str(self._folder.view),
            "cwd": prepared.cwd,
            "folder": str(self._folder.cwd),
            "limits": limits_of(isolation, self._launch),
        }
