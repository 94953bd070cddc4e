"""Times, sizes and identities as the shell writes them. Pure."""

from typing import Final

_KEPT_OF_ID: Final = 8


def elapsed_text(seconds: float) -> str:
    """Return `02:05`, or `1:02:05` from an hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes = f"{rest // 60:02}:{rest % 60:02}"
    return f"{hours}:{minutes}" if hours else minutes


def memory_text(size: int) -> str:
    """Return bytes as `84 MB` or `1.2 GB`."""
    megabytes = size / 1_000_000
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"


def short_id(content_id: str) -> str:
    """Return the first letters of a content id, without the name of its hash."""
    return content_id.partition(":")[2][:_KEPT_OF_ID] or content_id[:_KEPT_OF_ID]
