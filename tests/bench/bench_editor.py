"""Figures of the code editor: opening, highlighting in slices, keys."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from studio.documents.text_file import read_text_file
from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.code_editor.editor import CodeEditor
from tests.bench.figure import Figure
from tests.bench.screens import on_each_screen

_LINES = 50_000
_ROUNDS = 7
_KEYS = 200
_PASSES = 3
_SIZE = (1000, 800)


def figures() -> list[Figure]:
    """Measure on each kind of screen that there is; about 20 s each."""
    return on_each_screen("tests.bench.bench_editor")


def measure() -> list[Figure]:
    """Measure on the screen that this process has."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(application, Path(folder))
        return [
            bench.opening(),
            bench.slices(),
            bench.keys(10_000),
            bench.keys(_LINES),
            bench.quotes_at_top(),
        ]


class _Bench:
    def __init__(self, application: QApplication, folder: Path) -> None:
        self._application = application
        self._appearance = Appearance(application)
        self._settings = SettingsStore(folder / "settings.json")
        self._text = _program(_LINES)
        self._file = folder / "program.py"
        self._file.write_text(self._text)

    def opening(self) -> Figure:
        """From the file to its first paint, beside a plain edit's."""
        self._open_plain()  # what is loaded once is not measured
        _delete(self._open_ours())
        plain, ours = [], []
        opened: list[CodeEditor] = []
        for _ in range(_ROUNDS):
            plain.append(_timed(self._open_plain))
            ours.append(_timed(lambda: opened.append(self._open_file())))
            _delete(opened.pop())
            self._application.processEvents()
        ours_ms, plain_ms = statistics.median(ours) * 1000, statistics.median(plain) * 1000
        ratio = ours_ms / plain_ms
        return Figure(
            "editor: opening 50,000 lines",
            "≤ 1.3 × a plain QPlainTextEdit",
            f"{ratio:.2f} × ({ours_ms:.0f} to {plain_ms:.0f} ms)",
            ratio <= 1.3,
            f"reading a Python file, to its first paint, medians of {_ROUNDS}, interleaved",
        )

    def slices(self) -> Figure:
        """How long the loop is held while the rest of the file is lexed."""
        editor = self._open_ours()
        held, busy = [], []
        while not editor.highlighter.settled:
            began = time.thread_time()
            held.append(_timed(self._application.processEvents))
            busy.append(time.thread_time() - began)
        _delete(editor)
        worst, median = max(busy) * 1000, statistics.median(busy) * 1000
        return Figure(
            "editor: worst slice of highlighting",
            "≤ 8 ms of processor time",
            f"{worst:.1f} ms (median {median:.1f} ms, {sum(held):.1f} s in all)",
            worst <= 8,
            f"{len(held):,} slices over 50,000 lines; by the clock up to {max(held) * 1000:.1f} ms",
        )

    def keys(self, lines: int) -> Figure:
        """One key in the middle of a file, from the event to the painted text."""
        typed = "value = compute(alpha, beta)  # and a few more words " * 8
        took = self._type(_program(lines), lines // 2, typed)
        return _key_figure(f"editor: a key in {lines:,} lines", took, "in the middle")

    def quotes_at_top(self) -> Figure:
        """Keys that turn the whole file into a string and back, while it is being lexed."""
        typed = 'x = """' + "a word " * 12 + '"""' + " more" * 12
        return _key_figure(
            f"editor: a key at the top of {_LINES:,} lines",
            self._type(self._text, 1, typed),
            'text with `"""` in it, slices between',
        )

    def _type(self, text: str, line: int, typed: str) -> list[float]:
        """Type the same several times; return what each key took, in seconds."""
        editor = self._settled(text)
        took = []
        for _ in range(_PASSES):
            editor.replace_text(text)
            while not editor.highlighter.settled:
                self._application.processEvents()
            editor.go_to(line)
            editor.moveCursor(QTextCursor.MoveOperation.EndOfLine)
            editor.insertPlainText("\n")
            self._application.processEvents()
            took += [self._key(editor, character) for character in typed[:_KEYS]]
        _delete(editor)
        return took

    def _key(self, editor: CodeEditor, character: str) -> float:
        took = _timed(lambda: self._one_key(editor, character))
        for _ in range(3):  # as much lexing as fits between two keys, and more
            self._application.processEvents()
        return took

    def _one_key(self, editor: CodeEditor, character: str) -> None:
        QTest.keyClicks(editor, character)
        editor.viewport().repaint()

    def _settled(self, text: str) -> CodeEditor:
        editor = self._open_ours(text)
        while not editor.highlighter.settled:
            self._application.processEvents()
        return editor

    def _open_ours(self, text: str | None = None) -> CodeEditor:
        editor = CodeEditor(self._appearance, self._settings)
        editor.resize(*_SIZE)
        editor.show_text(text or self._text, "program.py")
        _to_first_paint(self._application, editor)
        return editor

    def _open_file(self) -> CodeEditor:
        return self._open_ours(read_text_file(self._file).text)

    def _open_plain(self) -> None:
        edit = QPlainTextEdit()
        edit.setFont(self._appearance.code_font())
        edit.resize(*_SIZE)
        edit.setPlainText(self._file.read_text())
        _to_first_paint(self._application, edit)
        _delete(edit)


class _PaintWatch(QObject):
    painted = False

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.painted = self.painted or event.type() == QEvent.Type.Paint
        return False


def _to_first_paint(application: QApplication, edit: QPlainTextEdit) -> None:
    watch = _PaintWatch(edit)
    edit.viewport().installEventFilter(watch)
    edit.show()
    while not watch.painted:
        application.processEvents()
    edit.viewport().removeEventFilter(watch)


def _delete(edit: QPlainTextEdit) -> None:
    """Delete a widget now: what waits for its deletion would go on working beside the next."""
    edit.deleteLater()
    QCoreApplication.sendPostedEvents(edit, QEvent.Type.DeferredDelete)


def _key_figure(name: str, took: list[float], how: str) -> Figure:
    median, worst = statistics.median(took) * 1000, max(took) * 1000
    most = statistics.quantiles(took, n=20)[-1] * 1000
    return Figure(
        name,
        "≤ 5 ms",
        f"95 of 100 within {most:.1f} ms (median {median:.1f} ms, worst {worst:.1f} ms)",
        most <= 5,
        f"{len(took)} keys, {how}, to the painted text",
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _program(lines: int) -> str:
    """Return a Python program like others: classes, comments, strings of several lines."""
    part = [
        "class Station{n}(Base):",
        '    """A station of the line.',
        "",
        "    It keeps what passed through it.",
        '    """',
        "",
        "    def __init__(self, name: str, limit: int = {n}) -> None:",
        "        self.name = name  # as it is written on the sign",
        "        self.limit = limit",
        '        self.label = f"station {{name!r}} of {{limit:>4}}"',
        "        self.seen: list[int] = [number * 3 for number in range(limit) if number % 7]",
        "",
        "    @property",
        "    def full(self) -> bool:",
        "        return len(self.seen) >= self.limit and self.name != 'depot'",
        "",
        "    async def pass_on(self, other: 'Station{n}', *, count=0x{n:04x}) -> float:",
        "        for item in self.seen[:count]:",
        "            if item is None or not isinstance(item, int):",
        '                raise ValueError("no item: %s" % item)',
        "            await other.take(item, weight=1.5e-{d}, path=r'C:\\\\temp')",
        "        return sum(self.seen) / max(1, len(self.seen))",
        "",
        "",
    ]
    found: list[str] = []
    number = 0
    while len(found) < lines:
        found += [line.format(n=number, d=number % 9) for line in part]
        number += 1
    return "\n".join(found[:lines]) + "\n"
