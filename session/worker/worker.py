"""The worker's front door, started by path with the project's interpreter; see `program.py`.

It must parse on any Python, so that an interpreter that is too old can say so. The siblings
are loaded under a private package name: a project may have a `session` package of its own.
"""

import os
import sys

_PACKAGE = "_playhead_worker"
_OLDEST = (3, 9)


def _refuse(control):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - any Python
    found = ".".join(str(part) for part in sys.version_info[:3])
    text = '{"type":"refused","python":"' + found + '"}'
    head = "".join(chr(0) * 2 + chr(size // 256) + chr(size % 256) for size in (len(text), 0))
    os.write(control, (head + text).encode("latin-1"))
    sys.exit(1)


def _main():  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
    control, events = int(sys.argv[1]), int(sys.argv[2])
    if sys.version_info < _OLDEST:
        _refuse(control)  # type: ignore[no-untyped-call]  # as above
    before = set(sys.modules)
    package = type(sys)(_PACKAGE)
    package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
    sys.modules[_PACKAGE] = package
    frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        from _playhead_worker.program import (  # type: ignore[import-not-found]  # its private name
            play,
        )
    finally:
        sys.dont_write_bytecode = frugal
    play(control, events, before, waits=len(sys.argv) > 3)


if __name__ == "__main__":
    _main()  # type: ignore[no-untyped-call]  # as above
