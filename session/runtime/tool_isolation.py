"""What the launcher puts on a tool of a preparation: it has the rights that its call names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from session.ports import ToolRights
from session.runtime.installation import installation_of
from session.runtime.isolation import OWNER, existing, identity_files, system_reads
from session.worker.isolation.policy import NET_ALL, NET_NONE, PORTABLE


def tool_policy(
    argv: Sequence[str], rights: ToolRights, scratch: Path, profile: str
) -> dict[str, Any]:
    """Return the policy of one tool; `scratch` is a folder of its own, `profile` the best to try.

    What writes beside its scratch folder gets no mounts of its own: uv links what it installs
    to its cache, and no link leads from one mount to another, though both show one disk. Nor does
    what uses the network, which has more to read than a private tree of files would show.
    """
    started = (Path(argv[0]), *rights.pythons)
    pythons = [folder for one in started for folder in installation_of(one)]
    net = NET_ALL if rights.net else NET_NONE
    return {
        "profile": PORTABLE if rights.write or rights.net else profile,
        "ro": existing([*system_reads(net=rights.net), *pythons, *rights.read]),
        "rw": existing([scratch, *rights.write]),
        "net": net,
        "files": identity_files(scratch),
        "owner": OWNER,
    }
