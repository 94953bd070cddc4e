"""How an object shows itself: its MIME bundle, by the methods that Jupyter's objects have."""

from __future__ import annotations

from ..plain_json import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_METHODS = (
    ("_repr_html_", "text/html"),
    ("_repr_markdown_", "text/markdown"),
    ("_repr_svg_", "image/svg+xml"),
    ("_repr_png_", "image/png"),
    ("_repr_jpeg_", "image/jpeg"),
    ("_repr_latex_", "text/latex"),
    ("_repr_json_", "application/json"),
    ("_repr_javascript_", "application/javascript"),
)
#: A bundle that would not fit a frame shows its text only.
_MOST = 60 << 20


def bundle_of(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return data and metadata. What `repr` raises is the caller's; others are passed over."""
    data: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    if not isinstance(value, type):
        _take(data, metadata, _called(value, "_repr_mimebundle_"), None)
        for method, mime in _METHODS:
            if mime not in data:
                _take(data, metadata, _called(value, method), mime)
    if "text/plain" not in data:
        data["text/plain"] = repr(value)
    return data, metadata


def _called(value: Any, name: str) -> Any:
    try:
        method = getattr(value, name, None)
        return method() if callable(method) else None
    except Exception:  # noqa: BLE001 - an object that cannot show itself so is shown otherwise
        return None


def _take(data: dict[str, Any], metadata: dict[str, Any], found: Any, mime: str | None) -> None:
    if found is None:
        return
    more: Any = None
    if isinstance(found, tuple) and len(found) == 2:
        found, more = found
    if mime is None:
        if isinstance(found, dict):
            data.update({str(key): _plain(one) for key, one in found.items()})
            metadata.update(more or {})
        return
    data[mime] = _plain(found)
    if more:
        metadata[mime] = more


def _plain(found: Any) -> Any:
    if isinstance(found, bytes):
        import binascii

        return binascii.b2a_base64(found, newline=False).decode("ascii")
    return found


def encoded(data: dict[str, Any]) -> bytes:
    """Return a bundle as JSON; what has no place in JSON is left out, what is too large too."""
    try:
        text = dumps(data)
    except (TypeError, ValueError, RecursionError):
        text = dumps({mime: one for mime, one in data.items() if _fits(one)})
    if len(text) > _MOST:
        text = dumps({"text/plain": str(data.get("text/plain", ""))[:100_000]})
    return text.encode("ascii")


def _fits(value: Any) -> bool:
    try:
        dumps({"": value})
    except (TypeError, ValueError, RecursionError):
        return False
    return True
