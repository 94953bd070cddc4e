"""JSON files in the cache that say of themselves whether they are whole.

A cache is a convenience: a file that is missing, torn, or of another making is no file at all.
"""

import hashlib
import json
from typing import Any

from shipper.store.writing import write_whole

_SEAL = 64


def write_facts(place: str, facts: dict[str, Any]) -> None:
    """Replace the file at `place`; raise StoreUnwritable where that cannot be done."""
    data = json.dumps(facts, separators=(",", ":")).encode()
    write_whole(place, hashlib.sha256(data).hexdigest().encode() + data)


def read_facts(place: str) -> dict[str, Any]:
    """Return what `write_facts` put there; nothing where it is not there, whole and unchanged."""
    try:
        with open(place, "rb") as file:  # noqa: PTH123 - hot path
            content = file.read()
        seal, data = content[:_SEAL], content[_SEAL:]
        if hashlib.sha256(data).hexdigest().encode() != seal:
            return {}
        facts = json.loads(data)
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
