"""The launcher's front door, started by path with `python -I -S`; see `launching.py`.

It stays this small because a script is compiled anew at every start, its siblings are not.
"""

import os
import sys

_PACKAGE = "_playhead_launcher"


def _main() -> int:
    package = type(sys)(_PACKAGE)
    package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
    sys.modules[_PACKAGE] = package
    from _playhead_launcher.launching import (  # type: ignore[import-not-found]  # its private name
        main,
    )

    return int(main(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(_main())
