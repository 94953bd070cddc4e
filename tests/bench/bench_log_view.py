"""Figures of the log view over a million rows: smoothness, reopening, scrolling, filters."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QPlainTextEdit, QWidget

from session.log.entry import LogQuery, NewEntry, Severity, Source, Stream
from session.log.store import LogStore
from studio import loop
from studio.bridge import FRAME_MS
from studio.look.appearance import Appearance
from studio.widgets.log_view.view import LogView
from tests.bench.figure import Figure
from tests.bench.screens import on_each_screen

if TYPE_CHECKING:
    from studio.widgets.log_view.find import FindResult

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_LINES = 1_000_000
_BATCH = 1000
_TICK_MS = 5
_REOPENINGS = 15
_SCROLLS = 400
_PATTERN = r"\b(error|warning) [EW]0[0-3]\d\d: \w+ing"
_SIZE = (1280, 720)


class Gaps:
    """Milliseconds between the ticks of a precise timer: what anything else had to wait."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.found.append((now - self._last) * 1000)
        self._last = now

    def stop(self) -> "Gaps":
        """Measure no more."""
        self._tick()
        self._timer.stop()
        return self

    @property
    def worst(self) -> float:
        """The longest."""
        return max(self.found)

    @property
    def p99(self) -> float:
        """The one that only a hundredth of all is longer than."""
        return percentile(self.found, 0.99)


class Painted(QObject):
    """Sees whether a widget is painted."""

    seen = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look at an event on its way."""
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of all values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@asynccontextmanager
async def gaps() -> AsyncIterator[Gaps]:
    """Measure the loop's gaps while the body runs."""
    found = Gaps()
    yield found
    found.stop()


def figures() -> list[Figure]:
    """Measure on each kind of screen that there is."""
    return on_each_screen("tests.bench.bench_log_view")


def measure() -> list[Figure]:
    """Measure everything; takes about a minute."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    running = loop.new_loop(application)
    asyncio.set_event_loop(running)
    with tempfile.TemporaryDirectory() as name:
        try:
            return running.run_until_complete(_measure(application, Path(name)))
        finally:
            running.close()


async def _measure(application: QApplication, folder: Path) -> list[Figure]:
    appearance = Appearance(application)
    window = QWidget()
    window.resize(*_SIZE)
    window.show()
    async with gaps() as idle:
        await asyncio.sleep(4)
    log = LogStore.create(folder / "log", "bench")
    found = [await _ingest(window, appearance, log, idle)]
    plain = _plain_text_edit(window, log)
    found += await _reopening(window, appearance, log, plain)
    view = _shown(window, appearance, log)
    _painted(view)
    found += [_scrolling(view), _wrapped_scrolling(view)]
    found += await _in_process(view)
    found += await _in_another(view, idle)
    found += await _others(view, idle)
    window.close()
    window.deleteLater()
    await asyncio.sleep(0.3)
    log.close()
    return found


def _lines(first: int, count: int) -> bytes:
    rows = (
        b"2026-11-20 10:00:%02d,%03d worker[%d] %s E0%03d: handling request %d of batch alpha %s\n"
        % (
            n // 1000 % 60,
            n % 1000,
            n % 16,
            b"error" if n % 97 == 0 else b"took",
            n * 7 % 1000,
            n,
            b"y" * (n % 40),
        )
        for n in range(first, first + count)
    )
    return b"".join(rows)


def _shown(
    window: QWidget, appearance: Appearance, log: LogStore, *, live: bool = False
) -> LogView:
    view = LogView(appearance, window)
    view.resize(*_SIZE)
    view.show_log(log, live=live)
    view.show()
    return view


def _painted(widget: QWidget) -> None:
    """Have everything that is to be painted painted now."""
    assert isinstance(widget, QAbstractScrollArea)
    surface, painted = widget.viewport(), Painted()
    surface.installEventFilter(painted)
    surface.repaint()
    surface.removeEventFilter(painted)
    assert painted.seen, "nothing was painted, so nothing was measured"


# ---- ingest ------------------------------------------------------------------------------------


async def _ingest(window: QWidget, appearance: Appearance, log: LogStore, idle: Gaps) -> Figure:
    """Feed a million lines, a batch a turn of the loop, into a view that follows."""
    blocks = [_lines(first, _BATCH) for first in range(0, 20 * _BATCH, _BATCH)]
    view = _shown(window, appearance, log, live=True)
    frame = QTimer(interval=FRAME_MS, singleShot=True)  # as the session's bridge tells growth
    frame.timeout.connect(view.grow)
    unsubscribe = log.subscribe(lambda: None if frame.isActive() else frame.start())
    await asyncio.sleep(0.2)
    started = time.perf_counter()
    async with gaps() as found:
        for number in range(_LINES // _BATCH):
            stream = Stream.STDERR if number % 10 == 9 else Stream.STDOUT
            log.feed(stream, blocks[number % len(blocks)])
            if number % 50 == 0:
                log.append(NewEntry(Source.BUILD, Severity.WARNING, f"step {number}"))
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
    seconds = time.perf_counter() - started - 0.1
    unsubscribe()
    view.close()
    view.deleteLater()
    limit = 16 + idle.worst
    return Figure(
        "log view: worst gap of the loop while 1M lines come in",
        f"≤ 16 ms + idle gap ({idle.worst:.1f} ms)",
        f"{found.worst:.1f} ms ({_LINES / seconds / 1e6:.2f}M lines/s)",
        found.worst <= limit,
        "a batch of 1,000 lines a turn of the loop, view follows; gaps of a 5 ms timer",
    )


# ---- reopening ---------------------------------------------------------------------------------


async def _reopening(
    window: QWidget, appearance: Appearance, log: LogStore, plain: float
) -> list[Figure]:
    ours = []
    for _ in range(_REOPENINGS):
        started = time.perf_counter()
        view = _shown(window, appearance, log)
        _painted(view)
        ours.append((time.perf_counter() - started) * 1000)
        view.close()
        view.deleteLater()
        await asyncio.sleep(0.02)
    median = statistics.median(ours)
    return [
        Figure(
            "log view: reopened over 1M rows, to first paint",
            "≤ 16 ms",
            f"{median:.1f} ms (worst {max(ours):.1f} ms)",
            median <= 16,
            f"median of {_REOPENINGS}",
        ),
        Figure(
            "log view: the same beside a plain text edit",
            "≥ 500 × faster",
            f"{plain / median:.0f} × ({plain / 1000:.1f} s)",
            plain / median >= 500,
            "QPlainTextEdit.setPlainText of the same rows, to first paint",
        ),
    ]


def _plain_text_edit(window: QWidget, log: LogStore) -> float:
    text = "\n".join(log.raw(seq).decode() for seq in range(1, log.last_seq + 1))
    started = time.perf_counter()
    edit = QPlainTextEdit(window)
    edit.resize(*_SIZE)
    edit.setPlainText(text)
    edit.show()
    _painted(edit)
    seconds = time.perf_counter() - started
    edit.close()
    return seconds * 1000


# ---- scrolling ---------------------------------------------------------------------------------


def _scrolling(view: LogView) -> Figure:
    return _scroll_figure(view, "log view: scroll step over 1M rows")


def _wrapped_scrolling(view: LogView) -> Figure:
    view.resize(_SIZE[0] // 2, _SIZE[1])
    view.set_wrap(True)
    figure = _scroll_figure(view, "log view: scroll step, long lines wrapped")
    view.set_wrap(False)
    view.resize(*_SIZE)
    return figure


def _scroll_figure(view: LogView, name: str) -> Figure:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    _painted(view)
    taken = []
    for _ in range(_SCROLLS):
        started = time.perf_counter()
        bar.setValue(bar.value() + 3)
        _painted(view)
        taken.append((time.perf_counter() - started) * 1000)
    median, p99 = statistics.median(taken), percentile(taken, 0.99)
    return Figure(
        name, "p99 ≤ 8 ms", f"{median:.1f} ms, p99 {p99:.1f} ms", p99 <= 8, "3 rows a step, painted"
    )


# ---- filters -----------------------------------------------------------------------------------


async def _in_process(view: LogView) -> list[Figure]:
    queries = {
        "severity": LogQuery(severity=Severity.WARNING),
        "source": LogQuery(sources=frozenset({Source.BUILD})),
        "most rows": LogQuery(sources=frozenset({Source.RUNTIME})),
    }
    found = []
    for name, query in queries.items():
        painted, whole = [], []
        for _ in range(7):
            view.set_query(LogQuery())
            await _until(lambda: view.complete)
            started = time.perf_counter()
            view.set_query(query)
            _painted(view)
            painted.append((time.perf_counter() - started) * 1000)
            await _until(lambda: view.complete)
            whole.append((time.perf_counter() - started) * 1000)
        first, last = statistics.median(painted), statistics.median(whole)
        figure = Figure(
            f"log view: filter by {name}, click to painted",
            "≤ 33 ms",
            f"{first:.1f} ms (all of 1M rows: {last:.0f} ms)",
            first <= 33,
            "median of 7",
        )
        found.append(figure)
    return found


async def _in_another(view: LogView, idle: Gaps) -> list[Figure]:
    queries = {
        "text": LogQuery(text="request 77"),
        "regex": LogQuery(regex=_PATTERN),
        "exclude": LogQuery(exclude="took"),
    }
    view.set_query(LogQuery(text="not there"))  # the process is up from here on
    await _until(lambda: view.complete)
    found = []
    for name, query in queries.items():
        view.set_query(LogQuery())
        await _until(lambda: view.complete)
        async with gaps() as measured:
            started = time.perf_counter()
            first = 0.0
            view.set_query(query)
            while not view.complete:
                if not first and view.display.lens_rows != view.log_rows:
                    first = (time.perf_counter() - started) * 1000
                await asyncio.sleep(0.001)
            seconds = time.perf_counter() - started
            await asyncio.sleep(0.1)
        limit = 2 * idle.p99
        figure = Figure(
            f"log view: worst gap of the loop while filtering by {name}",
            f"≤ 2 × idle p99 ({idle.p99:.1f} ms)",
            f"{measured.worst:.1f} ms (first rows {first:.0f} ms, all {seconds:.2f} s)",
            measured.worst <= limit,
            "1M rows, searched in another process",
        )
        found.append(figure)
    view.set_query(LogQuery())
    return found


async def _others(view: LogView, idle: Gaps) -> list[Figure]:
    limit = 2 * idle.p99
    found = []
    works: list[tuple[str, Callable[[], None], Callable[[], bool]]] = [
        ("collapsing repeats", lambda: view.set_collapse(True), lambda: view.complete),
        ("copying 1M rows", lambda: _copy_all(view), lambda: not view.copying),
    ]
    for name, begin, ended in works:
        async with gaps() as measured:
            started = time.perf_counter()
            begin()
            await _until(ended)
            seconds = time.perf_counter() - started
            await asyncio.sleep(0.1)
        figure = Figure(
            f"log view: worst gap of the loop while {name}",
            f"≤ 16 ms + idle gap ({idle.worst:.1f} ms)",
            f"{measured.worst:.1f} ms (all {seconds:.2f} s)",
            measured.worst <= 16 + idle.worst,
            "1M rows, in slices",
        )
        found.append(figure)
    view.set_collapse(False)
    return [*found, await _find(view, limit)]


def _copy_all(view: LogView) -> None:
    view.select_all()
    view.copy(columns=True)


async def _find(view: LogView, limit: float) -> Figure:
    results: list[FindResult] = []
    view.find("")
    view.find_result.connect(results.append)
    async with gaps() as measured:
        started = time.perf_counter()
        view.find("handling request 7", backwards=True)
        await _until(lambda: bool(results))
        first = (time.perf_counter() - started) * 1000
        await _until(lambda: not results[-1].searching)
        seconds = time.perf_counter() - started
    return Figure(
        "log view: worst gap of the loop while finding",
        f"≤ 2 × idle p99 ({limit / 2:.1f} ms)",
        f"{measured.worst:.1f} ms (first {first:.0f} ms, all {seconds:.2f} s)",
        measured.worst <= limit,
        "1M rows, searched in another process",
    )


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.002)
