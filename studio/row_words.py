"""The words of a row of the log, the same in the window and in the command. Pure."""

from typing import Final

from session.log.entry import Location, Source

#: A source as people read it; the last one is the program's own.
SOURCE_WORDS: Final = {
    Source.BUILD: "build",
    Source.PACK_VALIDATION: "check",
    Source.PACK: "pack",
    Source.RUNTIME: "run",
}


def without_place(message: str, place: Location | None) -> str:
    """Return a message without the place it begins with, where that is shown before it anyway."""
    if place is None:
        return message
    beginnings = (f"{place.path}, line {place.line}: ", f"{place.path}: ")
    return next((message.removeprefix(b) for b in beginnings if message.startswith(b)), message)
