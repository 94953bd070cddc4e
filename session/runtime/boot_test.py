"""The self-test of the isolation, once per start of the machine: its result is kept with both.

Another version of Playhead tests anew, too: what it puts on may be something else.
"""

import contextlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from session.home import Home
from session.runtime.self_test import SelfTest

_FILE: Final = "self-test.json"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def known_result(home: Home) -> SelfTest | None:
    """Return what this version found since the machine started; None: it was not tried. Blocking.

    Where the system does not tell one start from another, nothing is ever known.
    """
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        row = json.loads((home.state / _FILE).read_text(encoding="utf-8"))
        if row["of"] == _occasion():
            found: dict[str, Any] = row["found"]
            return SelfTest(**found | {"escaped": tuple(found["escaped"])})
    return None


def keep_result(home: Home, found: SelfTest) -> None:
    """Keep a result until the machine starts again; one that cannot be kept is tried again."""
    with contextlib.suppress(OSError):
        row = {"of": _occasion(), "found": found._asdict()}
        home.state.mkdir(parents=True, exist_ok=True)
        (home.state / _FILE).write_text(json.dumps(row, indent=1), encoding="utf-8")


def _occasion() -> list[str]:
    return [_BOOT.read_text(encoding="ascii").strip(), _version()]


def _version() -> str:
    try:
        return version("playhead")
    except PackageNotFoundError:
        return ""
