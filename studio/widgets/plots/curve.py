"""One small plot: a name, the current value as text, and a curve below it."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_XS
from studio.widgets.plain import PlainLabel
from studio.widgets.plots.series import Series
from studio.widgets.short_label import paint_text

_HEIGHT = 36
#: Seconds that the plot shows.
SPAN_S = 120.0


class Scale(NamedTuple):
    """What the upper edge stands for: at least so much, and how that is said."""

    least: float
    words: Callable[[float], str]


_NO_SCALE: Final = Scale(0.0, "{:,.0f}".format)


class CurvePlot(QWidget):
    """Shows one curve of the last two minutes; its value is readable without the curve."""

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        role: str,
        parent: QWidget | None = None,
        scale: Scale = _NO_SCALE,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._name = name
        self._role = role
        self._scale = scale
        self._library: Any = None
        self._curve: Any = None
        self._canvas: Any = None
        self._series = Series([], [])
        self._limit: float | None = None
        self._edge: Any = None
        self._caption = PlainLabel(name, self)
        self._top = PlainLabel(parent=self)
        self._value = PlainLabel(parent=self)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._build()
        appearance.changed.connect(self._recolour)
        self._recolour()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for the words and a curve."""
        return QSize(180, _HEIGHT + self._caption.sizeHint().height() + 2 * SPACE_XS)

    @property
    def value(self) -> str:
        """The current value as shown."""
        return self._value.text()

    @property
    def top(self) -> str:
        """What the upper edge of the plot stands for, as shown."""
        return self._top.text()

    @property
    def drawn(self) -> bool:
        """Whether the curve can be drawn by now."""
        return self._curve is not None

    def use(self, library: Any) -> None:  # noqa: ANN401 - pyqtgraph carries no types
        """Draw with the library from now on; costs a few milliseconds."""
        if self._curve is not None:
            return
        self._library = library
        self._canvas = library.GraphicsView(self)
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._canvas.setFixedHeight(_HEIGHT)
        self._box = library.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.02)
        self._canvas.setCentralItem(self._box)
        self._curve = library.PlotCurveItem(fillLevel=0)
        self._line = library.InfiniteLine(pos=0, angle=0)
        self._edge = library.InfiniteLine(pos=0, angle=0)
        self._box.addItem(self._line)
        self._box.addItem(self._edge)
        self._box.addItem(self._curve)
        self._room.deleteLater()
        self._layout.addWidget(self._canvas)
        self._canvas.show()
        self._recolour()
        self._draw()

    def show_limit(self, limit: float | None) -> None:
        """Show a line that the curve should stay below; None for no line."""
        if limit != self._limit:
            self._limit = limit
            self._draw()

    @property
    def limit(self) -> float | None:
        """Where the line of the limit is drawn, or would be."""
        return self._limit

    def show_series(self, series: Series, value: str) -> None:
        """Show a curve and its newest value."""
        self._series = series
        if value != self._value.text():
            self._value.setText(value)
            self.setAccessibleName(f"{self._name}: {value}")
        self._draw()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_XS)
        head.addWidget(self._caption)
        head.addWidget(self._top)
        head.addStretch()
        head.addWidget(self._value)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_XS)
        self._layout.addLayout(head)
        self._room = QWidget(self)
        self._room.setFixedHeight(_HEIGHT)
        self._layout.addWidget(self._room)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _draw(self) -> None:
        top = max(self._series.values, default=0.0)
        top = max(top, self._scale.least, self._limit or 0.0)
        self._top.setText(self.tr("0 to {}").format(self._scale.words(top)) if top else "")
        if self._curve is None:
            return
        self._curve.setData(self._series.seconds, self._series.values)
        self._edge.setVisible(self._limit is not None)
        self._edge.setValue(self._limit or 0.0)
        above = 1.0 if self._limit is None else 1.04
        # A little room below: at the very edge, the line of nothing would not be seen.
        height = top or 1.0
        self._box.setRange(xRange=(-SPAN_S, 0), yRange=(-0.04 * height, above * height), padding=0)

    def _recolour(self) -> None:
        tokens = self._appearance.tokens
        paint_text(self._caption, tokens.muted)
        paint_text(self._top, tokens.muted)
        if self._curve is None:
            return
        colour = QColor(getattr(tokens, self._role))
        fill = QColor(colour)
        fill.setAlpha(48)
        self._canvas.setBackground(QColor(tokens.raised))
        self._line.setPen(self._library.mkPen(QColor(tokens.muted), width=1))
        self._edge.setPen(self._library.mkPen(QColor(tokens.error), width=1))
        self._curve.setPen(self._library.mkPen(colour, width=1))
        self._curve.setBrush(fill)
