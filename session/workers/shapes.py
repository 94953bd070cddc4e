"""The types of a tool's parameters: read from what a worker declares, checked, written as JSON
Schema. Pure, and bounded, since what is read comes from a stranger.

A type is written as Python would (`int`, `list[str]`, `str | None`) or as JSON Schema does, of
which a part is known (`type`, `items`, `additionalProperties`, `anyOf`, `enum`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

#: The most characters of a written type, and the most types within each other or beside.
LONGEST: Final = 512
DEEPEST: Final = 8
WIDEST: Final = 64

Scalar = str | int | float | bool | None


class ShapeUnknown(ValueError):
    """What was written is no type; its text says why."""


class Shape(NamedTuple):
    """One type. `kind` is a word of JSON Schema, or `any`, `bytes`, `one_of` or `enum`.

    `inner` are the types of an array's items or of an object's values (one), or those of which
    a value has to fit one; `values` are all that an `enum` may be.
    """

    kind: str
    inner: tuple["Shape", ...] = ()
    values: tuple[Scalar, ...] = ()


ANY: Final = Shape("any")

_WORDS: Final = {
    "str": "string",
    "string": "string",
    "int": "integer",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "bool": "boolean",
    "boolean": "boolean",
    "list": "array",
    "array": "array",
    "tuple": "array",
    "set": "array",
    "dict": "object",
    "map": "object",
    "object": "object",
    "bytes": "bytes",
    "binary": "bytes",
    "none": "null",
    "null": "null",
    "any": "any",
}
_TOKEN: Final = re.compile(r"\s*([A-Za-z_][\w.]*|[\[\],|]|$)")


def read_shape(declared: object) -> Shape:
    """Return the type that a text or a schema stands for; raise ShapeUnknown."""
    if isinstance(declared, str):
        if len(declared) > LONGEST:
            message = f"a type has at most {LONGEST} characters"
            raise ShapeUnknown(message)
        return _Written(declared).whole() if declared.strip() else ANY
    if declared is None:
        return ANY
    return _of_schema(declared, 1)


def misfit(shape: Shape, value: object, at: str = "") -> str | None:
    """Say how a value does not fit a type (`has to be a whole number`); None where it does.

    A bool is no number, and a whole number does for any number.
    """
    return _CHECKS[shape.kind](shape, value, at)


def schema_of(shape: Shape) -> dict[str, Any]:
    """Return a type as JSON Schema."""
    match shape.kind:
        case "any":
            return {}
        case "bytes":
            return {"type": "string", "contentEncoding": "base64"}
        case "enum":
            return {"enum": list(shape.values)}
        case "one_of":
            return {"anyOf": [schema_of(one) for one in shape.inner]}
        case "array" if shape.inner:
            return {"type": "array", "items": schema_of(shape.inner[0])}
        case "object" if shape.inner:
            return {"type": "object", "additionalProperties": schema_of(shape.inner[0])}
        case kind:
            return {"type": kind}


def words_of(shape: Shape) -> str:
    """Return a type as one says it: `a whole number`."""
    if shape.kind == "one_of":
        return " or ".join(dict.fromkeys(words_of(one) for one in shape.inner))
    if shape.kind == "enum":
        return "one of " + ", ".join(repr(value) for value in shape.values[:10])
    return _SAID[shape.kind]


_SAID: Final = {
    "any": "anything",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "values by name",
    "null": "nothing",
    "bytes": "bytes",
}


class _Written:
    """Reads a type written as Python writes it, by going down into it."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._word = text, 0, ""
        self._next()

    def whole(self) -> Shape:
        found = self._union(1)
        if self._word or self._at < len(self._text):
            self._fail()
        return found

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            self._fail()
        self._word, self._at = match[1], match.end()

    def _union(self, depth: int) -> Shape:
        found = [self._one(depth)]
        while self._word == "|":
            self._next()
            found.append(self._one(depth))
        return _one_of(found)

    def _one(self, depth: int) -> Shape:
        word = self._word.rpartition(".")[2]
        kind = _WORDS.get(word.lower())
        if kind is None and word not in ("Optional", "Union"):
            self._fail()
        if word:
            self._next()
        inner = self._inner(depth) if self._word == "[" else []
        if kind is None:
            extra = [Shape("null")] if word == "Optional" else []
            return _one_of([*inner, *extra]) if inner else ANY
        return _with_inner(kind, word, inner)

    def _inner(self, depth: int) -> list[Shape]:
        if depth >= DEEPEST:
            message = f"types lie at most {DEEPEST} deep"
            raise ShapeUnknown(message)
        found: list[Shape] = []
        while self._word != "]":
            self._next()
            found.append(self._union(depth + 1))
            if self._word not in (",", "]"):
                self._fail()
        self._next()
        return found

    def _fail(self) -> NoReturn:
        message = f"`{self._text[:60]}` is no type that is known here"
        raise ShapeUnknown(message)


def _with_inner(kind: str, word: str, inner: list[Shape]) -> Shape:
    if kind == "object" and len(inner) == 2:
        return Shape(kind, (inner[1],))
    if kind == "array" and inner:
        return Shape(kind, (_one_of(inner),))
    if inner:
        message = f"`{word}` takes no types in brackets"
        raise ShapeUnknown(message)
    return Shape(kind)


def _one_of(shapes: Sequence[Shape]) -> Shape:
    flat = [inner for one in shapes for inner in (one.inner if one.kind == "one_of" else (one,))]
    found = tuple(dict.fromkeys(flat))
    if len(found) > WIDEST:
        message = f"a type has at most {WIDEST} alternatives"
        raise ShapeUnknown(message)
    if any(one.kind == "any" for one in found):
        return ANY
    return found[0] if len(found) == 1 else Shape("one_of", found)


def _of_schema(declared: object, depth: int) -> Shape:
    """What a schema says beyond the part that is known here is passed over."""
    if not isinstance(declared, Mapping):
        message = "a type is a text or a JSON Schema"
        raise ShapeUnknown(message)
    if depth > DEEPEST:
        message = f"types lie at most {DEEPEST} deep"
        raise ShapeUnknown(message)
    if "enum" in declared:
        return _enum(declared["enum"])
    if "anyOf" in declared:
        return _one_of([_of_schema(one, depth + 1) for one in _some(declared["anyOf"])])
    kinds = declared.get("type", "any")
    words = [kinds] if isinstance(kinds, str) else _some(kinds)
    return _one_of([_of_word(word, declared, depth) for word in words])


def _of_word(word: object, declared: Mapping[str, object], depth: int) -> Shape:
    kind = _WORDS.get(word) if isinstance(word, str) else None
    if kind is None:
        message = f"`{str(word)[:60]}` is no type that is known here"
        raise ShapeUnknown(message)
    if kind == "string" and declared.get("contentEncoding") == "base64":
        return Shape("bytes")
    key = {"array": "items", "object": "additionalProperties"}.get(kind)
    inner = declared.get(key) if key else None
    if isinstance(inner, Mapping):
        return Shape(kind, (_of_schema(inner, depth + 1),))
    return Shape(kind)


def _enum(values: object) -> Shape:
    found = _some(values)
    if not all(value is None or isinstance(value, str | int | float) for value in found):
        message = "`enum` lists texts, numbers, true, false and null"
        raise ShapeUnknown(message)
    return Shape("enum", values=tuple(found))


def _some(values: object) -> Sequence[Any]:
    if not isinstance(values, list | tuple) or not 0 < len(values) <= WIDEST:
        message = f"1 to {WIDEST} alternatives are listed"
        raise ShapeUnknown(message)
    return values


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(fits: Callable[[object], bool]) -> Callable[[Shape, object, str], str | None]:
    def check(shape: Shape, value: object, at: str) -> str | None:
        return None if fits(value) else _said(shape, at)

    return check


def _said(shape: Shape, at: str) -> str:
    return f"has to be {words_of(shape)}" + (f" at {at}" if at else "")


def _misfit_array(shape: Shape, value: object, at: str) -> str | None:
    if not isinstance(value, list | tuple):
        return _said(shape, at)
    faults = (
        misfit(one, item, f"{at}[{n}]") for one in shape.inner for n, item in enumerate(value)
    )
    return next((fault for fault in faults if fault), None)


def _misfit_object(shape: Shape, value: object, at: str) -> str | None:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        return _said(shape, at)
    faults = (
        misfit(one, item, f"{at}[{key[:40]!r}]")
        for one in shape.inner
        for key, item in value.items()
    )
    return next((fault for fault in faults if fault), None)


def _misfit_one_of(shape: Shape, value: object, at: str) -> str | None:
    fits = any(misfit(one, value) is None for one in shape.inner)
    return None if fits else _said(shape, at)


def _misfit_enum(shape: Shape, value: object, at: str) -> str | None:
    # True is equal to 1, and still another value.
    same = any(type(one) is type(value) and one == value for one in shape.values)
    return None if same else _said(shape, at)


_CHECKS: Final[Mapping[str, Callable[[Shape, object, str], str | None]]] = {
    "any": _plain(lambda _: True),
    "string": _plain(lambda value: isinstance(value, str)),
    "integer": _plain(_is_whole),
    "number": _plain(lambda value: _is_whole(value) or isinstance(value, float)),
    "boolean": _plain(lambda value: isinstance(value, bool)),
    "null": _plain(lambda value: value is None),
    "bytes": _plain(lambda value: isinstance(value, bytes | bytearray | memoryview)),
    "array": _misfit_array,
    "object": _misfit_object,
    "one_of": _misfit_one_of,
    "enum": _misfit_enum,
}
