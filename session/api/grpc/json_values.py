"""Values as gRPC carries them: the marks of the frames, as JSON text, with bytes beside it."""

import json
from typing import Any

from session.api.grpc.playhead_pb2 import Value
from session.worker.plain_json import dumps, loads
from session.worker.values import pack, unpack


def write_value(value: object) -> Value:
    """Return the value as a message; raises `Unserializable` (a ValueError)."""
    written, payload = pack(value)
    return Value(json=dumps(written), payload=payload)


def read_value(message: Value) -> Any:  # noqa: ANN401 - whatever was written
    """Return the value again; raise ValueError where the peer wrote nonsense."""
    try:
        return unpack(loads(message.json), message.payload)
    except RecursionError:
        message_text = "a value is nested too deeply"
        raise ValueError(message_text) from None


def read_parameters(message: Value) -> dict[str, Any]:
    """Return the parameters of a call; a missing message is none. Raises ValueError."""
    found = read_value(message) if message.json else {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        text = "the parameters are no JSON object"
        raise ValueError(text)
    return found


def write_table(table: object) -> str:
    """Return a plain table as JSON text; what has no place in JSON becomes text."""
    return json.dumps(table, default=str)


def read_table(text: str) -> dict[str, Any]:
    """Return a plain table again; raises ValueError."""
    found = json.loads(text)
    if not isinstance(found, dict):
        message = "no JSON object"
        raise ValueError(message)  # noqa: TRY004 - bad input from a peer, not a wrong call
    return found
