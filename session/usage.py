"""What a run uses: one sample of its whole process tree. Plain data."""

from typing import NamedTuple


class Usage(NamedTuple):
    """One look at the processes of a run.

    `at` is seconds since the epoch, `memory` bytes (resident, the whole tree), `cpu_s` processor
    seconds spent so far by the processes alive, `rows` the log's rows at that time.
    `awaits_input` says that a process of the run is blocked reading its standard input.
    """

    at: float
    processes: int
    memory: int
    cpu_s: float
    rows: int
    awaits_input: bool
