"""The numbers that one worker is started and called by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker is kept, and how long is waited for it. All times in seconds.

    `isolation`: the profile that is tried first, `strict` or `portable`; `none` puts nothing on.
    `grace_s`: between asking a worker to end and ending it. `call_timeout_s` and
    `stream_timeout_s` hold where neither the call nor the adapter says otherwise; None: no limit.
    `stream_window`: how many chunks of a stream may wait here; then the tool waits.
    `request_timeout_s`: for ping, health and info. `unserializable`: what becomes of a result
    that has no form: `refuse` fails the call, `type` and `text` put a `Lost` in its place.
    """

    isolation: str = "strict"
    connect_timeout_s: float = 30.0
    grace_s: float = 2.0
    call_timeout_s: float | None = 300.0
    stream_timeout_s: float | None = 900.0
    request_timeout_s: float = 10.0
    stream_window: int = 100
    unserializable: str = "refuse"
