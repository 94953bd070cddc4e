"""The way in: `playhead`. Catches whatever goes wrong further in, from the first import on.

Imports as little as possible, so that Ctrl-C during start-up ends quietly, too.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from studio.cli.quick_studio import OpenStudio


def main(open_studio: "OpenStudio | None" = None) -> None:
    """Run the command line and leave with its exit code; never shows a traceback.

    `open_studio` opens the window, for `playhead studio` and for `playhead` alone.
    """
    try:
        code = _run(open_studio)
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001 - the last guard: one sentence instead of a traceback
        from studio.cli.failure import tell

        code = tell(error)
    _leave(code)


def _run(open_studio: "OpenStudio | None") -> int:
    _open_standard_descriptors()
    try:
        os.getcwd()  # noqa: PTH109 - pathlib is not imported yet
    except FileNotFoundError:
        from studio.cli.console import complain

        complain("The current folder is gone. Change to another one first. [cwd-gone]")
        return 125
    from studio.cli.quick_play import read_plain_play
    from studio.reports import keep_own_log

    keep_own_log()
    plain = read_plain_play(sys.argv[1:])
    if plain is not None:
        from studio.cli.play import play_project

        return play_project(plain)
    if open_studio is not None and sys.argv[1:2] in ([], ["studio"]):
        from studio.cli.quick_studio import read_plain_studio
        from studio.display import has_display

        display = has_display(os.environ, sys.platform)
        studio = read_plain_studio(sys.argv[1:], display=display)
        if studio is not None:
            return open_studio(studio.path)
    from studio.cli.app import run

    return run(sys.argv[1:], open_studio)


def _open_standard_descriptors() -> None:
    """Make sure that 0, 1 and 2 are open, so that no socket of ours ever takes their place."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is `fd`


def _leave(code: int) -> None:
    """Flush and leave; an output that nobody reads any more is no reason for a message."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
