"""What can go wrong with serving over gRPC, and with calling what is served.

SessionError
├── ServeFailed              the root of what keeps a front door shut; never raised itself
│   ├── GrpcMissing          the extra is not installed
│   ├── AddressRefused       the address is none, or one that must not be served
│   ├── AddressTaken         somebody else listens there
│   └── TokenUnusable        the file of the token cannot be read or written
└── WorkerError
    ├── NotAdmitted          the token is missing or wrong
    └── WorkerGone
        ├── ServerLost       the front door does not answer
        └── ServedWorkerGone the front door answers, its worker has ended
"""

from session.errors import SessionError
from session.workers.worker_errors import WorkerError, WorkerGone


class ServeFailed(SessionError):
    """The root of what keeps a front door shut."""


class GrpcMissing(ServeFailed):
    """What speaks gRPC is not installed."""

    code = "grpc-missing"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Serving over gRPC needs the package `{name}`, which is not installed.",
            "Install the extra: pip install 'playhead[grpc]'.",
        )


class AddressRefused(ServeFailed):
    """The address is none, or one that is not served without being told to."""

    code = "grpc-address"


class AddressTaken(ServeFailed):
    """Somebody else listens there."""

    code = "grpc-address-taken"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"Something listens at {address} already, or nothing may.",
            "End it, or name another place; port 0 has the system choose a free one.",
        )


class TokenUnusable(ServeFailed):
    """The file of the token cannot be used."""

    code = "grpc-token"


class NotAdmitted(WorkerError):
    """The front door wants a token, and this one is missing or wrong."""

    code = "grpc-not-admitted"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The worker at {address} does not admit us: the token is missing or wrong.",
            "Whoever serves it was told where the file with the token lies.",
        )


class ServerLost(WorkerGone):
    """Nobody answers at the address, or whoever did has gone."""

    code = "grpc-unreachable"

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(None, reason=f"cannot be reached at {address}: {reason.rstrip('.')}")
        self.hint = "See whether `playhead serve` still runs there, and start it again."


class ServedWorkerGone(WorkerGone):
    """Its front door says that the worker has ended."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(None)
        self.args = (message,)
        self.message, self.hint = message, hint
