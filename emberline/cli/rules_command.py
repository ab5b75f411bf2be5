"""`emberline rules`: recording rules, alerts and the unit tests that prove them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from emberline.failure import FINDINGS, Failure


def command(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for rule files; tests go to tests/ in it.")],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; name the files that are out of date.")] = False,
    slos: Annotated[list[Path] | None, typer.Option(help="Table, or folder of tables; repeatable.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area.")] = None,
) -> None:
    """Write Prometheus rule files, one an area, and unit tests in which every alert fires and stays silent.

    Example: `emberline rules -o out && promtool check rules out/*.yaml && promtool test rules out/tests/*_test.yaml`
    """
    from emberline.artefacts import outdated, write
    from emberline.catalogue import rows
    from rules.files import Refused, rule_files, uncompiled
    from slo.plan import plan

    plans = [plan(slo) for slo in rows(slos or (), area)]
    try:
        files = rule_files(plans)
    except Refused as refused:
        raise Failure(_located(slos or (), refused.faults)) from refused
    for each in uncompiled(plans):
        typer.echo(f"{each.slo.id} {each.slo.name}: {each.slo.indicator.kind} rows are not compiled yet", err=True)
    if not check:
        for path in write(out, files):
            typer.echo(path)
    elif old := outdated(out, files):
        names = "\n".join(map(str, old))
        raise Failure(f"{names}\n{len(old)} of {len(files)} files are out of date: emberline rules -o {out}", FINDINGS)
    else:
        typer.echo(f"{len(files)} files are up to date")


def _located(paths: Iterable[Path], faults: Iterable[tuple[str, str]]) -> str:
    from emberline.catalogue import files, shipped_files
    from slo.table.load import read

    places = {row.slo.id: row for row in read(files(paths) or shipped_files())}
    return "\n".join(str(places[name].fault((), reason)) for name, reason in faults)
