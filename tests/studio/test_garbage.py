"""Cycles with Qt objects in them die on the window's thread, whoever allocates."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from studio.garbage import GarbageCollector

# Its end thaws what all tests before have left, which then is collected here.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class _Knot(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.timer = QTimer(self, interval=1000)
        self.timer.start()
        self.myself = self


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[GarbageCollector]:
    collector = GarbageCollector()
    yield collector
    collector.stop()
    assert gc.isenabled()


def _allocate() -> None:
    kept = [[[n]] for n in range(200_000)]
    del kept


def test_another_thread_that_allocates_collects_nothing(collector: GarbageCollector) -> None:
    alive = weakref.ref(_Knot())
    thread = threading.Thread(target=_allocate)
    thread.start()
    thread.join()
    assert alive() is not None
    gc.collect()
    assert alive() is None


def test_the_rule_is_pythons_own(collector: GarbageCollector) -> None:
    gc.collect()
    assert collector.collect() is None
    alive = weakref.ref(_Knot())
    kept = [[n] for n in range(2_000)]
    assert collector.collect() == 0
    assert alive() is None
    assert kept
