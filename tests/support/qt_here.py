"""Whether Qt can be loaded on this machine; without its system libraries it cannot."""

from functools import cache


@cache
def qt_problem() -> str | None:
    """Say why Qt cannot be loaded; None where it can."""
    try:
        import PySide6.QtNetwork
        import PySide6.QtTest
        import PySide6.QtWidgets  # noqa: F401 - the import is the question
    except ImportError as error:
        return str(error)
    return None
