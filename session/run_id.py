"""The name of a run: sortable by time, safe in file names, unique on this machine."""

import secrets
import time
from typing import NewType

RunId = NewType("RunId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # no letters that look alike
_last_ms = 0


def new_run_id() -> RunId:
    """Return a fresh id such as `20261120-094026-1234kq`: UTC time to the millisecond, chance.

    Ids of one process sort in the order in which they were made, however quickly that was.
    """
    global _last_ms
    _last_ms = max(time.time_ns() // 1_000_000, _last_ms + 1)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(_last_ms // 1000))
    chance = "".join(secrets.choice(_ALPHABET) for _ in range(3))
    return RunId(f"{stamp}-{_last_ms % 1000:03}{chance}")
