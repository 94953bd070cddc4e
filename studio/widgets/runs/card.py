"""The card of a run: how it stands or ended, and what can be done about it; two lines."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.look.appearance import Appearance
from studio.look.tokens import ROW_ICON, SPACE_S, SPACE_XS
from studio.widgets.icon_button import IconButton
from studio.widgets.plain import PlainLabel
from studio.widgets.runs.card_text import CardText
from studio.widgets.short_label import ShortLabel, paint_text


class RunCard(QFrame):
    """State, why and figures in the first line; next step and buttons in the second, when over."""

    play_again_requested = Signal()
    #: Grant what the program was denied, and play again.
    grant_requested = Signal()
    #: Play again without the layers that somebody else's project takes.
    reduced_requested = Signal()
    #: Stop the other run that held the port, and play again.
    unblock_requested = Signal()
    #: End the run at once: it does not answer.
    force_requested = Signal()
    first_error_requested = Signal()
    problems_requested = Signal()
    #: Show the place that the run's end names.
    place_requested = Signal()
    #: Copy what the run wrote into the project; True: also over newer files.
    copy_requested = Signal(bool)
    folder_requested = Signal()
    dismissed = Signal()

    def __init__(
        self, appearance: Appearance, parent: QWidget | None = None, *, dismissable: bool = True
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._dismissable = dismissable
        self._shown: CardText | None = None
        self.setProperty("look", "banner")
        self.setAccessibleName(self.tr("How the run stands"))
        self._icon = PlainLabel(parent=self)
        self._state = PlainLabel(parent=self)
        bold = self._state.font()
        bold.setBold(True)
        self._state.setFont(bold)
        self._message = ShortLabel(self, lines=2)
        self._facts = PlainLabel(parent=self)
        self._facts.setProperty("look", "muted")
        self._detail = PlainLabel(parent=self)
        self._detail.setProperty("look", "muted")
        self._granting = PlainLabel(parent=self)
        self._granting.setProperty("look", "muted")
        self._note = PlainLabel(parent=self)
        self._make_buttons()
        self._build()
        appearance.changed.connect(self._recolour)

    @property
    def text(self) -> str:
        """Everything the card says."""
        labels = (
            self._state,
            self._message,
            self._facts,
            self._detail,
            self._granting,
            self._note,
        )
        return "\n".join(label.text() for label in labels if label.text())

    def show_text(self, text: CardText, *, over: bool, error: bool, again: bool = True) -> None:
        """Show a card; `over` offers what can be done after a run, `error` to see the first."""
        if text != self._shown:
            self._shown = text
            self._state.setText(text.state)
            self._message.setText(text.message)
            self._facts.setText(" · ".join(filter(None, (text.facts, text.written))))
            self._detail.setText(text.detail)
            self.setAccessibleDescription(self.text)
            self._recolour()
        self._detail.setVisible(over)
        self.again.setVisible(over and again)
        self.first_error.setVisible(over and error)
        self.copy.setVisible(over and bool(text.written))
        self.folder.setVisible(over and bool(text.written))
        self.dismiss.setVisible(over and self._dismissable)

    def offer(
        self,
        *,
        place: str = "",
        problems: bool = False,
        grants: str = "",
        granting: str = "",
        reduced: bool = False,
        blocked: bool = False,
        force: bool = False,
    ) -> None:
        """Offer the way to a place, by its words, to the list of problems, and to grants.

        `granting` says exactly what the grants are; `reduced` offers to play all the same, and
        `blocked` to stop the run that held the port, `force` to end one that does not answer.
        """
        self.force.setVisible(force)
        self._granting.setText(granting)
        self._granting.setVisible(bool(granting))
        self.reduced.setVisible(reduced)
        self.unblock.setEnabled(True)
        self.unblock.setVisible(blocked)
        self.grant.setText(self.tr("Grant {} and play again").format(grants) if grants else "")
        self.grant.setVisible(bool(grants))
        self.place.setText(self.tr("Go to {}").format(place) if place else "")
        self.place.setVisible(bool(place))
        self.problems.setVisible(problems)

    def say(self, note: str, *, force: bool = False) -> None:
        """Show what came of a wish below the card; `force` offers to copy all the same."""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.anyway.setVisible(force)

    def _make_buttons(self) -> None:
        """Make them in the order in which they stand: Tab goes through them so."""
        self.dismiss = IconButton(self._appearance, "close", self.tr("Hide this card"), self)
        self.first_error = self._button(
            self.tr("First error"), self.tr("Show the first error of this run in the log")
        )
        self.problems = self._button(
            self.tr("Show problems"), self.tr("Show the list of what is wrong with the project")
        )
        self.place = self._button("", self.tr("Show where it went wrong, in the editor"))
        self.copy = self._button(
            self.tr("Copy into project"), self.tr("Copy what the run wrote into the project")
        )
        self.folder = self._button(
            self.tr("Open folder"), self.tr("Open the folder of what the run wrote")
        )
        self.grant = self._button(
            "", self.tr("Let this project do from now on what it was denied, and play it again")
        )
        self.reduced = self._button(
            self.tr("Play with reduced isolation"),
            self.tr("Play it although this machine cannot keep it apart as it should be"),
        )
        self.unblock = self._button(
            self.tr("Stop the other run and play again"),
            self.tr("Stop the run that holds the port, and play this one again"),
        )
        self.force = self._button(
            self.tr("Force stop"), self.tr("End the program at once, without asking it")
        )
        self.again = self._button(self.tr("Play again"), self.tr("Play the same once more"))
        self.anyway = self._button(
            self.tr("Replace them"), self.tr("Copy everything, also over the newer files")
        )
        self.force.clicked.connect(self.force_requested)
        self.again.clicked.connect(self.play_again_requested)
        self.grant.clicked.connect(self.grant_requested)
        self.reduced.clicked.connect(self.reduced_requested)
        self.unblock.clicked.connect(self.unblock_requested)
        self.first_error.clicked.connect(self.first_error_requested)
        self.problems.clicked.connect(self.problems_requested)
        self.place.clicked.connect(self.place_requested)
        self.copy.clicked.connect(self._ask_copy)
        self.anyway.clicked.connect(self._ask_copy_anyway)
        self.folder.clicked.connect(self.folder_requested)
        self.dismiss.clicked.connect(self.dismissed)
        self.anyway.hide()
        self._note.hide()
        self.offer()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("look", "flat")
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button

    def _build(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        for label in (self._icon, self._state):
            line.addWidget(label)
        line.addWidget(self._message, 1)
        line.addWidget(self._facts)
        line.addWidget(self.dismiss)
        offers = QHBoxLayout()
        offers.setSpacing(SPACE_XS)
        offers.addWidget(self._detail, 1)
        for button in (
            self.first_error,
            self.problems,
            self.place,
            self.copy,
            self.folder,
            self.grant,
            self.reduced,
            self.unblock,
            self.force,
            self.again,
        ):
            offers.addWidget(button)
        note = QHBoxLayout()
        note.addWidget(self._note, 1)
        note.addWidget(self.anyway)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addLayout(offers)
        layout.addWidget(self._granting)
        layout.addLayout(note)
        for label in (self._detail, self._granting, self._note):
            label.setWordWrap(True)
            label.setIndent(ROW_ICON + SPACE_S)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def _ask_copy(self) -> None:
        self.copy_requested.emit(False)

    def _ask_copy_anyway(self) -> None:
        self.copy_requested.emit(True)

    def _recolour(self) -> None:
        if self._shown is None:
            return
        icon = self._appearance.icon(self._shown.icon, self._shown.role)
        self._icon.setPixmap(icon.pixmap(Appearance.size(ROW_ICON)))
        paint_text(self._state, getattr(self._appearance.tokens, self._shown.role))
