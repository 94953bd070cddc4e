"""The live plots: words at once, curves when the library is there, hooks as they were."""

import sys

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from session.budget import Budget
from session.usage import Usage
from studio.desk import Desk
from studio.widgets.plain import PlainLabel
from studio.widgets.plots.panel import UsagePanel
from tests.support.qt_loop import QtRunner, until

_SAMPLES = [
    Usage(float(at), 2, 80_000_000 + at * 1_000_000, at * 0.5, at * 10, awaits_input=False)
    for at in range(20)
]


def test_values_are_words_and_curves_follow(qt: QtRunner, desk: Desk, qtbot: QtBot) -> None:
    async def look() -> None:
        panel = UsagePanel(desk.appearance)
        qtbot.addWidget(panel)
        panel.show_samples(_SAMPLES)
        panel.show()
        assert panel.memory.value == "99 MB"
        assert panel.cpu.accessibleName() == "Processor: 50 %"
        assert panel.rate.value == "10 rows/s"
        assert (panel.cpu.top, panel.rate.top) == ("0 to 100 %", "0 to 10")
        await until(lambda: panel.memory.drawn and panel.cpu.drawn and panel.rate.drawn)
        desk.appearance.set_theme("light")
        panel.show_samples(_SAMPLES[:3])
        assert panel.memory.value == "82 MB"
        panel.show_samples([])
        assert panel.memory.value == "-"

    hook = sys.excepthook
    qt.run(look())
    assert sys.excepthook is hook


def test_the_words_of_a_flood_do_not_run_into_each_other(
    qt: QtRunner, desk: Desk, qtbot: QtBot
) -> None:
    async def look() -> None:
        panel = UsagePanel(desk.appearance)
        qtbot.addWidget(panel)
        panel.show_samples([sample._replace(rows=sample.rows * 10_000) for sample in _SAMPLES])
        panel.show()
        assert (panel.rate.top, panel.rate.value) == ("0 to 100,000", "100,000 rows/s")
        words = panel.rate.findChildren(PlainLabel)
        assert len(words) == 3
        await until(lambda: all(one.width() >= one.sizeHint().width() for one in words))
        await until(lambda: panel.rate.drawn)

    qt.run(look())


def test_a_curve_of_nothing_stands_on_a_line(qt: QtRunner, desk: Desk, qtbot: QtBot) -> None:
    async def look() -> None:
        panel = UsagePanel(desk.appearance)
        qtbot.addWidget(panel)
        panel.show_samples([sample._replace(cpu_s=0.0) for sample in _SAMPLES])
        panel.show()
        await until(lambda: panel.cpu.drawn and panel.memory.drawn)
        bottom, top = panel.cpu._box.viewRange()[1]
        assert bottom < panel.cpu._line.value() == 0 < top
        assert top == 100
        pen = panel.cpu._line.pen
        panel.show_samples([])
        assert panel.memory._box.viewRange()[1][0] < 0, "its line is in sight without any sample"
        assert pen.color().name() == QColor(desk.appearance.tokens.muted).name()

    qt.run(look())


def test_a_budget_is_a_line_and_words(qt: QtRunner, desk: Desk, qtbot: QtBot) -> None:
    async def look() -> None:
        panel = UsagePanel(desk.appearance)
        qtbot.addWidget(panel)
        samples = [sample._replace(wall_s=sample.at) for sample in _SAMPLES]
        panel.show_samples(samples, Budget(wall_s=60, cpu_s=30, memory=512_000_000))
        panel.show()
        assert panel.memory.top == "0 to 512 MB"
        assert panel.spent == "Budget: time 19.0 s of 1 min 00 s, processor 9.5 s of 30.0 s"
        await until(lambda: panel.memory.drawn and panel.cpu.drawn)
        assert panel.memory._edge.isVisible()
        assert panel.memory._edge.value() == 512_000_000 < panel.memory._box.viewRange()[1][1]
        assert not panel.cpu._edge.isVisible()
        panel.show_samples(samples, Budget())
        assert (panel.memory.limit, panel.spent) == (None, "")
        assert not panel.memory._edge.isVisible()
        assert panel.memory.top == "0 to 99 MB"

    qt.run(look())


def test_it_may_go_while_the_library_is_on_its_way(qt: QtRunner, desk: Desk) -> None:
    async def look() -> None:
        panel = UsagePanel(desk.appearance)
        panel.show()
        await until(lambda: panel._loading)
        panel.deleteLater()
        other = UsagePanel(desk.appearance)
        other.show()
        await until(lambda: other.rate.drawn)
        other.deleteLater()

    qt.run(look())
