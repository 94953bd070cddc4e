"""Tells what a Python is, as one line of JSON. Standard library only; started by path."""

import json
import sys
import sysconfig

if __name__ == "__main__":
    facts = {
        "path": getattr(sys, "_base_executable", None) or sys.executable,
        "version": "{}.{}.{}".format(*sys.version_info[:3]),
        "platform": sysconfig.get_platform(),
        "cache_tag": sys.implementation.cache_tag or sys.implementation.name,
        "stdlib": sorted(sys.stdlib_module_names),
    }
    sys.stdout.write(json.dumps(facts) + "\n")
