"""The row at the top: what is open, how it is played, Play, Stop and Restart, and its state.

Shows and forwards; what can be pressed is derived in `studio.controls`.
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QToolButton, QWidget

from studio.controls import Controls
from studio.desk import Desk
from studio.look.tokens import BAR_ICON, ROW_ICON, SPACE_S, SPACE_XS, TOOLBAR_HEIGHT
from studio.open_project import OpenProject
from studio.shell.action_registry import ActionRegistry
from studio.shell.bar_button import BarButton
from studio.shell.configuration_switcher import ConfigurationSwitcher
from studio.shell.figures import short_id
from studio.shell.menus import Menus
from studio.shell.project_switcher import ProjectSwitcher
from studio.shell.projects import OpenProjects
from studio.shell.state_badge import StateBadge

_BUTTON = TOOLBAR_HEIGHT - 12
#: What a content id is written in.
_DIGITS = "0123456789abcdef"


class Toolbar(QWidget):
    """One row of 40 pixels. Where it is narrow, menus go behind a button, and the id goes."""

    copy_id_requested = Signal()

    def __init__(
        self,
        desk: Desk,
        registry: ActionRegistry,
        menus: Menus,
        projects: OpenProjects,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("look", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(TOOLBAR_HEIGHT)
        self.menu_bar: QMenuBar = menus.bar(self)
        self.menu_button = menus.button(self)
        self.project = ProjectSwitcher(desk, registry, projects, self)
        self.configuration = ConfigurationSwitcher(desk, registry, self)
        self.play = self._button(registry.action("run.play"), look="play", text=True)
        self.stop = self._button(registry.action("run.stop"), text=True)
        self.restart = self._button(registry.action("run.restart"))
        self.badge = StateBadge(desk.appearance, self)
        self.identity = BarButton(desk.appearance, "content-id", parent=self)
        self.identity.clicked.connect(self.copy_id_requested)
        self.palette_button = BarButton(desk.appearance, "search", parent=self)
        self.palette_button.say(self.tr("Command palette"), "")
        self.palette_button.clicked.connect(registry.action("view.palette").trigger)
        registry.changed.connect(self._tell_palette)
        self._registry = registry
        self._tell_palette()
        self._lay_out()
        self.dress()  # an icon and the style's padding count
        self._keep_width(self.play, (self.tr("Play"),))
        self._keep_width(self.stop, (self.tr("Stop"), self.tr("Stop now")))
        self._keep_width(self.identity, [short_id(digit * 64) for digit in _DIGITS])
        desk.appearance.changed.connect(self.dress)
        self.show_project(None, None)

    def show_project(self, project: OpenProject | None, controls: Controls | None) -> None:
        """Show the project in front, or that there is none."""
        session = project.session if project else None
        self.badge.show_session(session, controls)
        self.configuration.show_project(project)
        self.configuration.setVisible(project is not None)
        content_id = (session.content_id if session else None) or ""
        self.identity.show_text(short_id(content_id))
        self.identity.setEnabled(bool(content_id))
        if content_id:
            tip = self.tr(
                "{0}\nThe identity of what was played: the same content has the same one, "
                "here and packed. Click to copy it in full."
            ).format(content_id)
            self.identity.say(self.tr("Copy content id {0}").format(content_id), tip)
        else:
            tip = self.tr("The identity of what is played; it is known once it has been prepared")
            self.identity.say(self.tr("Copy content id"), tip)
        self._fit()

    def open_menus(self) -> None:
        """Put the keyboard into the menus."""
        if self.menu_bar.isVisible():
            self.menu_bar.setFocus()
            self.menu_bar.setActiveAction(self.menu_bar.actions()[0])
        else:
            below = self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft())
            self.menu_button.menu().popup(below)  # `showMenu` would not return before it closes

    def dress(self) -> None:
        """Take icons in the colours of now."""
        icon = self._desk.appearance.icon
        self.play.setIcon(icon("play", "on_play" if self.play.isEnabled() else "muted"))
        self.stop.setIcon(icon("stop", "stop"))
        self.restart.setIcon(icon("restart"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Make room where there is little."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the least that everything fits into."""
        return QSize(320, TOOLBAR_HEIGHT)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
        row.setSpacing(SPACE_XS)
        for widget in (self.menu_button, self.menu_bar, self.project, self.configuration):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        for button in (self.play, self.stop, self.restart):
            row.addWidget(button)
        row.addWidget(self.badge)
        row.addWidget(self.identity)
        row.addStretch(1)
        row.addWidget(self.palette_button)

    def _button(self, action: QAction, *, look: str = "", text: bool = False) -> QToolButton:
        button = ActionButton(action, self)
        if look:
            button.setProperty("look", look)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly
        )
        pixels = ROW_ICON if text else BAR_ICON
        button.setIconSize(QSize(pixels, pixels))
        button.setFixedHeight(_BUTTON)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    @staticmethod
    def _keep_width(button: QToolButton, texts: Sequence[str]) -> None:
        """Have a button be as wide as its widest text, so that nothing moves."""
        button.ensurePolished()
        shown = button.text()
        widths = []
        for text in texts:
            button.setText(text)
            widths.append(button.sizeHint().width())
        button.setText(shown)
        button.setMinimumWidth(max(widths))

    def _fit(self) -> None:
        """Show as much as there is room for: first the menus give way, then the id."""
        always = (self.project, self.configuration, self.play, self.stop, self.restart, self.badge)
        used = sum(_needs(widget) for widget in always)
        used += self.palette_button.sizeHint().width() + 12 * SPACE_XS + 2 * SPACE_S
        room = self.width() - used
        identity = _needs(self.identity)
        bar = self.menu_bar.sizeHint().width()
        wide = room >= bar + identity
        self.menu_bar.setVisible(wide)
        self.menu_button.setVisible(not wide)
        compact = self.menu_button.sizeHint().width() + identity
        known = self.configuration.isEnabled()
        self.identity.setVisible(known and (wide or room >= compact))

    def _tell_palette(self) -> None:
        self.palette_button.show_text(self.tr("Commands"))
        self.palette_button.setToolTip(self._registry.action("view.palette").toolTip())


def _needs(widget: QWidget) -> int:
    return max(widget.sizeHint().width(), widget.minimumWidth())


class ActionButton(QToolButton):
    """Shows and triggers an action; keeps an icon of its own."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        action = self._action
        self.setText(action.text())
        self.setToolTip(action.toolTip())
        self.setAccessibleName(action.text().replace("&", "").rstrip("…"))
        self.setEnabled(action.isEnabled())
