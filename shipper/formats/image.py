"""The sealed manifest: canonical JSON, and the identity that follows from it. Pure.

The identity covers everything but the `build` section, which tells where and how this copy was
made. File modes and times are no part of it: two checkouts of one project are one image.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

FORMAT = 1

#: JSON without floats: str, int, bool, None, lists and string-keyed objects.
Json = Any


class NotCanonical(ValueError):
    """A value that canonical JSON has no place for."""


def canonical_json(value: Json) -> bytes:
    """Return the one spelling of `value`: sorted keys, UTF-8, no spaces; no floats."""
    _refuse_floats(value, "manifest")
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8")


def content_id(manifest: Mapping[str, Json]) -> str:
    """Return `sha256:<hex>` of the manifest without its `build` section."""
    identity = {key: value for key, value in manifest.items() if key != "build"}
    return "sha256:" + hashlib.sha256(canonical_json(identity)).hexdigest()


def file_rows(files: Mapping[str, tuple[int, str]]) -> list[dict[str, Json]]:
    """Return the manifest's file list from path -> (size, sha256), in one fixed order."""
    ordered = sorted(files, key=lambda path: path.encode("utf-8"))
    return [{"path": p, "size": files[p][0], "sha256": files[p][1]} for p in ordered]


def _refuse_floats(value: Json, where: str) -> None:
    if isinstance(value, float):
        message = f"{where} is a float, which has no single spelling"
        raise NotCanonical(message)
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                message = f"{where} has a key that is not a string: {key!r}"
                raise NotCanonical(message)
            _refuse_floats(inner, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner, where)
