"""Where one worker lives: its launcher, its pipes, and how it is asked for."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from session.runtime.launcher_process import WORKER_FOLDER, LauncherProcess
from session.runtime.pipes import CONTROL_FD, EVENTS_FD, RunPipes
from session.runtime.platforms.seam import Platform
from session.worker.launch_protocol import WAITS

_WORKER = str(WORKER_FOLDER / "worker.py")


class Seat:
    """A started launcher and the pipes of the worker that it is going to start.

    `mark` is what its processes are known by. Raises OSError, and leaves nothing open, when the
    launcher cannot be started.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, platform: Platform, mark: str, *, isolates: bool
    ) -> None:
        self.mark = mark
        self.launcher = LauncherProcess(loop, platform)
        self.pipes = RunPipes()
        self._fds = self.pipes.for_program
        try:
            self.launcher.start(
                mark, list(self._fds.values()), self.pipes.stderr_theirs, isolates=isolates
            )
        except OSError:
            self.pipes.abandon()
            raise
        self.pipes.hand_over()

    def remove(self, links: Sequence[Path]) -> None:
        """Name links that the launcher deletes last, whatever becomes of us."""
        self.launcher.remove(links)

    def close(self) -> None:
        """Close our ends of pipes that nobody has taken."""
        self.pipes.close()

    def run(
        self,
        python: Path,
        env: Mapping[str, str],
        cwd: Path,
        isolation: Mapping[str, Any] | None,
        watch: Mapping[str, Any] | None = None,
        *,
        waits: bool = False,
    ) -> None:
        """Ask for the worker; `waits`: it is told much later what it plays."""
        argv = [str(python), _WORKER, str(CONTROL_FD), str(EVENTS_FD), *([WAITS] if waits else [])]
        self.launcher.run(argv, env, cwd, self._fds, watch, isolation)
