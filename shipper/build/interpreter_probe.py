"""Tells what a Python is, as one line of JSON. Standard library only; started by path."""

import json
import sys
import sysconfig


def stdlib_names() -> "list[str]":
    """Return the standard library's modules; before Python 3.10 from where they lie."""
    known = getattr(sys, "stdlib_module_names", None)
    if known is not None:
        return sorted(known)
    from pathlib import Path

    names = set(sys.builtin_module_names)
    for place in (sysconfig.get_path("stdlib"), sysconfig.get_config_var("DESTSHARED")):
        if place and Path(place).is_dir():
            names.update(path.name.split(".")[0] for path in Path(place).iterdir())
    return sorted(name for name in names if name.isidentifier())


if __name__ == "__main__":
    facts = {
        "path": getattr(sys, "_base_executable", None) or sys.executable,
        "version": "{}.{}.{}".format(*sys.version_info[:3]),
        "platform": sysconfig.get_platform(),
        "cache_tag": sys.implementation.cache_tag or sys.implementation.name,
        "stdlib": stdlib_names(),
    }
    sys.stdout.write(json.dumps(facts) + "\n")
