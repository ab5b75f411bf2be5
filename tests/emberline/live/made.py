"""A snapshot made by hand from real plans: every verdict, alert state, GPU state and target state once."""

import math
from typing import Any

from dashboards.gpu import (
    CLOCK_REASONS,
    MEMORY_FREE,
    MEMORY_USED,
    POWER,
    POWER_MAX,
    SM_CLOCK,
    TEMPERATURE,
    UP,
    UTILIZATION,
    UTILIZATION_MAX,
    UTILIZATION_P95,
)
from emberline.catalogue import shipped
from emberline.evaluation import AlertState, Result, Verdict, WindowBurn
from emberline.live.gpus import Gpu, Owner
from emberline.live.models import ModelServer
from emberline.live.snapshot import Snapshot
from emberline.sources.scraper import Health
from emberline.sources.target import Target
from slo.period import Period
from slo.plan import Plan, plan
from slo.selector import Labels

AT = 1_790_000_000_000
PLANS = {slo.id: plan(slo) for slo in shipped()}
HEALTHY = {
    UTILIZATION.name: 61.0,
    MEMORY_USED.name: 40.0 * 2**30,
    MEMORY_FREE.name: 39.0 * 2**30,
    UTILIZATION_MAX.name: 1.0,
    UTILIZATION_P95.name: 0.83,
    TEMPERATURE.name: 55.0,
    POWER_MAX.name: 688.0,
    POWER.name: 412.5,
    SM_CLOCK.name: 1.98e9,
    CLOCK_REASONS.name: 0.0,
    UP.name: 1.0,
}

OWNERS = (Owner("ai-hub", "vllm-llama-0", "server"), Owner("ai-hub", "embedder-0", "main"))


def measured(
    row: Plan, labels: Labels, rates: dict[str, float], left: float, verdict: Verdict = "met", firing: str = ""
) -> Result:
    """An instance whose windows burn at `rates` (0.5 elsewhere), one kind of its alerts firing for ten minutes."""
    budget = float(row.sli.budget)
    burns = {str(w.length): rates.get(str(w.length), 0.5) for w in row.windows}
    windows = tuple(WindowBurn(w, burns[str(w.length)] * budget, burns[str(w.length)]) for w in row.windows)
    alerts = tuple(
        AlertState(alert, "firing", AT - 600_000) if alert.kind == firing else AlertState(alert, "inactive")
        for alert in row.alerts
    )
    return Result(row, labels, verdict, "", windows, left, 0.998, alerts, Period.of(row.slo, AT))


def silent(row: Plan) -> Result:
    """A row whose metric nobody exports."""
    return Result(row, (), "no data", f"switch on {row.slo.origin.enable}", (), None, None, (), Period.of(row.slo, AT))


def postponed(row: Plan) -> Result:
    """A row as an expression looks without a Prometheus."""
    note = "its expression can only be evaluated there"
    return Result(row, (), "needs a Prometheus", note, (), None, None, (), Period.of(row.slo, AT))


def results() -> tuple[Result, ...]:
    """Every row of the catalogue: A1 for two models, one of them with labels that want to be markup."""
    special = {
        "P1": (measured(PLANS["P1"], (), {"5m": 20.0, "1h": 15.2}, -0.31, "not met", "page"),),
        "A1": (
            measured(PLANS["A1"], (("model_name", "llama"),), {}, 0.875),
            measured(PLANS["A1"], (("model_name", "<script>alert(1)</script>"),), {"5m": math.nan}, 1.0),
        ),
        "F5": (silent(PLANS["F5"]),),
    }
    found: list[Result] = []
    for row, made in PLANS.items():
        usual = postponed(made) if row in ("A2", "A5", "F1", "F2", "F4") else measured(made, (), {}, 0.6)
        found += special.get(row, (usual,))
    return tuple(found)


def snapshot() -> Snapshot:
    """The page's facts at AT."""
    gpus = (
        Gpu("node-a:9400", "node-a", "0", "NVIDIA H100", HEALTHY, state="ok", busy=0.58, owners=OWNERS),
        Gpu("node-a:9400", "node-a", "1", "NVIDIA H100", HEALTHY | {CLOCK_REASONS.name: 4.0}),
        Gpu("node-a:9400", "node-a", "2", "NVIDIA H100", {UP.name: 0.0}),
        Gpu("node-b:9400", "node-b", "0", "NVIDIA H100", {UP.name: 0.0}, "1g.10gb 7", "lost", {"79": 1, "13": 4}),
    )
    models = (
        server("vllm-llama:8000", models=("llama", "llama-lora"), running=12.0, waiting=3.0, kv_cache=0.41),
        server("vllm-qwen:8000", up=False, failing=("health", "metrics"), models=()),
        server("vllm-quiet:8000", logs_statistics=False),
    )
    targets = (
        Health(target("vllm", 8000), up=True, at=AT - 4000, samples=473),
        Health(target("milvus", 9091), up=False, at=AT, error="refused"),
        Health(target("tei", 9000)),
    )
    return Snapshot(AT, results(), gpus, targets, ("Everything here is simulated.",), models)


def server(target: str, **said: object) -> ModelServer:
    """A model server that is well, but for what is said."""
    usual: dict[str, Any] = {"failing": (), "models": (target,), "running": None, "waiting": None, "kv_cache": None}
    return ModelServer(target, **({"up": True, "logs_statistics": True} | usual | said))


def target(job: str, port: int) -> Target:
    """A target on loopback."""
    return Target(job, f"http://127.0.0.1:{port}/metrics", (("instance", f"127.0.0.1:{port}"), ("job", job)))
