"""Which files a drop brings."""

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData

#: More at once are hardly meant to be read.
MOST: Final = 50


def dropped_files(data: QMimeData) -> list[Path]:
    """Return the paths of the files, not the folders, that are dragged."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [Path(path) for path in paths[:MOST] if not os.path.isdir(path)]  # noqa: PTH112 - any text
