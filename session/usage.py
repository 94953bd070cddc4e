"""What a run uses: one sample of its whole process tree. Plain data."""

from typing import NamedTuple


class Usage(NamedTuple):
    """One look at the processes of a run.

    `at` is seconds since the epoch, `memory` bytes that the whole tree holds (anonymous and shared,
    as a budget counts them), `cpu_s` processor seconds spent so far, `rows` the log's rows at that
    time. `awaits_input` says that a process of the run is blocked reading its standard input.
    `wall_s` is seconds since the program was started.
    """

    at: float
    processes: int
    memory: int
    cpu_s: float
    rows: int
    awaits_input: bool
    wall_s: float = 0.0
