"""`emberline dashboards`: Grafana JSON, one file a dashboard."""

from pathlib import Path
from typing import Annotated

import typer


def command(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the JSON files; created if it is missing.")],
) -> None:
    """Write every dashboard as Grafana JSON (classic, schema 42): provision the folder, or import the files.

    Example: `emberline dashboards -o out/dashboards`
    """
    from dashboards.catalogue import files
    from emberline.artefacts import write

    for path in write(out, files()):
        typer.echo(path)
