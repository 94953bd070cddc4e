"""Numbers as people read them. Pure."""


def count(number: int, noun: str, several: str | None = None) -> str:
    """Return `1 file`, `2,000 files`, `no files`."""
    return f"{number:,} {noun}" if number == 1 else f"{_figure(number)} {several or noun + 's'}"


def amount(size: int) -> str:
    """Return a size for people: `312 bytes`, `1.2 MB`."""
    if size < 1000:
        return count(size, "byte")
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 1000:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def _figure(number: int) -> str:
    return f"{number:,}" if number else "no"
