"""Who made the graphics adapters that are plugged in, whether or not a driver knows them."""

from pathlib import Path
from typing import Final

from shipper.machine.cgroup import ROOT

_MAKERS: Final = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
#: Display controllers and accelerators, by the first byte of a PCI device's class.
_CLASSES: Final = ("0x03", "0x12")


def adapter_makers(root: Path = ROOT) -> tuple[str, ...]:
    """Return the makers, each once, sorted; none where PCI devices cannot be seen."""
    found = set()
    try:
        folders = list((root / "sys/bus/pci/devices").iterdir())
    except OSError:
        return ()
    for folder in folders:
        maker = _MAKERS.get(_read(folder / "vendor"))
        if maker and _read(folder / "class").startswith(_CLASSES):
            found.add(maker)
    return tuple(sorted(found))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
