"""What the studio remembers by itself: layout, recent projects, open files, views."""

import json
import logging
from pathlib import Path
from typing import Any, Final

from studio.settings.kept_file import Change, change_kept, read_kept

logger = logging.getLogger(__name__)

#: The most that one key may hold, in characters of JSON, and all of them together.
LARGEST_VALUE: Final = 200_000
LARGEST_WHOLE: Final = 2_000_000


class Memory:
    """Plain JSON values under dotted keys, kept in one file.

    Losing it costs comfort, never work: reading is lenient, and a failure to write is logged.
    Another studio's keys are left alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        document, self.problem, _ = read_kept(path)
        self._values: dict[str, Any] = document or {}
        self._changed: set[str] = set()

    def get(self, key: str, kind: type[Any], default: Any = None) -> Any:  # noqa: ANN401 - JSON
        """Return what is remembered under `key` if it is of that kind, else `default`.

        True and False are no numbers here.
        """
        value = self._values.get(key)
        truth = isinstance(value, bool) and kind in (int, float)
        return value if isinstance(value, kind) and not truth else default

    def set(self, key: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Remember a JSON value; kept on disk by `save`."""
        self._values[key] = value
        self._changed.add(key)

    def save(self) -> None:
        """Write down what was set. What is no JSON, or too large, is left out and logged."""
        if not self._changed:
            return
        whole = _fitting(self._values)
        fit = {key: whole[key] for key in self._changed & whole.keys()}
        try:
            problem = change_kept(self._path, Change(fit, self._changed - fit.keys()), whole)
        except OSError as error:
            logger.warning("%s could not be written: %s", self._path, error)
            return
        self._changed = set()
        if problem:
            logger.warning("%s", problem)


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that can be kept, the smallest first where there are too many."""
    sizes = {key: _size(key, value) for key, value in values.items()}
    kept: dict[str, Any] = {}
    total = 0
    for key in sorted(values, key=lambda key: sizes[key]):
        total += sizes[key]
        if sizes[key] > LARGEST_VALUE or total > LARGEST_WHOLE:
            logger.warning("`%s` is too large to be remembered, or no JSON", key)
        else:
            kept[key] = values[key]
    return kept


def _size(key: str, value: object) -> int:
    try:
        return len(key) + len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return LARGEST_VALUE + 1
