"""Sealed manifests below `cache/images/<hex>`."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shipper.errors import StoreUnwritable
from shipper.formats.image import canonical_json, content_id
from shipper.store.blobs import Mark
from shipper.store.writing import write_whole


class ImageStore:
    """The manifests of images; their bytes are in the blob store."""

    def __init__(self, cache: Path) -> None:
        self.folder = cache / "images"
        self.quarantine = cache / "quarantine"

    def place(self, identity: str) -> Path:
        """Return where the manifest of `sha256:<hex>` lies, or would."""
        return self.folder / identity.removeprefix("sha256:") / "manifest.json"

    def mark(self, identity: str) -> Mark | None:
        """Return what the manifest's file looks like now; None where it is not there."""
        try:
            status = self.place(identity).stat()
        except OSError:
            return None
        return (status.st_ino, status.st_ctime_ns, status.st_size)

    def is_whole(self, identity: str) -> bool:
        """Read the manifest; False where it is missing or is not what its folder says."""
        try:
            manifest = json.loads(self.place(identity).read_bytes())
            return isinstance(manifest, dict) and content_id(manifest) == identity
        except (OSError, ValueError):
            return False

    def set_aside(self, identity: str) -> None:
        """Move an altered manifest out of the way."""
        target = self.quarantine / f"{identity.removeprefix('sha256:')}.{os.getpid()}.json"
        try:
            self.quarantine.mkdir(parents=True, exist_ok=True)
            self.place(identity).rename(target)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreUnwritable(self.quarantine, error) from error

    def put(self, manifest: Mapping[str, Any]) -> str:
        """Store a manifest, unless these very bytes are there; return its identity."""
        identity = content_id(manifest)
        data, place = canonical_json(manifest), self.place(identity)
        try:
            if place.read_bytes() == data:
                return identity
        except OSError:
            pass
        write_whole(place, data, 0o444)
        return identity
