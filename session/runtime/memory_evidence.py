"""Asks the control group whether the kernel killed for memory; says nothing where it cannot."""

import os
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")


def oom_kills() -> int | None:
    """Return how often the out-of-memory killer struck in our control group, or None."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        counted = _counted(controllers, path.lstrip("/"))
        if counted is not None:
            return counted
    return None


def memory_limit() -> int | None:
    """Return how many bytes all of us may use: the machine's memory, or the control group's."""
    found = (_plain(file) for file in (*_limit_files(), *_ROOT.glob("memory.max")))
    limits = [limit for limit in (*found, _physical()) if limit]
    return min(limits, default=None)


def _limit_files() -> list[Path]:
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    files = []
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if not controllers:
            files.append(_ROOT / path.lstrip("/") / "memory.max")
        elif "memory" in controllers.split(","):
            files.append(_ROOT / "memory" / path.lstrip("/") / "memory.limit_in_bytes")
    return files


def _plain(file: Path) -> int | None:
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None  # "max" is no limit


def _physical() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _counted(controllers: str, path: str) -> int | None:
    if not controllers:
        return _field(_ROOT / path / "memory.events")
    if "memory" in controllers.split(","):
        return _field(_ROOT / "memory" / path / "memory.oom_control")
    return None


def _field(file: Path) -> int | None:
    try:
        rows = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    except OSError:
        return None
    return next((int(row[1]) for row in rows if len(row) > 1 and row[0] == "oom_kill"), None)
