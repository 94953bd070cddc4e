"""A package registry on loopback, with packages that exist nowhere else.

Tests that install packages of their own point uv here and at nothing else. The names begin with
`playhead-test-`, so that even a test that goes astray finds no stranger's package.
"""

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PREFIX = "playhead-test-"


class Registry:
    """Packages in a folder, served as a simple index at `url`."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def wheel(self, name: str, version: str, requires: str = "", **more: str) -> None:
        """Add a wheel with one module, which has the version as its `version`.

        `more` are lines for every start of its Python (`.pth`), by a name for them.
        """
        module = (PREFIX + name).replace("-", "_")
        info = f"{module}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {PREFIX}{name}\nVersion: {version}\n"
        if requires:
            metadata += f"Requires-Dist: {PREFIX}{requires}\n"
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        files = {
            f"{module}.py": f"version = '{version}'\n",
            f"{info}/METADATA": metadata,
            f"{info}/WHEEL": tag,
            **{f"{name}.pth": line for name, line in more.items()},
        }
        record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            for path, text in {**files, f"{info}/RECORD": record}.items():
                file.writestr(path, text)
        self._add(name, f"{module}-{version}-py3-none-any.whl", content.getvalue())

    def sdist(self, name: str, version: str) -> None:
        """Add a source distribution that fails if anybody builds it."""
        module = (PREFIX + name).replace("-", "_")
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as file:
            for path, text in {
                "setup.py": "raise SystemExit('was built')",
                "PKG-INFO": f"Metadata-Version: 2.1\nName: {PREFIX}{name}\nVersion: {version}\n",
            }.items():
                row = tarfile.TarInfo(f"{module}-{version}/{path}")
                row.size = len(text)
                file.addfile(row, io.BytesIO(text.encode()))
        self._add(name, f"{module}-{version}.tar.gz", content.getvalue())

    def _add(self, name: str, file_name: str, content: bytes) -> None:
        page = self.folder / "simple" / (PREFIX + name)
        page.mkdir(parents=True, exist_ok=True)
        (page / file_name).write_bytes(content)
        rows = []
        for file in sorted(page.glob("*.[wt]*")):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            rows.append(f'<a href="{file.name}#sha256={digest}">{file.name}</a>')
        (page / "index.html").write_text("<!DOCTYPE html><html><body>" + "".join(rows))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@contextmanager
def serve_registry(folder: Path) -> Iterator[Registry]:
    """Serve an empty registry from `folder` until the block ends."""
    (folder / "simple").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Registry(folder, f"http://127.0.0.1:{server.server_address[1]}/simple")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
