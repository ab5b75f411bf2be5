"""`emberline list`: the SLO tables."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from slo.spec import Slo


def command(
    slos: Annotated[list[Path] | None, typer.Option(help="Table, or folder of tables; repeatable.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")] = False,
) -> None:
    """List the SLO tables: what is promised, and which alert watches it.

    Example: `emberline list --area ai-hub`
    """
    from emberline.catalogue import rows

    found = rows(slos or (), area)
    if as_json:
        sys.stdout.write(json.dumps([_document(slo) for slo in found], indent=2) + "\n")
    else:
        _print(found)


def _document(slo: "Slo") -> dict[str, Any]:
    from slo.wording import static_bound

    return {
        "id": slo.id,
        "area": slo.area,
        "name": slo.name,
        "kind": slo.indicator.kind,
        "objective": float(slo.objective),
        "window": str(slo.window),
        "by": list(slo.by),
        "alert": {
            "name": slo.alert.name,
            "bound": static_bound(slo),
            "window": str(slo.alert.window),
            "for": str(slo.alert.for_),
            "priority": slo.alert.priority,
            "action": slo.alert.action,
        },
        "decision": slo.decision,
    }


def _print(slos: "tuple[Slo, ...]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from slo.wording import percent, static_bound

    table = Table("id", "area", "name", "kind", "objective", "window", "alert", box=SIMPLE_HEAD)
    for slo in slos:
        alert = f"{static_bound(slo)} for {slo.alert.for_}"
        table.add_row(slo.id, slo.area, slo.name, slo.indicator.kind, percent(slo.objective), str(slo.window), alert)
    Console(markup=False, emoji=False).print(table)
