"""System libraries that Python programs load, and the Debian package that brings each. Pure."""

import re
from typing import Final

#: What Qt asks of the system.
QT_PACKAGES: Final = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libbrotlidec.so.1": "libbrotli1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
#: What programs and their packages ask for beyond that: pictures, sound, numbers, databases.
_OTHERS: Final = {
    "libGLESv2.so.2": "libgles2",
    "libGLU.so.1": "libglu1-mesa",
    "libOpenGL.so.0": "libopengl0",
    "libOpenCL.so.1": "ocl-icd-libopencl1",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libXext.so.6": "libxext6",
    "libXrender.so.1": "libxrender1",
    "libXft.so.2": "libxft2",
    "libXi.so.6": "libxi6",
    "libXtst.so.6": "libxtst6",
    "libXcursor.so.1": "libxcursor1",
    "libXrandr.so.2": "libxrandr2",
    "libasound.so.2": "libasound2",
    "libatk-1.0.so.0": "libatk1.0-0",
    "libatk-bridge-2.0.so.0": "libatk-bridge2.0-0",
    "libblas.so.3": "libblas3",
    "libcairo.so.2": "libcairo2",
    "libcups.so.2": "libcups2",
    "libcurl.so.4": "libcurl4",
    "libffi.so.8": "libffi8",
    "libgdal.so.32": "libgdal32",
    "libgdk_pixbuf-2.0.so.0": "libgdk-pixbuf-2.0-0",
    "libgeos_c.so.1": "libgeos-c1v5",
    "libgfortran.so.5": "libgfortran5",
    "libgirepository-1.0.so.1": "libgirepository-1.0-1",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgomp.so.1": "libgomp1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgtk-3.so.0": "libgtk-3-0",
    "liblapack.so.3": "liblapack3",
    "libmagic.so.1": "libmagic1",
    "libmysqlclient.so.21": "libmysqlclient21",
    "libmariadb.so.3": "libmariadb3",
    "libnspr4.so": "libnspr4",
    "libnss3.so": "libnss3",
    "libodbc.so.2": "unixodbc",
    "libopenblas.so.0": "libopenblas0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libportaudio.so.2": "libportaudio2",
    "libpq.so.5": "libpq5",
    "libpulse.so.0": "libpulse0",
    "libsndfile.so.1": "libsndfile1",
    "libspatialindex.so.6": "libspatialindex6",
    "libtcl8.6.so": "libtcl8.6",
    "libtk8.6.so": "libtk8.6",
    "libusb-1.0.so.0": "libusb-1.0-0",
    "libxml2.so.2": "libxml2",
    "libxslt.so.1": "libxslt1.1",
    "libzmq.so.5": "libzmq5",
}
PACKAGES: Final = {**QT_PACKAGES, **_OTHERS}

_MISSING: Final = re.compile(
    r"(?P<name>lib[\w.+-]+\.so[\w.]*): cannot open shared object file: No such file"
)


def missing_library(reason: str) -> str | None:
    """Return the library that the loader did not find, by its words; None where it says not."""
    found = _MISSING.search(reason)
    return found["name"] if found else None


def package_of(library: str) -> str | None:
    """Return the Debian package of a library, None where it is not known."""
    return PACKAGES.get(library)
