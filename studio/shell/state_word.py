"""The word of a badge (`studio.controls`) in the user's language. Pure."""

from PySide6.QtCore import QCoreApplication

from studio.controls import Controls


def state_word(controls: Controls) -> str:
    """Return what the badge says, translated."""
    return _words().get(controls.badge, controls.badge)


def _words() -> dict[str, str]:
    """Each spelled out, so that whoever gathers texts for translators finds it."""
    say = QCoreApplication.translate
    return {
        "idle": say("State", "idle"),
        "preparing": say("State", "preparing"),
        "prepare failed": say("State", "prepare failed"),
        "connecting": say("State", "connecting"),
        "running": say("State", "running"),
        "runtime failed": say("State", "runtime failed"),
        "stopped": say("State", "stopped"),
        "stopping": say("State", "stopping"),
        "saving": say("State", "saving"),
    }
