"""Amounts as people write them in a manifest: `60s`, `1.5h`, `512MB`. Pure."""

import re
from fractions import Fraction

_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")
_MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000, "m": 60_000, "h": 3_600_000}
_BYTES = {"b": 1}
for _power, _letter in enumerate("kmgt", start=1):
    _BYTES[_letter + "b"] = 1000**_power
    _BYTES[_letter + "ib"] = 1024**_power


class UnitUnknown(ValueError):
    """An amount that cannot be read; its text says what would be."""


def parse_duration(text: str) -> int:
    """Return milliseconds."""
    return _parse(text, _MILLISECONDS, 'a duration such as "60s", "500ms", "5min" or "1h"')


def parse_size(text: str) -> int:
    """Return bytes; `MB` counts in thousands and `MiB` in 1024s."""
    return _parse(text, _BYTES, 'a size such as "512MB", "1GB" or "64KiB"')


def _parse(text: str, units: dict[str, int], wanted: str) -> int:
    match = _AMOUNT.fullmatch(text)
    factor = units.get(match.group(2).lower()) if match else None
    if match is None or factor is None:
        message = f"`{text}` is not {wanted}"
        raise UnitUnknown(message)
    amount = Fraction(match.group(1)) * factor
    if amount < 1:
        message = f"`{text}` is not more than nothing"
        raise UnitUnknown(message)
    return int(amount)
