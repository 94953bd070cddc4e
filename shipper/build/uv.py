"""How uv is found and in which environment it is run: our cache, the user's network settings."""

import os
import shutil
from pathlib import Path

from shipper.build.tool import plain_environment
from shipper.errors import PrepareFailed

_PASSED = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "NETRC", "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "XDG_CONFIG_DIRS",
)  # fmt: skip
#: Settings of the user's uv that change what a resolution finds.
RESOLUTION_SETTINGS = (
    "UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS",
    "UV_NO_INDEX", "UV_EXCLUDE_NEWER", "UV_PRERELEASE", "UV_RESOLUTION", "UV_CONSTRAINT",
    "UV_OVERRIDE", "UV_INDEX_STRATEGY", "UV_CONFIG_FILE",
)  # fmt: skip


def uv_binary() -> str:
    """Return the path of uv; raise PrepareFailed where there is none."""
    import uv  # late: only a preparation that has something to install needs it

    try:
        return os.fspath(uv.find_uv_bin())
    except FileNotFoundError:
        found = shutil.which("uv")
    if found is None:
        message = "uv, which makes environments, is missing from Playhead's own installation."
        raise PrepareFailed(
            message,
            "Install Playhead again, or put uv on PATH.",
            code="uv-missing",
        )
    return found


def uv_cache(cache: Path) -> Path:
    """Return uv's own cache, which is there from then on."""
    folder = cache / "uv"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def uv_environment(cache: Path) -> dict[str, str]:
    """Return the variables uv runs with."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("UV_") or name.upper() in _PASSED
    }
    return {
        **plain_environment(),
        **passed,
        "UV_CACHE_DIR": os.fspath(cache / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "NO_COLOR": "1",
    }


def resolution_settings() -> dict[str, str]:
    """Return the user's settings that a resolution depends on."""
    return {name: os.environ[name] for name in RESOLUTION_SETTINGS if name in os.environ}
