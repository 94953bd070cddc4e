"""The name of a run: sortable by time, safe in file names, unique on this machine."""

import secrets
import time
from typing import NewType

RunId = NewType("RunId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # no letters that look alike


def new_run_id() -> RunId:
    """Return a fresh id such as `20261120-094026-4k7p2q` (UTC time, then chance)."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return RunId(stamp + "-" + "".join(secrets.choice(_ALPHABET) for _ in range(6)))
