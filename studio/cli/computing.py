"""Checks of what programs are played with: Pythons, kept environments, GPUs."""

from collections.abc import Callable, Sequence
from typing import Final

from session.home import find_home
from studio.cli.finding import Finding, Grade
from studio.figures import size

_GPU: Final = "GPU"


def pythons() -> Finding:
    """The Pythons that a project may ask for."""
    from studio.cli.pythons import pythons_here

    found = pythons_here(None, None)
    usable = [one.version for one in found if one.fault is None]
    text = f"{len(usable)} to play with: {', '.join(dict.fromkeys(usable))}"
    broken = [one for one in found if one.fault and not one.version]
    if broken:
        text += f"; {len(broken)} broken: {', '.join(str(one.path) for one in broken[:3])}"
        return Finding("Pythons", Grade.REDUCED, text, "Install it again, or take it off PATH.")
    return Finding("Pythons", Grade.OK, text)


def environments() -> Finding:
    """The environments that are kept for projects."""
    from shipper.build.shelf import stored_environments

    name = "environments"
    found = stored_environments(find_home().cache)
    broken = [one for one in found if one.fault]
    text = f"{len(found)} kept, {size(sum(one.size for one in found))}" if found else "none yet"
    if broken:
        first = broken[0]
        text += f"; {len(broken)} broken: {first.name[:12]}, {first.fault}"
        remedy = f"`playhead environments --remove {first.name[:12]}`; it is made anew when needed."
        return Finding(name, Grade.REDUCED, text, remedy)
    return Finding(name, Grade.OK, text)


def gpu() -> Finding:
    """What there is to compute on beside the processor, and a driver that is missing for it."""
    from shipper.machine.hardware import detect

    found = detect()
    names = [one.name for one in found.devices]
    if names:
        return Finding(_GPU, Grade.OK, f"{found.accelerators[0]}: {', '.join(names)}")
    if found.cuda_fault:
        remedy = "Install the NVIDIA driver anew, or restart the machine after an update of it."
        return Finding(_GPU, Grade.REDUCED, f"NVIDIA: {found.cuda_fault}", remedy)
    if "NVIDIA" in found.makers:
        return Finding(_GPU, Grade.REDUCED, "NVIDIA, without a driver", "Install NVIDIA's driver.")
    if "AMD" in found.makers:
        remedy = "To compute on it, install ROCm; games and windows need nothing."
        return Finding(_GPU, Grade.OK, "AMD, without ROCm: for graphics only", remedy)
    return Finding(_GPU, Grade.OK, "none to compute on: programs use the processor")


CHECKS: Final[Sequence[Callable[[], Finding]]] = (pythons, environments, gpu)
