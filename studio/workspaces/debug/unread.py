"""What nobody has seen yet: rows and errors since the debug panel was last visible.

Lives with the project, not with the panel, which may not even exist.
"""

from PySide6.QtCore import QObject, Signal

from session.log.entry import LogQuery, Severity
from session.log.store import LogStore
from studio.open_project import OpenProject

_ERRORS = LogQuery(severity=Severity.ERROR)
#: Rows looked through for errors at a time, so that no frame is long.
_PAGE = 200_000


class UnreadCounter(QObject):
    """Counts while the panel is hidden; a new run starts the count anew."""

    changed = Signal()

    def __init__(self, project: OpenProject) -> None:
        super().__init__(project)
        self.rows = 0
        self.errors = 0
        self._project = project
        self._visible = False
        self._seen = self._looked_at = self._last_seq
        bridge = project.bridge
        bridge.run_started.connect(self._begin)
        bridge.log_grew.connect(self._look)
        bridge.run_ended.connect(self._look)

    @property
    def text(self) -> str:
        """The badge in words; "" where nothing is unread."""
        if self.errors:
            return (
                self.tr("1 error")
                if self.errors == 1
                else self.tr("{} errors").format(f"{self.errors:,}")
            )
        if not self.rows:
            return ""
        return (
            self.tr("1 new row")
            if self.rows == 1
            else self.tr("{} new rows").format(f"{self.rows:,}")
        )

    def set_visible(self, visible: bool) -> None:
        """Say whether the panel can be seen; what is seen is no longer unread."""
        self._visible = visible
        self._mark_seen()

    @property
    def _log(self) -> LogStore | None:
        return self._project.session.log

    @property
    def _last_seq(self) -> int:
        return self._log.last_seq if self._log else 0

    def _begin(self) -> None:
        self._seen = self._looked_at = 0
        self._set(0, 0)

    def _look(self) -> None:
        log = self._log
        if log is None:
            return
        if self._visible:
            self._mark_seen()
            return
        first = max(self._looked_at, log.last_seq - _PAGE)
        found = len(log.select(_ERRORS, first))
        self._looked_at = log.last_seq
        self._set(log.last_seq - self._seen, self.errors + found)

    def _mark_seen(self) -> None:
        self._seen = self._looked_at = self._last_seq
        self._set(0, 0)

    def _set(self, rows: int, errors: int) -> None:
        if (rows, errors) != (self.rows, self.errors):
            self.rows, self.errors = rows, errors
            self.changed.emit()
