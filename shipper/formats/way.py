"""How a project is to be played this once, beside what it says itself. Pure."""

import posixpath
from typing import NamedTuple

from shipper.formats.sealed import SealedImage


class Way(NamedTuple):
    """One way to play a project; it is no part of the image's identity.

    `configuration` names one of the manifest's; what is given beside it wins over what it
    says, and `args` follow its own. `cwd` is the working directory, relative to the project.
    """

    args: tuple[str, ...] = ()
    configuration: str | None = None
    env: tuple[tuple[str, str], ...] = ()
    cwd: str | None = None

    def of(self, image: SealedImage) -> SealedImage:
        """Return the image as it is to be played this way."""
        return image._replace(
            args=(*image.args, *self.args),
            env=tuple({**dict(image.env), **dict(self.env)}.items()),
            cwd=image.cwd if self.cwd is None else folder_inside(self.cwd) or "",
        )


def folder_inside(cwd: str) -> str | None:
    """Return a folder as it is named from the project (`""`: itself); None where it leads out."""
    if cwd.startswith("/"):
        return None
    plain = posixpath.normpath(cwd or ".")
    if plain == ".." or plain.startswith("../"):
        return None
    return "" if plain == "." else plain
