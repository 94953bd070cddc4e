"""Measures a part of the studio on each screen that there is: `offscreen`, and under Xvfb.

Qt chooses its platform once a process, so each screen gets one: `python -m tests.bench.screens
MODULE FILE` runs `measure()` of a module and writes its figures down.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figure import Figure
from tests.support.xvfb import missing, xvfb

_ROOT = Path(__file__).parents[2]


@contextmanager
def screens() -> Iterator[dict[str, Mapping[str, str]]]:
    """Yield the variables of each screen by its name; without an X server there is only one."""
    found: dict[str, Mapping[str, str]] = {"offscreen": {"QT_QPA_PLATFORM": "offscreen"}}
    if missing() is not None:
        yield found
        return
    with tempfile.TemporaryDirectory() as folder, xvfb(Path(folder)) as display:
        yield found | {"Xvfb": display.environ}


def on_each_screen(module: str) -> list[Figure]:
    """Return what `measure()` of a module finds, for each screen, which the names say."""
    with screens() as there:
        return [
            figure._replace(name=f"{figure.name} ({name})")
            for name, environ in there.items()
            for figure in _measured(module, environ)
        ]


def _measured(module: str, environ: Mapping[str, str]) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "figures.json")
        subprocess.run(
            [sys.executable, "-m", "tests.bench.screens", module, str(found)],
            env={**os.environ, **environ},
            cwd=_ROOT,
            check=True,
            timeout=600,
        )
        return [Figure(*row) for row in json.loads(found.read_text())]


def _main() -> None:
    module, file = sys.argv[1:]
    figures = importlib.import_module(module).measure()
    Path(file).write_text(json.dumps(figures))


if __name__ == "__main__":
    _main()
