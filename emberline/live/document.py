"""A snapshot as JSON: what the pages say, for machines."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from emberline.evaluation.document import document as instance
from emberline.evaluation.document import rfc3339
from emberline.evaluation.result import Result
from emberline.live.burndown import BurnDown
from emberline.live.gpus import Gpu
from emberline.live.models import ModelServer
from emberline.live.present import active
from emberline.live.snapshot import Snapshot
from emberline.sources.scraper import Health

Document = dict[str, Any]


def status(snapshot: Snapshot) -> Document:
    """Everything: `slos` as `emberline evaluate --json` has them, GPUs by metric in base units, models, targets."""
    parts = {name: part(snapshot) for name, part in PARTS.items()}
    return {"evaluated_at": rfc3339(snapshot.at), "notices": list(snapshot.notices), **parts}


def summary(snapshot: Snapshot) -> Document:
    """The counts at the top of every page."""
    verdicts = [result.verdict for result in snapshot.results]
    firing = sum(state.status == "firing" for _, state in active(snapshot))
    return {
        "evaluated_at": rfc3339(snapshot.at),
        "firing": firing,
        "met": verdicts.count("met"),
        "instances": len(verdicts),
    }


def slo(result: Result, curve: BurnDown | None) -> Document:
    """One instance, its alerts' factors, and how its budget went down: pairs of a time and the share left."""
    points = [] if curve is None else zip(curve.times.tolist(), curve.left.tolist(), strict=True)
    return {
        **instance(result),
        "name": result.plan.slo.name,
        "area": result.plan.slo.area,
        "objective": float(result.plan.slo.objective),
        "runbook": result.plan.slo.runbook,
        "burn_down": [[rfc3339(at), left if math.isfinite(left) else None] for at, left in points],
    }


def alerts(snapshot: Snapshot) -> list[Document]:
    """Pending and firing alerts, in the order of the page."""
    return [
        {
            "name": state.alert.name,
            "state": state.status,
            "active_at": None if state.active_at is None else rfc3339(state.active_at),
            "labels": {**dict(state.alert.labels), **({} if state.alert.kind == "no-data" else dict(result.labels))},
            "runbook": result.plan.slo.runbook,
        }
        for result, state in active(snapshot)
    ]


def _gpu(gpu: Gpu) -> Document:
    return {
        "instance": gpu.instance,
        "host": gpu.host,
        "gpu": gpu.index,
        "part": gpu.part,
        "model": gpu.model,
        "state": gpu.state or None,
        "owners": [owner._asdict() for owner in gpu.owners],
        "busy_ratio": gpu.busy,
        "xids": gpu.xids,
        "values": gpu.values,
    }


def _model(server: ModelServer) -> Document:
    return {
        "target": server.target,
        "up": server.up,
        "failing_endpoints": list(server.failing),
        "models": list(server.models),
        "logs_statistics": server.logs_statistics,
        "requests_running": server.running,
        "requests_waiting": server.waiting,
        "kv_cache_usage_ratio": server.kv_cache,
    }


def _target(health: Health) -> Document:
    return {
        "job": health.target.label["job"],
        "instance": health.target.label["instance"],
        "url": health.target.url,
        "up": health.up,
        "error": health.error,
        "samples": health.samples,
        "scraped_at": None if health.at is None else rfc3339(health.at),
    }


PARTS: Final[Mapping[str, Callable[[Snapshot], list[Document]]]] = {
    "slos": lambda snapshot: list(map(instance, snapshot.results)),
    "alerts": alerts,
    "gpus": lambda snapshot: list(map(_gpu, snapshot.gpus)),
    "models": lambda snapshot: list(map(_model, snapshot.models)),
    "targets": lambda snapshot: list(map(_target, snapshot.targets)),
}
"""The lists that the pages show, by name."""
