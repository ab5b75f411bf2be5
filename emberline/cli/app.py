"""The program itself: which commands exist, and the exit codes they share."""

import importlib
import sys
from typing import Any, Final

import click
import typer
from typer.core import TyperGroup

from emberline.cli.failure import Failure

COMMANDS: Final = ("up", "exporter", "list", "check", "rules", "dashboards", "evaluate")
"""One module of this package each: a command pays only for what it imports itself."""


class _Lazy(TyperGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module: Any = importlib.import_module(f"emberline.cli.{cmd_name}_command")
        single = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        single.command(cmd_name)(module.command)
        return typer.main.get_command(single)


app = typer.Typer(cls=_Lazy, no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")


@app.callback()
def emberline() -> None:
    """SLOs and GPU telemetry: export, evaluate, and generate what Prometheus and Grafana need."""


def main() -> None:
    """Run the program; every failure ends as one message on stderr and its exit code."""
    try:
        app()
    except Failure as failure:
        sys.stderr.write(f"{failure}\n")
        raise SystemExit(failure.code) from failure
