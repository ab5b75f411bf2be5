"""`python -m tests.forked`: the program, imported once, and a process of its own for each command line read from stdin.

An order is a line of JSON with `arguments`, `folder`, and the files for `stdout` and `stderr`; the answer is its exit
code. What a command imports by itself is imported beforehand, so that a run costs what the command does.
"""

import importlib
import json
import os
import sys
import traceback
from typing import NoReturn

from emberline.cli.app import COMMANDS, main

BEFOREHAND = (
    *(f"emberline.cli.{name}_command" for name in COMMANDS),
    *("emberline.artefacts", "emberline.catalogue", "emberline.check.measured", "emberline.compilation"),
    *("dashboards.files", "rules.alertmanager", "rules.files", "rich.console", "rich.table", "numpy", "httpx"),
)


def serve() -> None:
    """Run command lines until stdin ends."""
    for module in BEFOREHAND:
        importlib.import_module(module)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(**json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def run(arguments: list[str], folder: str, stdout: str, stderr: str) -> NoReturn:
    """The program as the interpreter would run it, in this process and no further."""
    os.chdir(folder)
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, stdout, os.O_WRONLY), (2, stderr, os.O_WRONLY)):
        os.dup2(os.open(path, how), number)
    sys.argv[1:] = arguments
    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
