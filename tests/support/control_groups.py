"""Whether this machine delegates control groups to whoever runs the tests."""

import sys

from session.worker.control_group import NoGroupError, make_group


def why_no_group() -> str:
    """Say why no control group can be made here; "" where one can."""
    if sys.platform != "linux":
        return "no Linux"
    try:
        make_group().remove()
    except NoGroupError as error:
        return str(error)
    return ""


NO_GROUP = why_no_group()
