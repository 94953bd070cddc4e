"""The real runtime: every image is played in a process of its own, below a launcher."""

from session.errors import ConnectFailed
from session.ports import Launch, LogSink, RuntimeSink
from session.run_id import RunId
from session.runtime.execution import ProcessExecution
from session.runtime.liveness import WatchRun
from session.runtime.platforms.current import current_platform
from session.runtime.platforms.seam import Platform
from session.runtime.spares import Spares
from session.runtime.tools import ProcessToolSpawner
from session.settings import SessionSettings


class ProcessRuntime:
    """Plays images in processes. Use it on an event loop in the main thread.

    `budget_s` is the share of each 16 ms that reading one run's output may take of the event
    loop; 0 means no limit. `watch` is asked to watch over each run that is up.
    """

    def __init__(
        self,
        settings: SessionSettings,
        *,
        platform: Platform | None = None,
        watch: WatchRun | None = None,
    ) -> None:
        self._settings = settings
        self._watch = watch
        self.platform = platform or current_platform()
        #: The workers that wait for the next Play, where any are kept.
        self.spares: Spares | None = None
        if settings.spares and self.platform.isolates:
            self.spares = Spares(settings, self.platform)

    async def start(self, launch: Launch, sink: RuntimeSink) -> ProcessExecution:
        """Start the launcher and return; raises ConnectFailed when even that cannot be done."""
        self.platform.settle()
        spare = self.spares.take(launch) if self.spares else None
        try:
            execution = ProcessExecution(
                launch, sink, self._settings, self.platform, spare, self._watch
            )
        except OSError as error:
            if spare is not None:
                await spare.discard()
            message = f"The launcher could not be started: {error.strerror or error}."
            hint = "Close other programs, or raise the limit of processes and open files."
            raise ConnectFailed(message, code="launch-failed", hint=hint) from error
        if self.spares is not None:
            self.spares.want(launch)
        return execution

    def keep_ready(self, *, on: bool) -> None:
        """Keep workers waiting from now on, or no more; harmless where none can be kept."""
        if self.spares is not None:
            self.spares.keep(on=on)

    async def close(self) -> None:
        """End the workers that wait for a Play; done when they are gone."""
        if self.spares is not None:
            await self.spares.close()

    def tool_spawner(self, run_id: RunId, log: LogSink) -> ProcessToolSpawner:
        """Return what starts the tools of one preparation; `log` is told how they are isolated."""
        self.platform.settle()
        return ProcessToolSpawner(run_id, self._settings, self.platform, log)
