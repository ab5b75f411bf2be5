"""`emberline evaluate`: every SLO once."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from emberline.clock import wall_clock
from emberline.failure import FINDINGS, UNREACHABLE, Failure

if TYPE_CHECKING:
    from emberline.evaluation import Result
    from emberline.sources.demand import Demand
    from native.ranges import Profile
    from slo.plan import Plan
    from slo.samples import Samples

_PROMETHEUS: Final = "http://127.0.0.1:9090"
_LENGTH: Final = "1m"


def command(
    prometheus: Annotated[
        str | None, typer.Option(help=f"Base URL of the server to read. [default: {_PROMETHEUS}]")
    ] = None,
    credentials_file: Annotated[Path | None, typer.Option(help="File with a bearer token for that server.")] = None,
    at: Annotated[str | None, typer.Option(help="RFC 3339 or unix seconds. [default: now]")] = None,
    targets: Annotated[Path | None, typer.Option(help="Scrape the servers in this file instead.")] = None,
    for_: Annotated[str | None, typer.Option("--for", help=f"How long to scrape them. [default: {_LENGTH}]")] = None,
    prom_version: Annotated[
        str, typer.Option(help="Release to agree with to the last bit: 2.42, 3.5 or 3.14.")
    ] = "3.5",
    slos: Annotated[list[Path] | None, typer.Option(help="Table, or folder of tables; repeatable.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")] = False,
) -> None:
    """Evaluate every SLO once: error ratios, burn rates, what is left of the budget, and alert states.

    It reads raw samples, so the server needs no rules; without a server it can scrape `--targets` for a while.
    Ends with 0 when every SLO that has data is met, 1 when one is not or none has data, 3 when nothing can be read.

    Example: `emberline evaluate --prometheus http://127.0.0.1:9090 --at 2026-01-31T12:00:00Z --json`
    """
    from emberline.catalogue import rows
    from emberline.cli.moment import parse_moment
    from emberline.evaluation import demand, evaluate_all
    from slo.plan import plan

    if targets is not None and at is not None:
        raise Failure("--at: what is scraped now cannot be evaluated at another time")
    if targets is not None and (prometheus is not None or credentials_file is not None):
        unused = "--credentials-file" if prometheus is None else "--prometheus"
        raise Failure(f"{unused}: no server is read with --targets")
    if targets is None and for_ is not None:
        raise Failure("--for: nothing is scraped without --targets")
    profile = _profile(prom_version)
    plans = [plan(slo) for slo in rows(slos or (), area)]
    if targets is None:
        moment = wall_clock() if at is None else parse_moment(at)
        samples = _fetched(demand(plans, moment, profile), prometheus or _PROMETHEUS, credentials_file)
    else:
        samples = _scraped(plans, targets, for_ or _LENGTH)
        moment = wall_clock()
    results = evaluate_all(plans, samples, moment, profile)
    _write(results, moment, as_json=as_json)
    verdicts = {result.verdict for result in results}
    if "not met" in verdicts or "met" not in verdicts:
        raise typer.Exit(FINDINGS)


def _profile(version: str) -> "Profile":
    from native.ranges import PROFILES

    if version not in PROFILES:
        raise Failure(f"--prom-version: {version!r} is none of {', '.join(PROFILES)}")
    return PROFILES[version]


def _fetched(wanted: "Demand", url: str, credentials: Path | None) -> "Samples":
    from emberline.cli.server import authorization, base_url
    from emberline.sources.prometheus import Prometheus
    from emberline.sources.source import SourceError

    try:
        with Prometheus(base_url(url), authorization(credentials)) as server:
            return server.read(wanted)
    except SourceError as error:
        raise Failure(str(error), UNREACHABLE) from error


def _scraped(plans: "Sequence[Plan]", path: Path, length: str) -> "Samples":
    from emberline.sources.scraped import scrape_for
    from emberline.sources.targets import load_targets
    from slo.duration import Duration
    from slo.plan import selectors
    from slo.table.fault import Invalid

    try:
        targets, duration = load_targets(path), Duration.parse(length)
    except Invalid as invalid:
        raise Failure(str(invalid)) from invalid
    except ValueError as error:
        raise Failure(f"--for: {error}") from error
    store, health = scrape_for(duration, targets, selectors(plans))
    silent = [f"{each.target.url}: {each.error}" for each in health if not each.up]
    if len(silent) == len(health):
        raise Failure("\n".join(silent) or f"{path}: names no target", UNREACHABLE)
    for line in silent:
        typer.echo(line, err=True)
    return store


def _write(results: "Sequence[Result]", at: int, *, as_json: bool) -> None:
    from emberline.evaluation import document, rfc3339

    if as_json:
        whole = {"at": rfc3339(at), "slos": [document(result) for result in results]}
        sys.stdout.write(json.dumps(whole, indent=2, allow_nan=False) + "\n")
        return
    from rich.console import Console
    from rich.text import Text

    from emberline.evaluation.table import notes, table

    console = Console()
    console.print(table(results, ("5m", "1h", "6h")))
    for note in notes(results):
        console.print(Text(note))
