"""The way in: `playhead`. The command, and the studio behind it, which the command never imports.

Imports nothing: playing from the command line must not wait for a window, nor a window for what
the command line needs.
"""


def main() -> None:
    """Run the command line; `playhead studio`, or no command at all, opens the studio."""
    from studio.cli.main import main as run_command

    run_command(_open_studio)


def _open_studio(path: str | None) -> int:
    """Open the studio, on a project if one is named; return its exit code."""
    from studio.app.start import run_studio

    return run_studio(path, _say, _fail)


def _say(text: str) -> None:
    from studio.cli.console import say

    say(text)


def _fail(message: str, hint: str, code: str) -> None:
    from studio.cli.failure import say_failure

    say_failure(message, hint, code)
