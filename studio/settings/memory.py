"""What the studio remembers by itself: layout, recent projects, open files, views."""

import json
import logging
from copy import deepcopy
from pathlib import Path
from threading import Lock
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
        self._writing = Lock()
        self._noting = Lock()  # never held for long

    @property
    def unsaved(self) -> bool:
        """Whether something differs from what is on disk."""
        return bool(self._changed)

    def get(self, key: str, kind: type[Any], default: Any = None) -> Any:  # noqa: ANN401 - JSON
        """Return what is remembered under `key` if it is of that kind, else `default`.

        True and False are no numbers here. What is returned is the caller's own.
        """
        value = self._values.get(key)
        truth = isinstance(value, bool) and kind in (int, float)
        return deepcopy(value) if isinstance(value, kind) and not truth else default

    def set(self, key: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Remember a JSON value as it is now; kept on disk by `save`."""
        if key in self._values and self._values[key] == value:
            return
        with self._noting:
            self._values[key] = deepcopy(value)
            self._changed.add(key)

    def save(self) -> None:
        """Write down what was set. What is no JSON, or too large, is left out and logged.

        On any thread, while another one sets values: what that sets is written next time.
        """
        with self._writing:
            self._save()

    def _save(self) -> None:
        with self._noting:
            changed, self._changed = self._changed, set()
            values = dict(self._values)  # its values are replaced, never changed in place
        if not changed:
            return
        whole = _fitting(values)
        fit = {key: whole[key] for key in changed & whole.keys()}
        try:
            problem = change_kept(self._path, Change(fit, changed - fit.keys()), whole)
        except OSError as error:
            logger.warning("%s could not be written: %s", self._path, error)
            with self._noting:
                self._changed |= changed
            return
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
