"""`emberline up`."""

from pathlib import Path
from typing import Annotated

import typer

from emberline.failure import Failure


def command(
    for_: Annotated[str | None, typer.Option("--for", help="End after this long: 30s, 5m. [default: never]")] = None,
    simulate: Annotated[
        bool | None,
        typer.Option(
            "--simulate/--no-simulate",
            help="Start the demo fleet, whatever else there is; or never. [default: without targets]",
            show_default=False,
        ),
    ] = None,
    targets: Annotated[Path | None, typer.Option("--targets", help="YAML file of servers to scrape.")] = None,
    host: Annotated[
        str, typer.Option("--host", help="Address of the page; empty is every one of this machine.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of the page; 0 is any free one.")] = 8080,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for rules and dashboards.")] = Path("out"),
    slos: Annotated[list[Path] | None, typer.Option("--slos", help="SLO tables instead of the shipped ones.")] = None,
    area: Annotated[str | None, typer.Option("--area", help="Only the SLOs of one area.")] = None,
) -> None:
    """Run everything on this machine, no Prometheus needed: exporter, scraper, evaluation, rules, status page.

    It scrapes what `--targets` names. Without targets it starts a demo fleet with 30 days of history, and says so.
    Ctrl-C ends it and leaves no process.

    Example: `emberline up --for 30s`
    """
    from rich.console import Console

    from emberline.catalogue import rows
    from emberline.sources.targets import load_targets
    from emberline.up.run import Options, up
    from emberline.up.screen import Screen
    from slo.duration import Duration
    from slo.plan import plan
    from slo.table.fault import Invalid

    try:
        seconds = None if for_ is None else Duration.parse(for_).seconds
    except ValueError as error:
        raise Failure(f"--for: {error}") from error
    plans = tuple(plan(slo) for slo in rows(slos or (), area))
    try:
        found = () if targets is None else load_targets(targets)
    except Invalid as invalid:
        raise Failure(str(invalid)) from invalid
    up(
        Options(plans, out, (host, port), seconds, found, simulate, tuple(slos or ()), area),
        Screen(Console(stderr=True)),
    )
