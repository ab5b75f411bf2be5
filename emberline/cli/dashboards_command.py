"""`emberline dashboards`: Grafana JSON, one file a dashboard."""

from pathlib import Path
from typing import Annotated

import typer


def command(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the files; created if it is missing.")],
    v2: Annotated[bool, typer.Option("--v2", help="Resources of dashboard schema v2 instead of classic JSON.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; name the files that are out of date.")] = False,
    runbooks: Annotated[
        str, typer.Option(metavar="URL", help="Where runbooks are published; goes before their paths.")
    ] = "",
    slos: Annotated[list[Path] | None, typer.Option(help="Table, or folder of tables; repeatable.")] = None,
) -> None:
    """Write every dashboard as Grafana JSON (classic, schema 42), a provisioning file, and ConfigMaps for the sidecar.

    Thresholds are those of the SLO tables: the shipped ones without `--slos`.

    Example: `emberline dashboards -o out/dashboards`
    """
    from dashboards.files import files
    from emberline.artefacts import outdated, write
    from emberline.catalogue import rows
    from emberline.failure import FINDINGS, Failure
    from slo.plan import plan

    made = files(tuple(map(plan, rows(slos or ()))), runbooks, v2=v2)
    if not check:
        for path in write(out, made):
            typer.echo(path)
        return
    if stale := outdated(out, made):
        names = "\n".join(map(str, stale))
        raise Failure(f"{names}\n{len(stale)} files are out of date: emberline dashboards -o {out}", FINDINGS)
    typer.echo(f"{len(made)} files are up to date")
