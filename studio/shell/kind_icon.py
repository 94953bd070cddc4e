"""Our own icons: the mark of Playhead, and one for each kind of project."""

from functools import lru_cache

from PySide6.QtGui import QIcon

from resources import icon_path


@lru_cache(maxsize=8)
def kind_icon(kind: str) -> QIcon:
    """Return the icon of a kind of project, such as `notebook`; the mark where it has none."""
    try:
        return QIcon(str(icon_path(kind)))
    except KeyError:
        return mark()


def mark() -> QIcon:
    """Return the mark of Playhead."""
    return QIcon(str(icon_path("playhead")))
