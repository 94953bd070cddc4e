"""Where on this machine uv looks by the user's settings: what it may read to install something."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

#: Quoted or bare in a setting, a requirement or a lock: a path, or the address of one.
_PLACE = re.compile(
    r"""(?:^|[\s"'=,@])(?:file://)?(~?/[^\s"',;#]*|\.{1,2}/[^\s"',;#]*)""", re.MULTILINE
)
#: Settings that make uv ask another program, which lies and reads wherever it does.
_ASKS_OTHERS = re.compile(r"keyring[_-]provider", re.IGNORECASE)
_FILES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "REQUESTS_CA_BUNDLE",
          "CURL_CA_BUNDLE", "NETRC", "UV_CONFIG_FILE")  # fmt: skip


def uv_reads(cwd: Path, texts: Iterable[str] = ()) -> tuple[Path, ...]:
    """Return what uv may read when it works in `cwd`; `texts` name more: requirements, a lock."""
    home = Path.home()
    own = [Path(os.environ[name]) for name in _FILES if os.environ.get(name)]
    settings = [path for path in (*own, *_settings(home, cwd)) if path.is_file()]
    found = [*settings, home / ".netrc", home / ".local" / "share" / "uv"]
    said = [*_variables(), *texts]
    for file in settings:
        text = file.read_text(encoding="utf-8", errors="replace")
        said.append(text)
        found += places_in(text, file.parent)
    if any(_ASKS_OTHERS.search(text) for text in said):
        return (Path("/"),)
    found += [place for text in said for place in places_in(text, cwd)]
    return tuple(dict.fromkeys(path for path in found if not home.is_relative_to(path)))


def places_in(text: str, folder: Path) -> Iterator[Path]:
    """Yield the paths that a text names; relative ones are meant from `folder`. Pure."""
    for match in _PLACE.finditer(text):
        yield Path(os.path.normpath(folder / Path(unquote(match[1])).expanduser()))


def _settings(home: Path, cwd: Path) -> Iterator[Path]:
    """Yield the files in which uv looks for settings."""
    own = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
    for folder in (own, *os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"), "/etc"):
        yield Path(folder, "uv", "uv.toml")
    for above in (cwd, *cwd.parents):
        yield above / "uv.toml"
        yield above / "pyproject.toml"


def _variables() -> Iterator[str]:
    for name, value in os.environ.items():
        if name.startswith("UV_"):
            yield f"{name}={value}"
