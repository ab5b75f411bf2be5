"""`emberline check`: whether SLO tables can be used, and what is odd about them."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from emberline.catalogue import files, shipped_files
from emberline.cli.failure import FINDINGS, USAGE
from slo.fault import Fault, Invalid
from slo.lint import lint
from slo.load import Row, read


def command(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Tables, or folders of them; the shipped ones by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of lines.")] = False,
) -> None:
    """Validate SLO tables and lint them: `file:line: path: message` for everything at once.

    Ends with 0 when all is well, 1 with findings, 2 when a table cannot be used.

    Example: `emberline check tables/ --json`
    """
    tables = files(paths or ()) or shipped_files()
    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    try:
        rows = read(tables)
    except Invalid as invalid:
        faults = invalid.faults
    findings = tuple(row.fault(path, message) for row in rows for path, message in lint(row.slo))
    if as_json:
        _write_json(len(rows), faults, findings)
    else:
        _write_lines(len(rows), faults, findings)
    if faults or findings:
        raise typer.Exit(USAGE if faults else FINDINGS)


def _write_json(rows: int, faults: tuple[Fault, ...], findings: tuple[Fault, ...]) -> None:
    document = {
        "slos": rows,
        "errors": [dataclasses.asdict(fault) for fault in faults],
        "findings": [dataclasses.asdict(finding) for finding in findings],
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _write_lines(rows: int, faults: tuple[Fault, ...], findings: tuple[Fault, ...]) -> None:
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    if not faults:
        sys.stdout.write(f"{rows} SLOs, {len(findings)} findings\n")
