"""A client of an X display in a process of its own, for what xdotool cannot do.

`python x_client.py close WINDOW` asks a window to close, as the button of a frame does;
`python x_client.py picture FILE` keeps a picture of the whole display.
"""

import ctypes
import sys

_CLIENT_MESSAGE = 33


class _ClientMessage(ctypes.Structure):
    """`XClientMessageEvent` of Xlib, padded to the size of an `XEvent`."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 12),
    ]


def ask_to_close(window: int) -> None:
    """Send a window `WM_DELETE_WINDOW`."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = ctypes.c_ulong
    x.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x.XSendEvent.argtypes = [
        ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p,
    ]  # fmt: skip
    x.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x.XOpenDisplay(None)
    assert display, "the display cannot be reached"
    event = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
    event.message_type = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
    event.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
    x.XSendEvent(display, window, 0, 0, ctypes.byref(event))
    x.XCloseDisplay(display)  # also sends what is still buffered


def keep_picture(file: str) -> None:
    """Save the whole display as a PNG."""
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    assert application.primaryScreen().grabWindow(0).save(file)


if __name__ == "__main__":
    if sys.argv[1] == "close":
        ask_to_close(int(sys.argv[2]))
    else:
        keep_picture(sys.argv[2])
