"""Values between host and worker: plain data as JSON, bytes beside it, never pickle. Pure.

Both ends share this file. JSON has no place for some things, so a value is written with marks,
objects with one key that begins with `$`:

    $bytes  [start, length]   bytes, opaque, in the payload of the frame
    $json   [start, length]   a large value, as JSON in the payload
    $texts  [start, length, sizes]  many texts, one after the other; sizes in characters
    $pairs  [[key, value]]    a dict whose keys are not plain text
    $float  "nan"             a number that JSON does not know
    $lost   {type, text?}     something that could not be written, where that is allowed
"""

from __future__ import annotations

from .plain_json import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

#: A value longer than this is moved out of the header, whose size is capped.
LARGE = 1 << 17
#: What is done about a value that has no form here: refuse, name its type, or show some of it.
REFUSE, TYPE, TEXT = "refuse", "type", "text"
_TEXT_CAP = 500
_MOST_ELEMENTS = 1_000_000
_PLAIN = (str, int, bool, type(None))
_CONVERSIONS = ("model_dump", "to_dict", "_asdict", "tolist", "isoformat")
_ODD = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


class Unserializable(ValueError):
    """A value has no form that the other side could read."""


class Lost:
    """Stands where a value could not be written: the name of its type, and some of its text."""

    __slots__ = ("text", "type")

    def __init__(self, type_name: str, text: str | None = None) -> None:
        self.type = type_name
        self.text = text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lost):
            return NotImplemented
        return (self.type, self.text) == (other.type, other.text)

    def __hash__(self) -> int:
        return hash((self.type, self.text))

    def __repr__(self) -> str:
        return f"Lost({self.type!r}, {self.text!r})"


def pack(value: Any, policy: str = REFUSE) -> tuple[Any, bytes]:
    """Return what goes into the header and what goes into the payload; raise Unserializable."""
    if value.__class__ in _PLAIN and (value.__class__ is not str or len(value) <= LARGE):
        return value, b""
    packer = Packer(policy)
    written = packer.write(value)
    try:
        if len(text := dumps(written)) > LARGE:
            written = {"$json": packer.put(text.encode("ascii"))}
    except (TypeError, ValueError, RecursionError) as error:
        raise Unserializable(str(error)) from None
    return written, b"".join(packer.parts)


def sealed(written: Any, packer: Packer) -> Any:
    """Move what is written already, and too much for a header, into the payload."""
    return {"$json": packer.put(dumps(written).encode("ascii"))}


def texts(items: list[str], packer: Packer) -> Any:
    """Write a list of texts down at a third of the price of JSON."""
    start, length = packer.put("".join(items).encode("utf-8", "surrogatepass"))
    return {"$texts": [start, length, [len(one) for one in items]]}


def unpack(written: Any, payload: bytes) -> Any:
    """Return the value again; raise ValueError where the peer wrote nonsense."""
    if written.__class__ in _PLAIN:
        return written
    try:
        return _read(written, payload)
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        message = f"a value makes no sense: {type(error).__name__}: {error}"
        raise ValueError(message) from None


class Packer:
    """Writes values down; bytes and whatever is large go to `parts`, the payload."""

    def __init__(self, policy: str = REFUSE) -> None:
        self._policy = policy
        self.parts: list[bytes] = []
        self.size = 0

    def put(self, data: bytes) -> list[int]:
        """Add bytes to the payload; return where they lie."""
        start, self.size = self.size, self.size + len(data)
        self.parts.append(data)
        return [start, len(data)]

    def write(self, value: Any) -> Any:
        """Return the value as it goes into a header; raise Unserializable."""
        try:
            return self._write(value)
        except RecursionError:
            message = "it is nested too deeply, or contains itself"
            raise Unserializable(message) from None

    def _write(self, value: Any) -> Any:
        kind = value.__class__
        if kind in _PLAIN:
            return value
        if kind is float:
            return value if value - value == 0.0 else {"$float": repr(value)}
        if kind is dict:
            return self._write_dict(value)
        if kind is list or kind is tuple:
            return [self._write(one) for one in value]
        if kind in (bytes, bytearray, memoryview):
            return {"$bytes": self.put(bytes(value))}
        return self._write_other(value)

    def _write_dict(self, value: dict[Any, Any]) -> Any:
        if all(key.__class__ is str and key[:1] != "$" for key in value):
            return {key: self._write(one) for key, one in value.items()}
        return {"$pairs": [[self._write(key), self._write(one)] for key, one in value.items()]}

    def _write_other(self, value: Any) -> Any:
        if isinstance(value, (bytes, bytearray)):
            return self._write(bytes(value))
        for plain in (int, float, str):  # subclasses: an IntEnum is a number
            if isinstance(value, plain):
                return self._write(plain(value))
        converted = _converted(value)
        if converted is not value:
            return self._write(converted)
        if isinstance(value, dict):
            return self._write_dict(value)
        if isinstance(value, (list, tuple)):
            return [self._write(one) for one in value]
        return self._lost(value)

    def _lost(self, value: Any) -> Any:
        name = _type_name(value)
        if self._policy == TYPE:
            return {"$lost": {"type": name}}
        if self._policy == TEXT:
            return {"$lost": {"type": name, "text": _some_text(value)}}
        message = f"a value of type `{name}` has no form that can be sent"
        raise Unserializable(message)


def _converted(value: Any) -> Any:
    """Return what the value itself offers as plain data, or the value."""
    for name in _CONVERSIONS:
        method: Callable[[], Any] | None = getattr(value, name, None)
        if not callable(method) or isinstance(value, type):
            continue
        if name == "tolist" and getattr(value, "size", 0) > _MOST_ELEMENTS:
            message = f"{_type_name(value)} has more than {_MOST_ELEMENTS} elements: send bytes"
            raise Unserializable(message)
        try:
            found = method()
        except Exception:  # noqa: BLE001 - user code: the next way may work
            continue
        if found.__class__ is not value.__class__:
            return found
    return value


def _type_name(value: Any) -> str:
    kind = type(value)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else (f"{kind.__module__}.{kind.__qualname__}")
    )


def _some_text(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - user code
        return "<repr() failed>"
    return text if len(text) <= _TEXT_CAP else text[:_TEXT_CAP] + " …"


def _read(written: Any, payload: bytes) -> Any:
    kind = written.__class__
    if kind is list:
        return [one if one.__class__ in _PLAIN else _read(one, payload) for one in written]
    if kind is not dict:
        return written
    if len(written) == 1:
        name = next(iter(written))
        if name[:1] == "$":
            return _read_mark(name, written[name], payload)
    return {key: _read(one, payload) for key, one in written.items()}


def _read_mark(name: str, said: Any, payload: bytes) -> Any:
    if name == "$bytes":
        return _part(said, payload)
    if name == "$json":
        return _read(loads(_part(said, payload).decode("ascii")), payload)
    if name == "$texts":
        return _read_texts(said, payload)
    if name == "$pairs":
        return {_read(key, payload): _read(one, payload) for key, one in said}
    if name == "$float":
        return _ODD[said]
    if name == "$lost":
        return Lost(str(said["type"]), said.get("text"))
    message = f"the mark `{name}` is not known"
    raise ValueError(message)


def _read_texts(said: Any, payload: bytes) -> list[str]:
    start, length, sizes = said
    text = _part((start, length), payload).decode("utf-8", "surrogatepass")
    items = []
    at = 0
    for size in sizes:
        items.append(text[at : at + size])
        at += size
    if at != len(text):
        message = "texts are missing"
        raise ValueError(message)
    return items


def _part(said: Any, payload: bytes) -> bytes:
    start, length = said
    if start.__class__ is not int or length.__class__ is not int or start < 0 or length < 0:
        raise TypeError(said)
    found = payload[start : start + length]
    if len(found) != length:
        message = "bytes are missing"
        raise ValueError(message)
    return found
