"""The settings in force, and the file they are kept in."""

from copy import deepcopy
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import shiboken6
from PySide6.QtCore import QObject, Signal

from studio.settings.kept_file import Change, change_kept, read_kept
from studio.settings.values import StudioSettings, read_settings
from studio.settings.writer import Writer

DEFAULTS: Final = StudioSettings()


class _Written(NamedTuple):
    """What became of a change: `problem` of the old file, or the `fault` that kept it out."""

    keys: set[str]
    shortcuts: set[str]
    problem: str | None = None
    fault: str | None = None


class SettingsStore(QObject):
    """The one place that knows the settings. `problems` says what was wrong with the file.

    The file holds what differs from the defaults. Keys that this version does not know, and
    what another studio writes meanwhile, stay in it.
    """

    changed = Signal()
    #: A sentence: a change is in force and cannot be kept. Told once until one can be.
    not_kept = Signal(str)
    _written = Signal(object)

    def __init__(self, path: Path, writer: Writer | None = None) -> None:
        """Read the file; with a `writer` it is written beside everything else, else at once."""
        super().__init__()
        self.path = path
        self._writer = writer
        self._written.connect(self._note_written)  # comes back to this object's own thread
        document, problem, _ = read_kept(path)
        self.current, faults = read_settings(document or {})
        self.problems = [problem] if problem else [f"{path.name}: {fault}" for fault in faults]
        self._unkept: set[str] = set()
        self._unkept_shortcuts: set[str] = set()
        self._told = False

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - as many kinds as there are settings
        """Change settings and keep them; where they cannot be kept they are in force all the same.

        ValueError, and nothing changed, where a value is unfit.
        """
        after = replace(self.current, **deepcopy(changes))
        _, faults = read_settings(asdict(after))
        if faults:
            raise ValueError(" ".join(faults))
        if after != self.current:
            self._note_changes(self.current, after)
            self.current = after
            self.changed.emit()
        self._keep()

    def reset(self, key: str) -> None:
        """Return one setting to its default."""
        self.update(**{key: getattr(DEFAULTS, key)})

    def _note_changes(self, before: StudioSettings, after: StudioSettings) -> None:
        old, new = asdict(before), asdict(after)
        self._unkept |= {key for key in new if key != "shortcuts" and new[key] != old[key]}
        was, now = before.shortcuts, after.shortcuts
        names = was.keys() | now.keys()
        self._unkept_shortcuts |= {name for name in names if was.get(name) != now.get(name)}

    def _keep(self) -> None:
        if not (self._unkept or self._unkept_shortcuts):
            return
        whole = _beyond_defaults(self.current)
        work = partial(
            self._write, whole, self._change(whole), self._unkept, self._unkept_shortcuts
        )
        self._unkept, self._unkept_shortcuts = set(), set()
        if self._writer is None:
            work()
        else:
            self._writer.write(work)

    def _write(
        self, whole: dict[str, Any], change: Change, keys: set[str], shortcuts: set[str]
    ) -> None:
        """Change the file; on any thread."""
        try:
            outcome = _Written(keys, shortcuts, problem=change_kept(self.path, change, whole))
        except OSError as error:
            outcome = _Written(keys, shortcuts, fault=error.strerror or str(error))
        if shiboken6.isValid(self):
            self._written.emit(outcome)

    def _note_written(self, outcome: "_Written") -> None:
        if outcome.fault is not None:  # with the next change it is tried again
            self._unkept |= outcome.keys
            self._unkept_shortcuts |= outcome.shortcuts
            self._tell(outcome.fault)
            return
        self._told = False
        if outcome.problem:
            self.not_kept.emit(outcome.problem)

    def _change(self, whole: dict[str, Any]) -> Change:
        """Return what has to be different in the file; what is at its default leaves it."""
        shortcuts = {name: self.current.shortcuts.get(name) for name in self._unkept_shortcuts}
        return Change(
            {key: whole[key] for key in self._unkept & whole.keys()},
            self._unkept - whole.keys(),
            {"shortcuts": shortcuts} if shortcuts else {},
        )

    def _tell(self, reason: str) -> None:
        if not self._told:
            self._told = True
            self.not_kept.emit(
                f"The settings are in force but cannot be kept in {self.path}: {reason}."
            )


def _beyond_defaults(settings: StudioSettings) -> dict[str, Any]:
    defaults = asdict(DEFAULTS)
    return {key: value for key, value in asdict(settings).items() if value != defaults[key]}
