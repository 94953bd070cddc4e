"""What the control group that we are in allows: processor time and memory. Both versions.

`root` is the root of the file system that is read, for tests of other machines.
"""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
#: Version 1 writes "no limit" as the largest number of pages there is.
_NO_LIMIT = 1 << 60


def cpu_quota(root: Path = ROOT) -> float | None:
    """Return how many processors' time we may use; None where nothing limits it."""
    found = [*_quotas_v2(root), *_quotas_v1(root)]
    return min(found, default=None)


def memory_limit(root: Path = ROOT) -> int | None:
    """Return how many bytes we may use together with our group; None where nothing limits it."""
    texts = [_read(folder / "memory.max") for folder in _folders(root, "")]
    texts += [_read(folder / "memory.limit_in_bytes") for folder in _folders(root, "memory")]
    limits = [int(text) for text in texts if text.isdigit()]
    return min((limit for limit in limits if limit < _NO_LIMIT), default=None)


def _quotas_v2(root: Path) -> Iterator[float]:
    for folder in _folders(root, ""):
        quota, _, period = _read(folder / "cpu.max").partition(" ")
        if quota.isdigit() and period.isdigit() and int(period):
            yield int(quota) / int(period)


def _quotas_v1(root: Path) -> Iterator[float]:
    for folder in _folders(root, "cpu"):
        quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit() and int(period):
            yield int(quota) / int(period)


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """Yield our group's folder and those above it; "" names version 2's one hierarchy."""
    mount = root / "sys/fs/cgroup" / controller
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if controller in names.split(","):
            folder = mount / path.lstrip("/")
            yield from (one for one in (folder, *folder.parents) if one.is_relative_to(mount))
            return
    yield mount  # a container may hide which group is ours, and mounts it as the root


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
