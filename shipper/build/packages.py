"""Which packages lie in an environment, and which of those that are wanted do not. No process."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import NamedTuple

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipper.errors import PrepareFailed

_PIN = re.compile(r"(?m)^(?P<name>[A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*==\s*(?P<version>[^\s;\\]+)")


class PackageCheck(NamedTuple):
    """What is missing, each as it was asked for, or as another package asks for it."""

    missing: tuple[str, ...]

    @property
    def all_installed(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def check_packages(
    requirements: Iterable[str], places: Sequence[Path], python: str | None = None
) -> PackageCheck:
    """Say which of the requirements, and of what they require, is not there in a fitting version.

    `places` are the folders of packages; `python` is the environment's version, ours if None.
    Raises PrepareFailed for one that cannot be read.
    """
    installed = {_name(one): one for one in distributions(path=[str(place) for place in places])}
    known = _markers(python)
    missing: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [_parsed(text) for text in requirements]
    while waiting:
        wanted = waiting.pop(0)
        if str(wanted) in seen or not _applies(wanted, known, ("",)):
            continue
        seen.add(str(wanted))
        found = installed.get(canonicalize_name(wanted.name))
        if found is None or not wanted.specifier.contains(found.version, prereleases=True):
            missing[f"{wanted.name}{wanted.specifier}"] = None
            continue
        waiting += _required_by(found, known, tuple(wanted.extras) or ("",))
    return PackageCheck(tuple(missing))


def check_lock(lock: bytes, file_name: str, places: Sequence[Path]) -> PackageCheck:
    """Say which packages of a lock are not there in just that version."""
    found = {_name(one): one.version for one in distributions(path=[str(p) for p in places])}
    missing = [
        f"{name}=={version}"
        for name, version in _pins(lock, file_name)
        if found.get(canonicalize_name(name)) != version
    ]
    return PackageCheck(tuple(missing))


def _pins(lock: bytes, file_name: str) -> Iterator[tuple[str, str]]:
    text = lock.decode("utf-8", "replace")
    if file_name != "pylock.toml":
        # A pin with a marker may be for another platform: that it is not here says nothing.
        lines = (line for line in text.splitlines() if ";" not in line)
        yield from ((one["name"], one["version"]) for line in lines for one in _PIN.finditer(line))
        return
    for package in tomllib.loads(text).get("packages", ()):
        if "version" in package and "marker" not in package:
            yield package["name"], package["version"]


def _required_by(
    found: Distribution, known: Mapping[str, str], extras: tuple[str, ...]
) -> list[Requirement]:
    wanted = []
    for text in found.requires or ():
        try:
            one = Requirement(text)
        except InvalidRequirement:
            continue  # somebody else's mistake: the package is there all the same
        if _applies(one, known, extras):
            one.marker = None
            wanted.append(one)
    return wanted


def _applies(wanted: Requirement, known: Mapping[str, str], extras: tuple[str, ...]) -> bool:
    if wanted.marker is None:
        return True
    return any(wanted.marker.evaluate({**known, "extra": extra}) for extra in extras)


def _markers(python: str | None) -> dict[str, str]:
    known = {name: str(value) for name, value in default_environment().items()}
    if python is not None:
        known["python_full_version"] = python
        known["python_version"] = ".".join(python.split(".")[:2])
    return known


def _parsed(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        message = f"`{text}` is no requirement: {str(error).splitlines()[0]}."
        hint = "Write it like `numpy>=2`."
        raise PrepareFailed(message, hint, code="requirement-broken") from None


def _name(found: Distribution) -> str:
    return canonicalize_name(found.metadata["Name"] or "")
