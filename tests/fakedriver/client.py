"""A process with unmodified pynvml on the fake driver, which answers one question after the other."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fakedriver.state import FakeDriver

MARK: Final = "answer: "  # the library prints on the same stream

LOOP: Final = f"""
import sys
from ctypes import byref
from threading import Thread
import pynvml
from pynvml import *

names = dict(globals())
for line in sys.stdin:
    try:
        kind = "eval" if line.startswith("?") else "exec"
        said = (0, eval(compile(line[1:].strip(), "question", kind), names))
    except NVMLError as error:
        said = (error.value, None)
    print({MARK!r} + repr(said), flush=True)
"""


class RefusedError(Exception):
    """NVML returned this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the process; `h` and `i` are free for handles and the like, which stay there."""

    process: "subprocess.Popen[str]"

    def ask(self, expression: str) -> object:
        """The value of an expression over pynvml's names, which must be a literal; `RefusedError` for an NVMLError."""
        return self._said(f"?{expression}")

    def do(self, statement: str) -> None:
        """The same for a statement of one line."""
        self._said(f"!{statement}")

    def code(self, expression: str) -> int:
        """The NVML return code of an expression; 0 when it has a value."""
        try:
            self.do(expression)
        except RefusedError as refused:
            return refused.code
        return 0

    def _said(self, line: str) -> object:
        self.send(line)
        return self.answer()

    def send(self, line: str) -> None:
        """Put a question (`?`) or a statement (`!`) without waiting for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def answer(self) -> object:
        """The answer to the oldest question without one."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(MARK):
                code, value = ast.literal_eval(line.removeprefix(MARK))
                if code:
                    raise RefusedError(code)
                return value
        raise EOFError(self.process.wait())


@contextmanager
def client(driver: FakeDriver, library: Path, *, opened: bool = True) -> Iterator[Client]:
    """A client, NVML initialised and `h` the handle of index 0 unless it shall not be open; it is killed at the end."""
    environment = os.environ | {"LD_LIBRARY_PATH": str(library), "FAKE_NVML_STATE": str(driver.path)}
    command, pipe = [sys.executable, "-c", LOOP], subprocess.PIPE
    with subprocess.Popen(command, text=True, env=environment, stdin=pipe, stdout=pipe) as process:
        try:
            asked = Client(process)
            if opened:
                asked.do("nvmlInit(); h = nvmlDeviceGetHandleByIndex(0)")
            yield asked
        finally:
            process.kill()
