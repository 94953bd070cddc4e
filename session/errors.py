"""The errors of the session.

SessionError
├── IllegalTransition     a trigger that the state table does not allow
├── PrepareFailed         the project could not be prepared
├── ConnectFailed         the worker did not come up
├── HomeUnusable          Playhead's own folder cannot be written
├── LogUnwritable         the log of a run cannot be written any more
├── InvalidPattern        what should be a regular expression is none
├── SearchFailed          the process that searches a log could not do it
├── RunNotFound           no run of that name in the history
├── RunIsLive             the run is being played, so it cannot be deleted
├── RunNotLive            the run is not being played, so it cannot be stopped
├── RunNotStopped         the run is being played and would not stop
└── LeadsOutside          a link in the project leads out of it, so nothing is copied there

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


class InvalidPattern(SessionError):
    """What should be a regular expression is none; `position` counts characters from 0."""

    code = "invalid-pattern"

    def __init__(self, pattern: str, reason: str, position: int | None) -> None:
        place = "" if position is None else f" at character {position + 1}"
        super().__init__(
            f"The pattern `{pattern}` is not a regular expression{place}: {reason}.",
            "To search for such text as it stands, put a backslash before special characters.",
        )
        self.pattern = pattern
        self.position = position


class SearchFailed(SessionError):
    """The process that searches a log could not read it, or ended."""

    code = "search-failed"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"The log in {folder} could not be searched: {reason}.", "Try the search again."
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


class RunNotLive(SessionError):
    """Nobody is playing the run, so there is nothing to stop."""

    code = "run-not-live"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Run {run_id} is not being played.", "`playhead runs` says which runs are live."
        )


class RunNotStopped(SessionError):
    """The run is being played by another Playhead, and did not stop."""

    code = "run-not-stopped"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Run {run_id} could not be stopped from here.",
            "Stop it where it is played: it may still be prepared, or belong to another user.",
        )


class LeadsOutside(SessionError):
    """What a run wrote would land outside its project."""

    code = "leads-outside"

    def __init__(self, project: Path, link: Path) -> None:
        super().__init__(
            f"{link} is, or lies behind, a link that leads out of {project}; nothing was copied.",
            "Remove the link, or copy what you want from the folder of the run by hand.",
        )
