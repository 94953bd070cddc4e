"""Chooses the platform for this machine."""

import os

from session.runtime.platforms.seam import Platform
from session.worker.process_table import stat_of


def current_platform() -> Platform:
    """Return the platform for this machine; Linux without procfs counts as plain POSIX."""
    # Not sys.platform: type checkers would then look at one branch only.
    if os.uname().sysname == "Linux" and stat_of(os.getpid()) is not None:
        from session.runtime.platforms.linux import LinuxPlatform

        return LinuxPlatform()
    from session.runtime.platforms.posix import PosixPlatform

    return PosixPlatform()
