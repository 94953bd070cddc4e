"""The real runtime: every image is played in a process of its own, below a launcher."""

from session.errors import ConnectFailed
from session.ports import Launch, LogSink, RuntimeSink
from session.run_id import RunId
from session.runtime.execution import ProcessExecution
from session.runtime.platforms.current import current_platform
from session.runtime.platforms.seam import Platform
from session.runtime.tools import ProcessToolSpawner
from session.settings import SessionSettings


class ProcessRuntime:
    """Plays images in processes. Use it on an event loop in the main thread.

    `budget_s` is the share of each 16 ms that reading one run's output may take of the event
    loop; 0 means no limit.
    """

    def __init__(
        self,
        settings: SessionSettings,
        *,
        platform: Platform | None = None,
    ) -> None:
        self._settings = settings
        self.platform = platform or current_platform()

    async def start(self, launch: Launch, sink: RuntimeSink) -> ProcessExecution:
        """Start the launcher and return; raises ConnectFailed when even that cannot be done."""
        self.platform.settle()
        try:
            return ProcessExecution(launch, sink, self._settings, self.platform)
        except OSError as error:
            message = f"The launcher could not be started: {error.strerror or error}."
            hint = "Close other programs, or raise the limit of processes and open files."
            raise ConnectFailed(message, code="launch-failed", hint=hint) from error

    def tool_spawner(self, run_id: RunId, log: LogSink) -> ProcessToolSpawner:
        """Return what starts the tools of one preparation; `log` is told how they are isolated."""
        self.platform.settle()
        return ProcessToolSpawner(run_id, self._settings, self.platform, log)
