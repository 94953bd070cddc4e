"""The token that admits callers over TCP: made, kept in a file that only we read, compared."""

import hmac
import os
import secrets
from pathlib import Path

from session.api.grpc.errors import TokenUnusable

#: More than this is no token, in bytes.
_LONGEST = 4096


def make_token(path: Path) -> str:
    """Write a new token into a new file that only its owner may read; raises TokenUnusable."""
    token = secrets.token_urlsafe(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token + "\n")
    except OSError as error:
        message = f"The token cannot be kept in {path}: {error.strerror or error}."
        raise TokenUnusable(message, "Make that folder writable.") from None
    return token


def read_token(path: Path) -> str:
    """Return the token in a file; raises TokenUnusable."""
    try:
        with path.open("rb") as file:
            token = file.read(_LONGEST).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        message = f"The token in {path} cannot be read: {reason}."
        raise TokenUnusable(message, "Name the file that `playhead serve` has told.") from None
    if not token or any(char.isspace() for char in token):
        message = f"{path} does not hold a token."
        raise TokenUnusable(message, "A token is one line of letters and digits.")
    return token


def admits(token: str, header: str | bytes | None) -> bool:
    """Whether an `authorization` header carries the token; takes as long for any wrong one."""
    said = header.encode("utf-8", "replace") if isinstance(header, str) else header or b""
    return hmac.compare_digest(said, f"Bearer {token}".encode())
