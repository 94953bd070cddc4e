"""What a process has been doing: evidence that a silent worker is busy and not dead. Pure."""

from typing import Final, NamedTuple

#: From this share of one processor on a process counts as working.
BUSY_SHARE: Final = 0.05


class Activity(NamedTuple):
    """What a process did since it was looked at last.

    `cpu_share` is of one processor. `wants_cpu`: at this moment it runs, or would if it were let.
    `in_kernel`: it waits in the kernel for a device, where nothing can reach it.
    """

    alive: bool
    cpu_share: float = 0.0
    wants_cpu: bool = False
    in_kernel: bool = False

    @property
    def is_busy(self) -> bool:
        """Whether it lives and works, as far as can be told from outside."""
        works = self.cpu_share >= BUSY_SHARE or self.wants_cpu or self.in_kernel
        return self.alive and works


GONE: Final = Activity(alive=False)
