"""The row above a panel: a tab for each that stands there, and what can be done with them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import PANEL_HEADER_HEIGHT, ROW_ICON, SPACE_S, SPACE_XS
from studio.shell.rooms import PANELS


class PanelHeader(QWidget):
    """Tabs on the left; maximise, float or dock, and close on the right."""

    chosen = Signal(str)  # the panel whose tab was pressed
    #: The menu of a panel's tab is wanted: the panel and the place on the screen.
    menu_requested = Signal(str, QPoint)
    maximise_requested = Signal()
    float_requested = Signal()
    close_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        *,
        can_maximise: bool = False,
        floats: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._floats = floats
        self._maximised = False
        self.setProperty("look", "header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(PANEL_HEADER_HEIGHT)
        self._tabs: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE_S, 0, SPACE_XS, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self._maximise = self._button(self.maximise_requested)
        self._maximise.setVisible(can_maximise)
        self._float = self._button(self.float_requested)
        self._close = self._button(self.close_requested)
        self._close.setAccessibleName(self.tr("Close panel"))
        self._close.setToolTip(self.tr("Close panel. The bar at the left opens it again"))
        self._say_float()
        self.set_maximised(maximised=False)
        appearance.changed.connect(self.dress)

    def show_tabs(self, names: Sequence[str], current: str | None) -> None:
        """Show these panels' tabs, one of them in front."""
        if list(self._tabs) != list(names):
            self._rebuild(names)
        if current in self._tabs:
            self._tabs[current].setChecked(True)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Write a number behind a panel's title; none for 0."""
        for name, tab in self._tabs.items():
            count = counts.get(name, 0)
            title = PANELS[name].name
            tab.setText(f"{title}  {count}" if count else title)
            tab.setAccessibleName(f"{title}, {count}" if count else title)

    def set_maximised(self, *, maximised: bool) -> None:
        """Tell whether the area has all of the room."""
        self._maximised = maximised
        text = self.tr("Give the room back") if maximised else self.tr("Maximise panel")
        self._maximise.setAccessibleName(text)
        self._maximise.setToolTip(text)
        self.dress()

    def dress(self) -> None:
        """Take icons in the colours of now."""
        icon = self._appearance.icon
        self._maximise.setIcon(icon("restore" if self._maximised else "maximize", "muted"))
        self._float.setIcon(icon("dock" if self._floats else "float", "muted"))
        self._close.setIcon(icon("close", "muted"))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """In its window by now, which has an order of its own."""
        super().showEvent(event)
        self._order()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Left and Right go from tab to tab."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        names = list(self._tabs)
        focused = [name for name in names if self._tabs[name].hasFocus()]
        if not step or not focused:
            super().keyPressEvent(event)
            return
        if self.isRightToLeft():
            step = -step
        name = names[(names.index(focused[0]) + step) % len(names)]
        self._tabs[name].setFocus(Qt.FocusReason.TabFocusReason)
        self.chosen.emit(name)

    def _rebuild(self, names: Sequence[str]) -> None:
        for tab in self._tabs.values():
            self._group.removeButton(tab)
            self._row.removeWidget(tab)
            tab.hide()
            tab.deleteLater()
        self._tabs = {name: self._tab(name) for name in names}
        for index, tab in enumerate(self._tabs.values()):
            self._row.insertWidget(index, tab)
        self._order()
        self.show_counts({})

    def _order(self) -> None:
        """Have Tab go from left to right, though tabs are made after the buttons."""
        in_order = [*self._tabs.values(), self._maximise, self._float, self._close]
        for one, following in pairwise(in_order):
            QWidget.setTabOrder(one, following)

    def _tab(self, name: str) -> QToolButton:
        tab = QToolButton(self)
        tab.setText(PANELS[name].name)
        tab.setCheckable(True)
        tab.setProperty("look", "tab")
        tab.setProperty("panel", name)
        tab.setFixedHeight(PANEL_HEADER_HEIGHT - 1)
        tab.setToolTip(PANELS[name].name)
        tab.setAccessibleName(PANELS[name].name)
        tab.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tab.clicked.connect(self._choose)
        tab.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tab.customContextMenuRequested.connect(self._wish_menu)
        self._group.addButton(tab)
        return tab

    def _choose(self) -> None:
        for name, tab in self._tabs.items():
            if tab.isChecked():
                self.chosen.emit(name)
                return

    def _wish_menu(self, place: QPoint) -> None:
        tab = self.sender()
        if isinstance(tab, QToolButton):
            self.menu_requested.emit(tab.property("panel"), tab.mapToGlobal(place))

    def _say_float(self) -> None:
        text = (
            self.tr("Put the panel back into the window")
            if self._floats
            else self.tr("Make the panel a window of its own")
        )
        self._float.setAccessibleName(text)
        self._float.setToolTip(text)

    def _button(self, wish: SignalInstance) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("look", "icon")
        button.setIconSize(QSize(ROW_ICON, ROW_ICON))
        button.setFixedSize(PANEL_HEADER_HEIGHT - 6, PANEL_HEADER_HEIGHT - 6)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(wish)
        self._row.addWidget(button)
        return button
