"""How the bytes of a text file become text and back: encoding, byte order mark. Pure."""

import codecs
import io
import tokenize
from typing import Final, NamedTuple

#: Byte order marks, the longer ones first: UTF-32's begins like UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_OF: Final = {encoding: mark for mark, encoding in _MARKS}
#: Every byte is a character in it, so what was not touched is written back as it was.
_LAST_RESORT: Final = "latin-1"


#: What an encoding is called.
_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32-le": "UTF-32 LE",
    "utf-32-be": "UTF-32 BE",
    "iso8859-1": "Latin-1",
    "latin-1": "Latin-1",
    "cp1252": "Windows-1252",
}


def encoding_name(encoding: str) -> str:
    """Return what people call an encoding."""
    return _NAMES.get(encoding, encoding.upper())


class Decoded(NamedTuple):
    """Text with the line endings it has; `notice` is a sentence where the encoding is a guess."""

    text: str
    encoding: str
    bom: bool
    notice: str | None


def decode(data: bytes, *, python: bool) -> Decoded | None:
    """Decode a file's bytes; None where they are no text.

    A byte order mark decides; then, in Python's own files, the declaration of PEP 263; then
    UTF-8. What is none of them is taken as Latin-1, and said so.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding, True, None)
            except UnicodeDecodeError:
                break
    if b"\0" in data:
        return None
    declared = declared_encoding(data) if python else None
    for encoding in (declared or "utf-8",):
        try:
            return Decoded(data.decode(encoding), encoding, False, None)
        except (UnicodeDecodeError, LookupError):
            pass
    notice = (
        f"It is not valid {encoding_name(declared or 'utf-8')}. It is shown as Latin-1, and saving "
        "writes back every byte that you do not change."
    )
    return Decoded(data.decode(_LAST_RESORT), _LAST_RESORT, False, notice)


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that the first two lines declare as PEP 263 says, if they do.

    None also for one that Python does not know, or that is no encoding of text.
    """
    try:
        encoding, lines = tokenize.detect_encoding(io.BytesIO(data).readline)
        known = codecs.lookup(encoding)
    except (SyntaxError, LookupError):
        return None
    declared = any(line.lstrip().startswith(b"#") and b"coding" in line for line in lines)
    return known.name if declared and known.name != "utf-8" and _is_text(known.name) else None


def _is_text(encoding: str) -> bool:
    try:
        return "a".encode(encoding) == b"a"
    except (LookupError, ValueError):
        return False


def encode(text: str, encoding: str, *, bom: bool) -> bytes:
    """Encode text; UnicodeEncodeError where a character has no place in the encoding."""
    mark = _BOM_OF.get(encoding, b"") if bom else b""
    return mark + text.encode(encoding)


def encoding_to_save(before: str, after: str, encoding: str, *, python: bool) -> str:
    """Return the encoding that the new text is to be saved in.

    It is the one the file had, unless the declaration in it was changed: Python will read the
    file as that says.
    """
    if not python:
        return encoding
    old, new = (_declared_in(text) for text in (before, after))
    return encoding if old == new else new or "utf-8"


def _declared_in(text: str) -> str | None:
    head = "".join(text.splitlines(keepends=True)[:2]) if len(text) < 4096 else text[:4096]
    return declared_encoding(head.encode("utf-8", "replace"))
