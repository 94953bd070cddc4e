"""How many rounds a test does: a few every day, many under `make soak`."""

import os


def rounds(usual: int, soak: int) -> int:
    """Return `soak` where PLAYHEAD_SOAK asks for it, `usual` otherwise."""
    return soak if os.environ.get("PLAYHEAD_SOAK") == "1" else usual
