"""How a start of the studio ends, and the callables through which it says so."""

from collections.abc import Callable
from typing import Final

#: What is said where the studio cannot open: what happened, what to do, the stable code.
Fail = Callable[[str, str, str], None]
Say = Callable[[str], None]

#: Exit code: it ran and was closed, or the project went to a studio that was open already.
CLOSED: Final = 0
#: Exit code: it could not open.
NOT_OPENED: Final = 1
