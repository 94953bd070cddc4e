"""One builder at a time, over all processes: a lock that dies with whoever holds it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shipper.errors import StoreUnwritable

_POLL_S = 0.05


@contextmanager
def exclusive(path: Path, waiting: Callable[[], None], poll: Callable[[], None]) -> Iterator[None]:
    """Hold the lock at `path`.

    `waiting` is called once if somebody else holds it, `poll` again and again while they do; it
    may raise to give up.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreUnwritable(path.parent, error) from error
    try:
        told = False
        while not _taken(descriptor):
            if not told:
                waiting()
                told = True
            poll()
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # a platform without flock: two builders may then do the same work
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
