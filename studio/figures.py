"""Numbers as people read them: lengths of time, sizes, shares, short names. Pure.

The window and the command say them alike. Nothing is imported that `playhead play` would wait for.
"""

import time
from typing import Final

_UNITS: Final = ("kB", "MB", "GB")


def duration(seconds: float) -> str:
    """Return a length of time as people say it: `340 ms`, `4.8 s`, `2 min 05 s`, `3 h 10 min`."""
    if seconds < 0.9995:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def clock(seconds: float) -> str:
    """Return a running time in whole seconds: `00:12`, `1:02:03`."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    if minutes < 60:
        return f"{minutes:02}:{rest:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def since_play(seconds: float) -> str:
    """Return minutes, seconds and milliseconds, with hours when it has them: `00:01.120`."""
    milliseconds = max(round(seconds * 1000), 0)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    tail = f"{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    if minutes < 60:
        return f"{minutes:02}:{tail}"
    return f"{minutes // 60}:{minutes % 60:02}:{tail}"


def size(count: float) -> str:
    """Return a number of bytes with a unit that suits it, in steps of a thousand."""
    if count < 1000:
        return f"{count:.0f} B"
    amount = float(count)
    for unit in _UNITS:
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{amount / 1000:.1f} TB"


def percent(share: float) -> str:
    """Return a share in percent, given in percent: `0 %`, `3 %`, `187 %`."""
    return f"{share:.0f} %"


def moment(at: float, now: float | None = None) -> str:
    """Return a local time, with the day where it is not today's: `12:31:05`, `20 Nov 12:31`."""
    then, today = time.localtime(at), time.localtime(now)
    if then[:3] == today[:3]:
        return time.strftime("%H:%M:%S", then)
    return time.strftime("%d %b %H:%M" if then[0] == today[0] else "%d %b %Y", then)


def short_id(content_id: str | None, length: int = 12) -> str:
    """Return the beginning of a `content_id`, without its algorithm; "" where there is none."""
    return (content_id or "").rpartition(":")[2][:length]
