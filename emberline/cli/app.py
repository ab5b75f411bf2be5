"""The program itself: which commands exist, and the exit codes they share."""

import importlib
import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import typer

from emberline.failure import FINDINGS, USAGE, Failure

COMMANDS: Final = ("up", "exporter", "doctor", "list", "check", "rules", "alertmanager", "dashboards", "evaluate")
"""In the order of the help; each lives in `emberline.cli.<name>_command`."""


def program(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """The program with these commands; only their modules are imported."""
    app = typer.Typer(
        no_args_is_help=True, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False
    )

    @app.callback()
    def emberline() -> None:
        """SLOs and GPU telemetry: export, evaluate, and generate what Prometheus and Grafana need."""

    for name in commands:
        module: Any = importlib.import_module(f"emberline.cli.{name}_command")
        app.command(name, context_settings=getattr(module, "CONTEXT", None))(module.command)
    return app


def main() -> None:
    """Run the program; every failure ends as one message on stderr and its exit code.

    The command on the command line is the only one that is imported: the node process must stay small.
    """
    wanted = [name for name in sys.argv[1:2] if name in COMMANDS]
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        _run(wanted or COMMANDS)
    except BrokenPipeError:
        raise SystemExit(FINDINGS) from None
    except Failure as failure:
        sys.stderr.write(f"{failure}\n")
        raise SystemExit(failure.code) from failure
    except (ImportError, OSError) as error:
        sys.stderr.write(f"emberline: {error}\n")
        raise SystemExit(USAGE) from error


def _run(commands: Iterable[str]) -> None:
    """The program, and its output written to the end: at exit Python would complain of a full disk in its own way."""
    try:
        program(commands)()
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise
