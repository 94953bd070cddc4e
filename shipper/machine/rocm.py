"""AMD's GPUs that ROCm can use, from what the kernel's driver writes down."""

from pathlib import Path
from typing import NamedTuple

from shipper.machine.cgroup import ROOT


class RocmDevice(NamedTuple):
    """One GPU. Memory in bytes; `target` is the name that compilers use, such as `gfx90a`."""

    id: int
    name: str
    memory_total: int
    memory_free: int
    target: str


class Rocm(NamedTuple):
    """The version of ROCm, "" where it is not installed, and the devices."""

    version: str
    devices: tuple[RocmDevice, ...]


def detect_rocm(root: Path = ROOT) -> Rocm | None:
    """Return what there is; None without the driver, or without a GPU that it computes on."""
    nodes = root / "sys/class/kfd/kfd/topology/nodes"
    try:
        folders = sorted(nodes.iterdir(), key=lambda one: (len(one.name), one.name))
    except OSError:
        return None
    graphic = [folder for folder in folders if _properties(folder).get("simd_count", 0) > 0]
    devices = tuple(_device(number, folder, root) for number, folder in enumerate(graphic))
    return Rocm(_read(root / "opt/rocm/.info/version"), devices) if devices else None


def _device(number: int, folder: Path, root: Path) -> RocmDevice:
    facts = _properties(folder)
    drm = root / f"sys/class/drm/renderD{facts.get('drm_render_minor', 0)}/device"
    total, used = _number(drm / "mem_info_vram_total"), _number(drm / "mem_info_vram_used")
    total = total or _properties(folder / "mem_banks/0").get("size_in_bytes", 0)
    target = _target(facts.get("gfx_target_version", 0))
    name = _read(drm / "product_name") or _read(folder / "name") or target
    return RocmDevice(number, name, total, max(total - used, 0), target)


def _target(version: int) -> str:
    """90010 is gfx90a: major, minor and stepping, the last two as hexadecimal digits."""
    return f"gfx{version // 10_000}{version // 100 % 100:x}{version % 100:x}" if version else ""


def _properties(folder: Path) -> dict[str, int]:
    rows = (line.split() for line in _read(folder / "properties").splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def _number(path: Path) -> int:
    text = _read(path)
    return int(text) if text.isdigit() else 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
