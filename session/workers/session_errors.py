"""The errors of worker sessions.

SessionError
└── WorkerSessionError             the root of these; never raised itself
    ├── WorkerSessionNotFound      there is none of that id, or it has expired
    ├── WorkerProgramNotFound      a session has no named value of that name
    ├── WorkerSessionQuota         there are as many as may be, and none has expired
    ├── WorkerSessionInvalid       a part of one is not what it has to be; `kind` says which
    └── WorkerSessionUpdateFailed  what should have changed it raised; it is as before
"""

from session.errors import SessionError


class WorkerSessionError(SessionError):
    """The root of what can be wrong with a worker session."""

    code = "session"


class WorkerSessionNotFound(WorkerSessionError):
    """There is no such session, or nobody used it for longer than it lives."""

    code = "worker-session-not-found"

    def __init__(self, session_id: object) -> None:
        super().__init__(
            f"There is no worker session {session_id!r:.80}.",
            "It may have expired; make it anew.",
        )
        self.session_id = session_id


class WorkerProgramNotFound(WorkerSessionError):
    """The session is there, and has no named value of that name."""

    code = "worker-program-not-found"

    def __init__(self, session_id: str, name: str) -> None:
        super().__init__(
            f"The worker session {session_id!r} has nothing named {name!r}.", "Put it there first."
        )
        self.name = name


class WorkerSessionQuota(WorkerSessionError):
    """There are as many sessions as may be. None that lives is thrown out for a new one."""

    code = "worker-session-quota"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"There are {limit:,} worker sessions, which is as many as may be.",
            "Delete those that are done with, give them a shorter time to live, or raise the "
            "limit.",
        )
        self.limit = limit


class WorkerSessionInvalid(WorkerSessionError):
    """A part of a session is not what it has to be.

    `kind` is one of `invalid_id`, `invalid_programs`, `invalid_metadata`, `invalid_created_at`,
    `invalid_last_accessed`, `invalid_ttl`, `invalid_timestamps`, `invalid_last_worker_id` and
    `not_a_session`.
    """

    code = "worker-session-invalid"

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"The worker session cannot be kept: {reason}.")
        self.kind = kind


class WorkerSessionUpdateFailed(WorkerSessionError):
    """The function that should have changed a session raised; the cause is attached."""

    code = "worker-session-update-failed"

    def __init__(self, session_id: str, reason: str) -> None:
        super().__init__(
            f"The worker session {session_id!r} was not changed: {reason}.",
            "It is as it was before.",
        )
        self.session_id = session_id
