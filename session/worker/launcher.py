"""The launcher's front door, started by path with `python -I -S`; see `launching.py`.

It stays this small because a script is compiled anew at every start, its siblings are not.
"""

import os
import sys

_PACKAGE = "_playhead_launcher"


def _main() -> int:
    package = type(sys)(_PACKAGE)
    package.__path__ = [os.path.dirname(os.path.abspath(__file__))]  # noqa: PTH100,PTH120 - pathlib would double the start
    sys.modules[_PACKAGE] = package
    from _playhead_launcher.launching import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_main())
