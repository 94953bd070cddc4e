"""What tests of the studio share; where Qt cannot be loaded, only those of the command run."""

import os

from tests.support.qt_here import qt_problem

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if qt_problem() is None:
    from tests.support.desk import desk, qt

    __all__ = ["desk", "qt"]
