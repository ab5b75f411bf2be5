"""Flux' controllers."""

from collections.abc import Iterator

from emberline.demo.component import Component, Metric, assemble
from emberline.demo.estate.draw import Draw
from emberline.demo.metrics import Spread, labelled
from emberline.demo.script import Script

_CONTROLLERS = {
    "source": (("GitRepository", "platform"),),
    "kustomize": (("Kustomization", "apps"), ("Kustomization", "infra")),
    "helm": (("HelmRelease", "milvus"), ("HelmRelease", "grafana")),
}
_BOUNDS = ("0.01", "0.0384", "0.147456", "0.56623104", "2.1743271936", "8.349416423424", "32.06175906594816",
           "123.1171548132409", "472.7698744828452", "1800")  # fmt: skip


def components(script: Script) -> Iterator[Component]:
    """The controllers of sources, kustomizations and Helm releases."""
    for name, resources in _CONTROLLERS.items():
        draw = Draw(script, f"flux {name}")
        yield assemble(
            f"flux-{name}-controller",
            f"{name}-controller.flux-system:8080",
            (*_reconciled(draw, resources), *_runtime(draw, name)),
        )


def _reconciled(draw: Draw, resources: tuple[tuple[str, str], ...]) -> Iterator[Metric]:
    yield draw.times(
        "gotk_reconcile_duration_seconds",
        "The duration in seconds of a GitOps Toolkit resource reconciliation.",
        {labelled(kind=kind, name=name, namespace="flux-system"): (0.2, Spread(2.4, 0.8)) for kind, name in resources},
        _BOUNDS,
    )


def _runtime(draw: Draw, name: str) -> Iterator[Metric]:
    results = {"success": 0.4, "requeue_after": 0.3, "error": 0.02}
    yield draw.counters(
        "controller_runtime_reconcile_total",
        "Total number of reconciliations per controller",
        {labelled(controller=name, result=result): rate for result, rate in results.items()},
    )
    yield draw.times(
        "controller_runtime_reconcile_time_seconds",
        "Length of time per reconciliation per controller",
        {labelled(controller=name): (0.7, Spread(0.6, 0.8))},
    )
    yield draw.levels(
        "workqueue_longest_running_processor_seconds",
        "How many seconds has the longest running processor run",
        {labelled(name=name): 1.6},
    )
    yield draw.levels("workqueue_depth", "Current depth of workqueue", {labelled(name=name): 2.4})
    yield draw.times(
        "workqueue_queue_duration_seconds",
        "How long an item stays in workqueue before being requested",
        {labelled(name=name): (0.7, Spread(0.01, 1.2))},
        ("1e-08", "1e-07", "1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1", "10"),
    )
    yield draw.counters(
        "rest_client_requests_total",
        "Number of HTTP requests, partitioned by status code, method, and host.",
        {
            labelled(code=code, host="10.96.0.1:443", method="GET"): rate
            for code, rate in (("200", 3.0), ("409", 0.03), ("429", 0.02))
        },
    )
    yield draw.process()
    yield draw.levels("process_resident_memory_bytes", "Resident memory size in bytes.", {(): 92e6}, whole=True)
