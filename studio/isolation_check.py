"""What trying the isolation out has shown since this machine started: known once, told to all."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from session.runtime.self_test import SelfTest


class IsolationCheck(QObject):
    """Holds the result of the self-test; None while it is not known."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.result: SelfTest | None = None

    @property
    def failed(self) -> bool:
        """Whether something got out, or it could not be tried."""
        return self.result is not None and bool(self.result.escaped or self.result.failure)

    def learn(self, result: "SelfTest") -> None:
        """Take the result."""
        self.result = result
        self.changed.emit()
