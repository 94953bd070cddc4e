"""How the bytes of a document make text, in the words of the status bar. Pure."""

from studio.documents.coding import encoding_name
from studio.documents.text_file import TextFile

_ENDINGS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def format_text(file: TextFile) -> str:
    """Return encoding and line ending: `UTF-8 · LF`, `UTF-8 with BOM · mixed`."""
    encoding = encoding_name(file.encoding)
    if file.bom and file.encoding == "utf-8":
        encoding += " with BOM"
    ending = "mixed" if file.mixed_newlines else _ENDINGS.get(file.newline, "LF")
    return f"{encoding} · {ending}"
