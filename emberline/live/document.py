"""A snapshot as JSON: what the page says, for machines."""

import json
from typing import Any

from emberline.evaluation.document import document as instance
from emberline.evaluation.document import rfc3339
from emberline.live.gpus import Gpu
from emberline.live.snapshot import Snapshot
from emberline.sources.scraper import Health


def document(snapshot: Snapshot) -> str:
    """One JSON document: `slos` as `emberline evaluate --json` has them, GPUs by metric in base units, targets."""
    return json.dumps(
        {
            "evaluated_at": rfc3339(snapshot.at),
            "notices": list(snapshot.notices),
            "slos": [instance(result) for result in snapshot.results],
            "gpus": list(map(_gpu, snapshot.gpus)),
            "targets": list(map(_target, snapshot.targets)),
        }
    )


def _gpu(gpu: Gpu) -> dict[str, Any]:
    return {
        "instance": gpu.instance,
        "host": gpu.host,
        "gpu": gpu.index,
        "model": gpu.model,
        "values": gpu.values,
    }


def _target(health: Health) -> dict[str, Any]:
    return {
        "job": health.target.label["job"],
        "instance": health.target.label["instance"],
        "url": health.target.url,
        "up": health.up,
        "error": health.error,
        "samples": health.samples,
        "scraped_at": None if health.at is None else rfc3339(health.at),
    }
