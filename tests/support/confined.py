"""Command prefixes for places that are poorer than a root shell on a bare machine.

Made with `unshare` of util-linux, which every Debian has; whoever may not make a user
namespace is told so by a skip that names the reason.
"""

import functools
import os
import shutil
import subprocess

import pytest

Prefix = tuple[str, ...]


def as_ordinary_user() -> Prefix:
    """Run without any capability: for root in a namespace that maps nobody, else as we are."""
    return () if os.geteuid() != 0 else _unshare("-U")


def in_a_container() -> Prefix:
    """Run as in an unprivileged container: own user, process and mount namespaces."""
    return _unshare("-U", "-r", "-p", "-m", "--fork", "--kill-child", "--mount-proc")


def without_namespaces() -> Prefix:
    """Run where no namespace can be made: as root, but without a single capability."""
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not to be had here")
    return (*_unshare("-U", "-r"), "setpriv", "--bounding-set=-all", "--inh-caps=-all")


def with_small_disk(folder: str, size: str) -> Prefix:
    """Run with a file system of `size` mounted at `folder`."""
    script = f'mount -t tmpfs -o size={size} tmpfs {folder} && exec "$@"'
    return *_unshare("-U", "-r", "-m"), "sh", "-c", script, "sh"


def without_attributes(folder: str) -> Prefix:
    """Run with a file system at `folder` that keeps no attributes of files."""
    script = f'mount -t ramfs ramfs {folder} && exec "$@"'
    return *_unshare("-U", "-r", "-m"), "sh", "-c", script, "sh"


@functools.cache
def _unshare(*options: str) -> Prefix:
    command = shutil.which("unshare")
    if command is None or subprocess.run([command, *options, "true"], check=False).returncode:
        pytest.skip("user namespaces are not to be had here")
    return (command, *options)
