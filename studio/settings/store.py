"""The settings in force, and the file they are kept in."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.settings.kept_file import read_kept, write_kept
from studio.settings.values import read_settings


class SettingsStore(QObject):
    """The one place that knows the settings. `problems` says what was wrong with the file."""

    changed = Signal()

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        document, problem = read_kept(path)
        self.current, faults = read_settings(document)
        self.problems = [problem] if problem else faults

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - as many kinds as there are settings
        """Change settings and keep them; OSError where they cannot be kept, in force all the same.

        ValueError, and nothing changed, where a value is unfit.
        """
        changed = replace(self.current, **changes)
        _, faults = read_settings(asdict(changed))
        if faults:
            raise ValueError(" ".join(faults))
        self.current = changed
        self.changed.emit()
        write_kept(self.path, asdict(changed))
