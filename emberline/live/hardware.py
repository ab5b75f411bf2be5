"""GPUs, model servers and targets in the words of the page."""

from typing import Final

from dashboards.gpu import (
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
from emberline import words
from emberline.live.gpus import Gpu
from emberline.live.models import ModelServer
from emberline.live.view import GpuView, ModelView, TargetView, Tone
from emberline.sources.scraper import Health

NONE: Final = "–"
_UP: Final[dict[bool | None, tuple[str, Tone]]] = {
    True: ("up", "good"),
    False: ("down", "bad"),
    None: ("not scraped yet", "none"),
}
_STATES: Final = {
    "slow": "slow: some questions are not answered in time",
    "wedged": "wedged: it answers nothing in time",
    "lost": "lost: it has fallen off the bus, or the driver no longer lists it",
    "reset_required": "the driver refuses everything until a reset",
    "failed": "failed: it refuses every question",
}


def gpu_view(gpu: Gpu) -> GpuView:
    """One GPU; what it does not tell is a dash."""
    state, tone = _gpu_state(gpu)
    used, size = gpu.value(MEMORY_USED), gpu.memory_size
    return GpuView(
        index=f"{gpu.index} {gpu.part}".strip(),
        model=gpu.model,
        host=gpu.host,
        state=state,
        tone=tone,
        owners=tuple("/".join(filter(None, owner)) for owner in gpu.owners),
        utilization=_said(gpu.value(UTILIZATION), "{:.0f} %"),
        peak=_share(gpu.value(UTILIZATION_MAX)),
        p95=_share(gpu.value(UTILIZATION_P95)),
        busy=_share(gpu.busy),
        memory=NONE if used is None or not size else f"{used / 2**30:.1f} of {size / 2**30:.1f} GiB",
        temperature=_said(gpu.value(TEMPERATURE), "{:.0f} °C"),
        power=_said(gpu.value(POWER), "{:.0f} W"),
        power_peak=_said(gpu.value(POWER_MAX), "{:.0f} W"),
        clock=NONE if (clock := gpu.value(SM_CLOCK)) is None else f"{clock / 1e6:.0f} MHz",
        xids=", ".join(f"{code} ×{count}" for code, count in sorted(gpu.xids.items())),
    )


def _gpu_state(gpu: Gpu) -> tuple[str, Tone]:
    """The exporter's own word first; without one, whether it answers."""
    if gpu.state not in ("", "ok"):
        return _STATES.get(gpu.state, gpu.state), "warn" if gpu.state == "slow" else "bad"
    if gpu.value(UP) == 0:
        return "does not answer", "bad"
    slowed = ", ".join(gpu.throttles)
    return (f"throttled: {slowed}", "warn") if slowed else ("ok", "good")


def model_view(server: ModelServer) -> ModelView:
    """One model server."""
    state, tone = _model_state(server)
    return ModelView(
        target=server.target,
        models=server.models,
        state=state,
        tone=tone,
        running=_said(server.running, "{:.0f}"),
        waiting=_said(server.waiting, "{:.0f}"),
        kv_cache=_share(server.kv_cache),
    )


def _model_state(server: ModelServer) -> tuple[str, Tone]:
    failing = f"fails: {', '.join(server.failing)}"
    if not server.up:
        return (f"down, {failing}" if server.failing else "down"), "bad"
    if server.failing:
        return failing, "warn"
    return ("up", "good") if server.logs_statistics else ("up, but its statistics are switched off", "warn")


def target_view(health: Health, at: int) -> TargetView:
    """One target, at `at` (ms since the epoch)."""
    state, tone = _UP[health.up]
    return TargetView(
        name=health.target.label["job"],
        url=health.target.url,
        state=state,
        tone=tone,
        error=health.error,
        samples=str(health.samples) if health.up else NONE,
        age=NONE if health.at is None else f"{words.age((at - health.at) / 1000)} ago",
    )


def _said(value: float | None, form: str) -> str:
    return NONE if value is None else form.format(value)


def _share(ratio: float | None) -> str:
    return NONE if ratio is None else f"{ratio * 100:.0f} %"
