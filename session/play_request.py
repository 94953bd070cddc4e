"""How a project is to be played this once: plain data, kept with the run to play it again."""

from typing import NamedTuple


class PlayRequest(NamedTuple):
    """What one Play asks for beyond the project itself.

    `args` follow the manifest's own. `configuration` names one of the manifest's
    configurations; what is given here beside it wins over what it says. `env` are variables set
    for the program, by name. `cwd` is the working directory, relative to the project. `grants`
    are permissions for this once: `net`, or `read=/some/folder` for a part of one. `foreign`
    says that the project is somebody else's: nothing beyond the defaults is granted unasked, and
    it is not played with less isolation than it takes, unless `reduced_isolation` says so.
    `cells` keeps a notebook open: they run when they are asked to, not from top to bottom.
    """

    args: tuple[str, ...] = ()
    configuration: str | None = None
    env: tuple[tuple[str, str], ...] = ()
    cwd: str | None = None
    grants: tuple[str, ...] = ()
    foreign: bool = False
    reduced_isolation: bool = False
    cells: bool = False
