"""What the studio remembers by itself: layout, recent projects, open files, views."""

import logging
from pathlib import Path
from typing import Any

from studio.settings.kept_file import read_kept, write_kept

logger = logging.getLogger(__name__)


class Memory:
    """A tree of plain JSON values under dotted keys, kept in one file.

    Losing it costs comfort, never work: reading is lenient, and a failure to write is logged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values, self.problem = read_kept(path)

    def get(self, key: str, kind: type[Any], default: Any = None) -> Any:  # noqa: ANN401 - JSON
        """Return what is remembered under `key` if it is of that kind, else `default`."""
        value = self._values.get(key)
        return value if isinstance(value, kind) else default

    def set(self, key: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Remember a JSON value; kept on disk by `save`."""
        self._values[key] = value

    def save(self) -> None:
        """Write everything down."""
        try:
            write_kept(self._path, self._values)
        except OSError as error:
            logger.warning("%s could not be written: %s", self._path, error)
