"""Chooses the platform for this machine."""

import os

from session.runtime.platforms.seam import Platform


def current_platform() -> Platform:
    """Return the platform for this machine."""
    if os.uname().sysname == "Linux":  # not sys.platform: both branches are checked here
        from session.runtime.platforms.linux import LinuxPlatform

        return LinuxPlatform()
    from session.runtime.platforms.posix import PosixPlatform

    return PosixPlatform()
