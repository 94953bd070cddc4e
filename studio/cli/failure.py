"""What people read when a command fails: one sentence, its code, what to do next.

A fault of Playhead's own leaves a report with the traceback in a file, never on the screen.
"""

import signal

from studio.cli.console import FULL, OutputClosed, complain
from studio.cli.errors import CommandError
from studio.cli.exit_code import FAILED, PLAYHEAD_FAILED, WRONG_COMMAND_LINE


def tell(error: BaseException) -> int:
    """Say on standard error what went wrong and return the exit code."""
    if isinstance(error, (OutputClosed, BrokenPipeError)):
        return 128 + signal.SIGPIPE
    if isinstance(error, CommandError):
        say_failure(error.message, error.hint, error.code)
        return error.exit_code
    return _tell_known(error) or _tell_fault(error)


def say_failure(message: str, hint: str | None = None, code: str | None = None) -> None:
    """Write one failure to standard error: what happened, its code, and what to do."""
    complain(f"playhead: {message}" + (f" [{code}]" if code else ""))
    if hint:
        complain(f"  {hint}")


def _tell_known(error: BaseException) -> int:
    """Tell an error that renders its own sentence; 0 for any other."""
    from session.errors import HomeUnusable, InvalidPattern, LogUnwritable, SessionError
    from shipper.errors import ShipperError

    if isinstance(error, OSError) and error.errno in FULL:
        where = f"{error.filename} " if error.filename else "the output "
        say_failure(f"{where}cannot be written: {error.strerror}.", "Free some space.", "no-space")
        return FAILED
    if isinstance(error, ShipperError):
        say_failure(error.message, error.hint, error.code)
        return FAILED
    if not isinstance(error, SessionError):
        return 0
    say_failure(error.message, error.hint, error.code)
    if isinstance(error, InvalidPattern):
        return WRONG_COMMAND_LINE
    return PLAYHEAD_FAILED if isinstance(error, (HomeUnusable, LogUnwritable)) else FAILED


def _tell_fault(error: BaseException) -> int:
    from studio.reports import report_text, write_report

    report = write_report(report_text(error))
    where = f"the details are in {report}" if report else f"it says: {error}"
    say_failure(
        f"something inside Playhead went wrong ({type(error).__name__}); {where}.",
        "This is a fault of Playhead, not of your project; please report it"
        + (" with that file." if report else "."),
        "internal-error",
    )
    return PLAYHEAD_FAILED
