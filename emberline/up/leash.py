"""`python -m emberline.up.leash`: the exporter, which ends with the process that started it, however that ended."""

import ctypes
import signal
import sys
from typing import Final

from exporter.__main__ import run

_PR_SET_PDEATHSIG: Final = 1

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    sys.exit(run())
