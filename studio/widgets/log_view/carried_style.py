"""The dress that a line begins in: what the lines before it switched on.

As in a terminal, both streams share it. How far back is looked is bounded, so that a row costs
the same wherever it stands, and always looks the same.
"""

import re
from typing import Final

from session.log.store import LogStore
from studio.widgets.log_view.text_style import PLAIN, TextStyle, apply_codes

#: Rows, and bytes of them, that are looked back.
ROWS: Final = 100
BYTES: Final = 16 * 1024
#: Codes that are looked at, the last ones.
_CODES: Final = 16
_BEGIN: Final = b"\x1b["
_SGR: Final = re.compile(rb"\x1b\[([0-9;:]*)m")


def style_at(log: LogStore, seq: int) -> TextStyle:
    """Return the dress in which row `seq` of a log begins; OSError where it cannot be read."""
    return carried_style(log.before(seq, ROWS, BYTES))


def carried_style(before: bytes) -> TextStyle:
    """Return the dress that is in force after the bytes of the rows before."""
    codes: list[str] = []
    at = before.rfind(_BEGIN)
    while at >= 0 and len(codes) < _CODES:
        found = _SGR.match(before, at)
        if found is not None:
            codes.append(found[1].decode())
            if not found[1].strip(b"0"):  # everything before it is off
                break
        at = before.rfind(_BEGIN, 0, at)
    style = PLAIN
    for code in reversed(codes):
        style = apply_codes(style, code)
    return style
