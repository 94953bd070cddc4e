"""The errors of the session.

SessionError
├── IllegalTransition     a trigger that the state table does not allow
├── PrepareFailed         the project could not be prepared
├── ConnectFailed         the worker did not come up
├── HomeUnusable          Playhead's own folder cannot be written
├── LogUnwritable         the log of a run cannot be written any more
├── RunNotFound           no run of that name in the history
└── RunIsLive             the run is being played, so it cannot be deleted

Each renders its own sentence and carries a stable `code`; `hint` says what to do next.
"""

from pathlib import Path


class SessionError(Exception):
    """The root of the tree; never raised itself."""

    code = "session"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class IllegalTransition(SessionError):
    """The trigger is not legal in this state; nothing has changed."""

    code = "illegal-transition"

    def __init__(self, state: str, trigger: str) -> None:
        super().__init__(f"`{trigger}` is not possible while the session is {state}.")
        self.state = state
        self.trigger = trigger


class PrepareFailed(SessionError):
    """Preparation ended without a sealed image; the log holds every finding."""

    def __init__(
        self, message: str, *, code: str = "prepare-failed", hint: str | None = None
    ) -> None:
        super().__init__(message, hint)
        self.code = code


class ConnectFailed(SessionError):
    """The worker could not be started or did not shake hands."""

    def __init__(
        self, message: str, *, code: str = "connect-failed", hint: str | None = None
    ) -> None:
        super().__init__(message, hint)
        self.code = code


class HomeUnusable(SessionError):
    """Playhead's own folder cannot be written, so no run can be recorded."""

    code = "home-unusable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"Playhead cannot write to its folder {path}: {reason}.",
            "Free some space there, or set PLAYHEAD_HOME to a folder that can be written.",
        )


class LogUnwritable(SessionError):
    """A line could not be written to the run's log; what was acknowledged is safe."""

    code = "log-unwritable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The run's log {path} cannot be written: {reason}.",
            "Free some space there, or set PLAYHEAD_HOME to a folder on another disk.",
        )


class RunNotFound(SessionError):
    """No run of that name in the history."""

    code = "run-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no run `{name}` in the history.", "`playhead runs` lists the runs."
        )


class RunIsLive(SessionError):
    """The run is being played by some process, so its folder is left alone."""

    code = "run-is-live"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"Run {run_id} is still being played.", "Stop it first.")
