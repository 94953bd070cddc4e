"""What the launcher puts on a tool of a preparation: it has the rights that its call names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from session.ports import ToolRights
from session.runtime.installation import installation_of
from session.runtime.isolation import existing, system_reads
from session.worker.isolation.policy import NET_ALL, NET_NONE, PORTABLE


def tool_policy(argv: Sequence[str], rights: ToolRights, scratch: Path) -> dict[str, Any]:
    """Return the policy of one tool; `scratch` is a folder of its own.

    Tools get the portable profile. uv links what it installs to its cache, and no link leads from
    one mount to another, though both show one disk; and namespaces cost a preparation more time
    than they are worth to tools that have no rights to begin with.
    """
    started = (Path(argv[0]), *rights.pythons)
    pythons = [folder for one in started for folder in installation_of(one)]
    return {
        "profile": PORTABLE,
        "ro": existing([*system_reads(net=rights.net), *pythons, *rights.read]),
        "rw": existing([scratch, *rights.write]),
        "net": NET_ALL if rights.net else NET_NONE,
    }
