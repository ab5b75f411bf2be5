"""`emberline check`: whether SLO tables can be used, and what is odd about them."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emberline.clock import wall_clock
from emberline.failure import FINDINGS, UNREACHABLE, USAGE, Failure

if TYPE_CHECKING:
    from emberline.check import Composition
    from slo.duration import Duration
    from slo.table.fault import Fault
    from slo.table.finding import Finding
    from slo.table.load import Row


def command(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Tables, or folders of them; the shipped ones by default.")
    ] = None,
    scrape_interval: Annotated[str, typer.Option(help="How often targets are scraped.")] = "30s",
    prometheus: Annotated[
        str | None,
        typer.Option(help="Also check what this server has (metrics, labels, buckets) and what it has measured."),
    ] = None,
    credentials_file: Annotated[Path | None, typer.Option(help="File with a bearer token for that server.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of lines.")] = False,
) -> None:
    """Validate SLO tables and lint them: `file:line: path: row: message: formula` for everything at once.

    From the text alone: alerts that fire while the objective holds, windows under four scrapes, several objectives
    for one SLI, selectors that count the wrong events. With a server: what is missing or spelt otherwise, more good
    (or bad) events than events, a single failure that pages, an objective that the last period missed. Of rows of
    counted events it also tells, for information, how far the composed error ratio of the period is from the exact one.

    Ends with 0 when all is well, 1 with findings, 2 when a table cannot be used, 3 when the server cannot be asked.

    Example: `emberline check tables/ --prometheus http://127.0.0.1:9090`
    """
    from emberline.catalogue import files, shipped_files
    from emberline.compilation import uncompilable
    from slo.table.fault import Invalid
    from slo.table.load import read

    if credentials_file is not None and prometheus is None:
        raise Failure("--credentials-file: no server is asked without --prometheus")
    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    scrape = _interval(scrape_interval)
    try:
        rows = read(files(paths or ()) or shipped_files())
        faults = uncompilable(rows)
    except Invalid as invalid:
        faults = invalid.faults
    findings = tuple(_written(rows, scrape))
    compared: tuple[Composition, ...] = ()
    unasked: Failure | None = None
    try:
        if prometheus is not None:
            measured, compared = _measured(rows, prometheus, credentials_file)
            findings += measured
    except Failure as failure:  # what is known without the server is told all the same
        unasked = failure
    if as_json:
        _write_json(len(rows), faults, findings, compared)
    else:
        _write_lines(faults, findings, compared)
    if unasked:
        raise unasked
    if not faults and not as_json:
        sys.stdout.write(f"{len(rows)} SLOs, {len(findings)} findings\n")
    if faults or findings:
        raise typer.Exit(USAGE if faults else FINDINGS)


def _interval(text: str) -> "Duration":
    from slo.duration import Duration

    try:
        interval = Duration.parse(text)
    except ValueError as error:
        raise Failure(f"--scrape-interval: {error}") from error
    if interval.ms == 0:
        raise Failure("--scrape-interval: must be longer than zero")
    return interval


def _written(rows: "tuple[Row, ...]", scrape: "Duration") -> "Iterator[Finding]":
    from slo.table.linting import lint, several_objectives

    for row in rows:
        yield from map(row.finding, lint(row.slo, scrape))
    yield from several_objectives(rows)


def _measured(
    rows: "tuple[Row, ...]", url: str, credentials: Path | None
) -> "tuple[tuple[Finding, ...], tuple[Composition, ...]]":
    from emberline.check import compositions, remarks
    from emberline.cli.server import authorization, base_url
    from emberline.sources.prometheus import Prometheus
    from emberline.sources.recent import Recent
    from emberline.sources.source import SourceError
    from slo.table.presence import absences

    findings: list[Finding] = []
    compared: list[Composition] = []
    try:
        with Prometheus(base_url(url), authorization(credentials)) as server:
            now = wall_clock()
            recent = Recent(server, now)
            for row in rows:
                findings += map(row.finding, absences(row.slo, recent))
                findings += map(row.finding, remarks(row.slo, server, now))
                compared += compositions(row.slo, server, recent, now)
            return tuple(findings), tuple(compared)
    except SourceError as error:
        raise Failure(str(error), UNREACHABLE) from error


def _write_json(
    rows: int, faults: "tuple[Fault, ...]", findings: "tuple[Finding, ...]", compared: "tuple[Composition, ...]"
) -> None:
    document = {
        "slos": rows,
        "errors": [dataclasses.asdict(fault) for fault in faults],
        "findings": [dataclasses.asdict(finding) for finding in findings],
        "compositions": [each.document for each in compared],
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _write_lines(
    faults: "tuple[Fault, ...]", findings: "tuple[Finding, ...]", compared: "tuple[Composition, ...]"
) -> None:
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    for each in compared:
        sys.stdout.write(f"{each}\n")
