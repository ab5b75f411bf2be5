"""The standard descriptors of a process."""

import os
from typing import Final

_STDERR: Final = 2


def occupy() -> None:
    """Open stdin, stdout and stderr on nothing where they are closed.

    Otherwise a pipe, a socket or a file of the driver would be given one of their numbers, and whatever a library
    prints would go there. Child processes have them too.
    """
    while (free := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(free, True)  # noqa: FBT003 - its signature
    os.close(free)
