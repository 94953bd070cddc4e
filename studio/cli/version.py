"""Which Playhead this is."""

from importlib.metadata import PackageNotFoundError, version


def version_text() -> str:
    """Return `playhead 0.1.0`; a checkout that is not installed says so."""
    try:
        return f"playhead {version('playhead')}"
    except PackageNotFoundError:
        return "playhead (not installed)"
