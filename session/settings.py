"""The numbers that a session works by, each with its unit and its default."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How long a session waits, and how much history it keeps.

    `grace_s`: between asking a program to stop and killing it (2 s interactive, 6 s
    unattended). `connect_timeout_s`: from the launch to the worker's handshake.
    `drain_s`: how long output is awaited after the program's own process has ended.
    `output_budget_s`: how much of each 16 ms the event loop may spend on one run's output, for
    the sake of a window on the same loop; 0 is no limit.
    `history_runs`: finished runs kept for each project.
    `spares`: keep workers waiting for the next Play, which then starts at once; for a service
    that lives long enough to play again.
    `unattended`: nobody is there who could force a program to stop that does not answer any more.
    `isolation`: the profile that is tried first, `strict` or `portable`; `none` puts nothing on.
    """

    grace_s: float = 2.0
    connect_timeout_s: float = 30.0
    drain_s: float = 2.0
    output_budget_s: float = 0.0
    history_runs: int = 50
    isolation: str = "strict"
    spares: bool = False
    unattended: bool = False


INTERACTIVE_GRACE_S = 2.0
UNATTENDED_GRACE_S = 6.0
