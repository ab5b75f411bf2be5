"""`emberline doctor`: what this node can export."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from emberline.failure import FINDINGS, UNREACHABLE, USAGE, Failure

if TYPE_CHECKING:
    from rich.table import Table

    from exporter.doctor import Diagnosis
    from exporter.nvml.report import Report

_PATIENCE: Final = 30.0
_DEADLINE: Final = 2.0
_INTERVAL: Final = 0.5


def command(
    simulate: Annotated[bool, typer.Option("--simulate", help="Eight GPUs that do not exist.")] = False,
    replay: Annotated[Path | None, typer.Option("--replay", help="A recorded session in place of the driver.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")] = False,
) -> None:
    """Tell what this node can export and, for what it cannot, why.

    Ends with 3 where there is no driver, with 1 where a GPU does not answer.

    Example: `emberline doctor --simulate`
    """
    from exporter.doctor import diagnose

    found = diagnose(_report(simulate=simulate, replay=replay))
    if as_json:
        sys.stdout.write(json.dumps(_document(found), indent=2) + "\n")
    else:
        _print(found)
    if found.report.error:
        raise Failure(f"no GPU can be read: {found.report.error}", UNREACHABLE)
    if any(each.gpu.state != "ok" for each in found.report.gpus):
        raise SystemExit(FINDINGS)


def _report(*, simulate: bool, replay: Path | None) -> "Report":
    from exporter.nvml.replay import NotASessionError, Replay
    from exporter.nvml.report import report
    from exporter.nvml.supervisor import Terms, child_command

    if simulate and replay is not None:
        raise Failure("--replay: not with --simulate", USAGE)
    if replay is not None:
        try:
            Replay(replay)
        except NotASessionError as error:
            raise Failure(str(error), USAGE) from error
        except OSError as error:
            raise Failure(f"{replay}: {error.strerror}", USAGE) from error
    terms = Terms(_INTERVAL, _DEADLINE)
    return asyncio.run(report((*child_command(simulate=simulate, replay=replay), *terms.arguments), _PATIENCE))


def _document(found: "Diagnosis") -> dict[str, Any]:
    return {
        "driver_version": found.report.driver,
        "nvml_version": found.report.nvml,
        "error": found.report.error,
        "gpus": [
            {
                "index": each.gpu.index,
                "state": each.gpu.state,
                "detail": each.gpu.detail,
                "identity": asdict(each.gpu.identity) if each.gpu.identity else None,
                "told": sorted(each.told),
                "missing": dict(sorted(each.gaps.items())),
            }
            for each in found.report.gpus
        ],
        "metrics": {finding.metric: {"gpus": finding.gpus, "reasons": finding.reasons} for finding in found.findings},
        "notes": found.notes,
    }


def _print(found: "Diagnosis") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, emoji=False)
    gpus = Table("GPU", "state", "model", "UUID", "PCI", box=SIMPLE_HEAD)
    for each in found.report.gpus:
        who = each.gpu.identity
        told = (who.model, who.uuid, who.pci_bus_id) if who else ("", "", "")
        gpus.add_row(str(each.gpu.index), f"{each.gpu.state} {each.gpu.detail}".strip(), *told)
    if found.report.gpus:
        console.print(f"driver {found.report.driver}, NVML {found.report.nvml}")
        console.print(gpus)
        console.print(_metrics(found))
    for name, note in found.notes.items():
        console.print(f"{name}: {note}", soft_wrap=True)


def _metrics(found: "Diagnosis") -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Column, Table

    table = Table(Column("metric", no_wrap=True), "on GPU", "why not on the others", box=SIMPLE_HEAD)
    count = len(found.report.gpus)
    for finding in found.findings:
        on = "all" if len(finding.gpus) == count else ", ".join(map(str, finding.gpus)) or "–"
        table.add_row(finding.metric, on, "; ".join(dict.fromkeys(finding.reasons.values())))
    return table
