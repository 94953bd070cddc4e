"""One text file: read without surprises, written back byte for byte where nothing was changed.

May block on a slow disk, so it is called from threads. Never waits on a pipe or a device.
"""

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

from studio.documents.atomic_write import replace_file
from studio.documents.coding import (
    Decoded,
    declared_encoding,
    decode,
    encode,
    encoding_name,
    encoding_to_save,
)
from studio.documents.errors import (
    NotEncodable,
    NotSaved,
    NotText,
    TooLarge,
    TooWide,
    Unreadable,
    Vanished,
)
from studio.documents.newlines import Endings, put_endings, take_endings

#: The largest file that is opened, in bytes.
LIMIT: Final = 20 * 2**20
#: How much of a larger one `read_head` shows, in bytes.
HEAD: Final = 2**20
#: The longest line that is opened, in characters.
LINE_LIMIT: Final = 200_000
#: Where `read_head` cuts a line, in characters.
_CUT: Final = 20_000
_PYTHON: Final = frozenset({".py", ".pyw", ".pyi"})


class TextFile(NamedTuple):
    r"""A file as it was read or written. `text` has "\n" only.

    `newline` is the ending of its lines, the most common one where they are mixed; `endings`
    lists all of them then. `digest` is the SHA-256 of the bytes, `size` their number. `notice`
    is a sentence for the user where something is unusual, `whole` false for a mere beginning.
    """

    path: Path
    text: str
    encoding: str
    bom: bool
    newline: str
    mixed_newlines: bool
    digest: str
    size: int
    writable: bool
    endings: tuple[str, ...] = ()
    notice: str | None = None
    whole: bool = True


def new_text_file(path: Path) -> TextFile:
    """Return a file that does not exist yet: empty, UTF-8."""
    return TextFile(path, "", "utf-8", False, "\n", False, "", 0, True)


def read_text_file(path: Path) -> TextFile:
    """Read a file: NotText, TooLarge, Vanished, Unreadable."""
    data, size, writable = _read(path, LIMIT + 1)
    if size > LIMIT or len(data) > LIMIT:
        raise TooLarge(path, max(size, len(data)), LIMIT)
    decoded = decode(data, python=is_python(path))
    if decoded is None:
        raise NotText(path)
    return _text_file(path, decoded, data, writable=writable)


def read_for_editing(path: Path) -> TextFile:
    """Do the same, and raise TooWide where a line is too long for an editor."""
    file = read_text_file(path)
    if has_longer_line(file.text, LINE_LIMIT):
        raise TooWide(path, LINE_LIMIT)
    return file


def has_longer_line(text: str, limit: int) -> bool:
    """Whether a line has more characters than that."""
    start = 0
    while len(text) - start > limit:
        end = text.rfind("\n", start, start + limit + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def read_head(path: Path) -> TextFile:
    """Read the beginning of a file that is too large, to be looked at; the same errors."""
    data, size, _ = _read(path, HEAD)
    decoded = decode(_whole_lines(data), python=is_python(path))
    if decoded is None:
        raise NotText(path)
    head = _text_file(path, decoded, data, writable=False)
    notice = f"This is the beginning, {len(data) / 2**20:.0f} MB of {size / 2**20:,.0f} MB."
    text = head.text
    if has_longer_line(text, _CUT):
        text = "\n".join(line[:_CUT] for line in text.split("\n"))
        notice += " Long lines are cut."
    return head._replace(text=text, whole=False, size=size, notice=notice)


def write_text_file(file: TextFile, text: str, backups: Path | None = None) -> TextFile:
    """Write `text` to the file's path as its encoding and line endings say; NotSaved.

    The file is replaced in one step, so that a crash leaves the old or the new one. Where that
    cannot be done it is written in place, after a copy of it was put into the folder `backups`;
    `notice` says so. Without such a folder it is refused.
    """
    if not file.whole:
        raise NotSaved(file.path, "only its beginning was read", "Save it under another name.")
    encoding = encoding_to_save(file.text, text, file.encoding, python=is_python(file.path))
    endings = Endings(file.newline, file.endings)
    data = _encode(file.path, put_endings(text, endings, file.text), encoding, bom=file.bom)
    notice = replace_file(file.path, data, backups)
    _, endings = take_endings(data.decode(encoding)) if endings.mixed else ("", endings)
    return file._replace(
        text=text,
        encoding=encoding,
        newline=endings.newline,
        endings=endings.each,
        mixed_newlines=endings.mixed,
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        writable=True,
        notice=notice,
    )


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of what the file holds now; None where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with os.fdopen(_open(path), "rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    except (OSError, Unreadable):
        return None
    return digest.hexdigest()


def changed_on_disk(file: TextFile) -> str:
    """Say what became of the file since: `same`, `changed` or `gone`."""
    if not os.path.lexists(file.path):
        return "same" if not file.digest else "gone"
    try:
        size = file.path.stat().st_size
    except FileNotFoundError:
        return "gone"
    except OSError:
        return "changed"
    if file.whole and size != file.size:
        return "changed"
    return "same" if digest_of(file.path) == file.digest else "changed"


def is_python(path: Path) -> bool:
    """Whether the file is Python's, so that a declaration in it names its encoding."""
    return path.suffix.lower() in _PYTHON


def _read(path: Path, limit: int) -> tuple[bytes, int, bool]:
    """Return up to `limit` bytes, the size of the file, and whether it may be written."""
    try:
        with os.fdopen(_open(path), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(limit) if size <= LIMIT or limit == HEAD else b""
    except (FileNotFoundError, NotADirectoryError):
        raise Vanished(path) from None
    except OSError as error:
        raise Unreadable(path, _reason(error)) from None
    return data, size, os.access(path, os.W_OK)


def _open(path: Path) -> int:
    """Open a regular file and nothing else; a pipe without a writer must not hold us."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    raise Unreadable(path, "it is a folder" if stat.S_ISDIR(mode) else "it is no ordinary file")


def _reason(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return "you have no permission to read it"
    return error.strerror or str(error)


def _text_file(path: Path, decoded: Decoded, data: bytes, *, writable: bool) -> TextFile:
    text, endings = take_endings(decoded.text)
    return TextFile(
        path=path,
        text=text,
        encoding=decoded.encoding,
        bom=decoded.bom,
        newline=endings.newline,
        mixed_newlines=endings.mixed,
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        writable=writable,
        endings=endings.each,
        notice=decoded.notice,
    )


def _whole_lines(data: bytes) -> bytes:
    """Cut after the last line that is whole, so that no character is torn."""
    end = data.rfind(b"\n")
    return data if end < 0 else data[: end + 1]


def _encode(path: Path, text: str, encoding: str, *, bom: bool) -> bytes:
    try:
        return encode(text, encoding, bom=bom)
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        line = error.object.count("\n", 0, error.start) + 1
        declared = is_python(path) and declared_encoding(text[:4096].encode("utf-8", "replace"))
        raise NotEncodable(
            path,
            f"the character {character!r} (U+{ord(character):04X}) in line {line} does not exist "
            f"in its encoding, {encoding_name(encoding)}",
            declared=bool(declared),
        ) from None
