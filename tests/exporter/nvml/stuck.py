"""A process that SIGKILL does not end, as one in uninterruptible sleep: `python stuck.py FOLDER`.

Its tracer asks the kernel to stop it at its exit and never lets it go on. The tracer's pid is the name of a file in
the folder; once the tracer is killed, the process is free to go.
"""

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)
PTRACE_SEIZE, PTRACE_O_TRACEEXIT = 0x4206, 0x40


def main(folder: Path, victim: int | None = None) -> None:
    """Become unkillable, or make the victim so."""
    libc = ctypes.CDLL(None, use_errno=True)
    if victim is None:
        libc.prctl(PR_SET_PTRACER, ANY)
        tracer = [sys.executable, __file__, str(folder), str(os.getpid())]
        subprocess.Popen(tracer, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    elif libc.ptrace(PTRACE_SEIZE, victim, None, ctypes.c_void_p(PTRACE_O_TRACEEXIT)) == 0:
        (folder / str(os.getpid())).touch()
    time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2].isdigit() else None)
