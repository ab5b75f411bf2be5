"""D6, GPU Metrics: are the GPUs there, are they used, do they hold the load, and what holds them back."""

from decimal import Decimal
from typing import Final

from dashboards.board import Board, Panel, Query, Row, Step, Variable
from dashboards.metric import Metric, bit, chosen, now, per_second, ratio, raw, reduced
from rules.promql import Binary, Expr

_MEBI: Final = Decimal(2**20)
_MEGA: Final = Decimal(1_000_000)

UTILIZATION: Final = Metric("DCGM_FI_DEV_GPU_UTIL", "percent")
MEMORY_COPY: Final = Metric("DCGM_FI_DEV_MEM_COPY_UTIL", "percent")
MEMORY_USED: Final = Metric("DCGM_FI_DEV_FB_USED", "bytes", _MEBI)
MEMORY_FREE: Final = Metric("DCGM_FI_DEV_FB_FREE", "bytes", _MEBI)
MEMORY_RESERVED: Final = Metric("DCGM_FI_DEV_FB_RESERVED", "bytes", _MEBI)
TEMPERATURE: Final = Metric("DCGM_FI_DEV_GPU_TEMP", "celsius")
MEMORY_TEMPERATURE: Final = Metric("DCGM_FI_DEV_MEMORY_TEMP", "celsius")
POWER: Final = Metric("DCGM_FI_DEV_POWER_USAGE", "watt")
POWER_LIMIT: Final = Metric("emberline_gpu_power_limit_watts", "watt")
ENERGY: Final = Metric("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "watt", Decimal("0.001"))
SM_CLOCK: Final = Metric("DCGM_FI_DEV_SM_CLOCK", "hertz", _MEGA)
MEMORY_CLOCK: Final = Metric("DCGM_FI_DEV_MEM_CLOCK", "hertz", _MEGA)
CLOCK_REASONS: Final = Metric("emberline_gpu_clocks_event_reasons", "none")
UP: Final = Metric("emberline_gpu_up", "none")

_CHOSEN: Final = chosen("job", "instance", "gpu")
_LEGEND: Final = "{{Hostname}} GPU {{gpu}}"
_FULL: Final = (Step(0.9, "orange"), Step(0.98, "red"))
_WARM: Final = (Step(80, "orange"), Step(88, "red"))
THROTTLES: Final = {4: "power cap", 8: "hardware slowdown", 32: "software thermal", 64: "hardware thermal"}
"""Bits of the clock event reasons that mean less work per second."""


def _per_gpu(expr: Expr) -> tuple[Query, ...]:
    return (Query(expr, _LEGEND),)


def _each(metric: Metric) -> tuple[Query, ...]:
    return _per_gpu(now(metric, _CHOSEN))


def _one(function: str, metric: Metric, legend: str) -> tuple[Query, ...]:
    return (Query(reduced(function, now(metric, _CHOSEN)), legend),)


def _memory_size() -> Expr:
    used, free, reserved = (raw(metric, _CHOSEN) for metric in (MEMORY_USED, MEMORY_FREE, MEMORY_RESERVED))
    return Binary("+", Binary("+", used, free), reserved)


def _throttled() -> tuple[Query, ...]:
    reasons = now(CLOCK_REASONS, _CHOSEN)
    return tuple(Query(reduced("sum", bit(reasons, value)), name) for value, name in THROTTLES.items())


_GLANCE: Final = Row(
    "At a glance",
    (
        Panel(
            "GPUs answering",
            "GPUs whose driver answers. Fewer than the nodes hold: a GPU is lost or its driver hangs; see "
            "emberline_gpu_up for which.",
            _one("sum", UP, "answering"),
            "none",
            shape="stat",
            width=4,
            steady="a state: it moves when a GPU is lost",
        ),
        Panel(
            "Utilization",
            "Mean share of time in which a kernel ran. Paid for and idle below 30 %; saturated near 100 %.",
            _one("avg", UTILIZATION, "mean"),
            UTILIZATION.unit,
            shape="stat",
            width=5,
            minimum=0,
            maximum=100,
        ),
        Panel(
            "Memory used",
            "Share of all framebuffer memory in use. LLM servers reserve most of it at start, so high is normal; "
            "moving is what matters.",
            (Query(ratio(reduced("sum", raw(MEMORY_USED, _CHOSEN)), reduced("sum", _memory_size())), "used"),),
            "percentunit",
            shape="stat",
            width=5,
            minimum=0,
            maximum=1,
            steps=_FULL,
        ),
        Panel(
            "Hottest GPU",
            "The highest core temperature. Data-centre GPUs slow themselves down from about 85 °C.",
            _one("max", TEMPERATURE, "hottest"),
            TEMPERATURE.unit,
            shape="stat",
            width=5,
            steps=_WARM,
        ),
        Panel(
            "Power",
            "What all chosen GPUs draw together.",
            _one("sum", POWER, "total"),
            POWER.unit,
            shape="stat",
            width=5,
        ),
    ),
)

_USE: Final = Row(
    "Are they used?",
    (
        Panel(
            "Utilization by GPU",
            "Share of time in which a kernel ran; it says nothing about how much of the GPU that kernel used. "
            "Neighbours that differ for long: work is placed badly.",
            _each(UTILIZATION),
            UTILIZATION.unit,
            minimum=0,
            maximum=100,
        ),
        Panel(
            "Memory bandwidth in use by GPU",
            "Share of time in which memory was read or written. Decoding tokens is bound by memory: expect it high "
            "when utilization is.",
            _each(MEMORY_COPY),
            MEMORY_COPY.unit,
            minimum=0,
            maximum=100,
        ),
    ),
)

_MEMORY: Final = Row(
    "Do they hold the load?",
    (
        Panel(
            "Memory used by GPU",
            "Framebuffer memory in use. A slope that never turns is a leak.",
            _each(MEMORY_USED),
            MEMORY_USED.unit,
            minimum=0,
        ),
        Panel(
            "Share of memory used by GPU",
            "Used over used, free and reserved. Above 98 % the next allocation may fail.",
            _per_gpu(ratio(raw(MEMORY_USED, _CHOSEN), _memory_size())),
            "percentunit",
            minimum=0,
            maximum=1,
            steps=_FULL,
        ),
    ),
)

_LIMITS: Final = Row(
    "What holds them back?",
    (
        Panel(
            "Temperature by GPU",
            "Core temperature. One GPU far above its neighbours at the same load: look at its cooling.",
            _each(TEMPERATURE),
            TEMPERATURE.unit,
            steps=_WARM,
        ),
        Panel(
            "Memory temperature by GPU",
            "Temperature of the memory stacks, on GPUs that report it. HBM throttles from about 95 °C.",
            _each(MEMORY_TEMPERATURE),
            MEMORY_TEMPERATURE.unit,
        ),
        Panel(
            "Power by GPU",
            "Mean power, from the energy counter: what is drawn between two readings counts too, unlike in samples of "
            "the power reading.",
            _per_gpu(per_second(ENERGY, _CHOSEN)),
            ENERGY.unit,
            minimum=0,
        ),
        Panel(
            "Power against the limit by GPU",
            "Drawn over what the driver allows. At 100 % the clocks fall.",
            _per_gpu(ratio(raw(POWER, _CHOSEN), raw(POWER_LIMIT, _CHOSEN))),
            "percentunit",
            minimum=0,
            steps=(Step(0.95, "orange"), Step(1, "red")),
        ),
        Panel(
            "SM clock by GPU",
            "Speed of the processors. A drop under load, while others keep theirs, is throttling: the next panel "
            "names the reason.",
            _each(SM_CLOCK),
            SM_CLOCK.unit,
            minimum=0,
        ),
        Panel(
            "Throttled GPUs by reason",
            "How many GPUs run slower than they could, and why.",
            _throttled(),
            "none",
            minimum=0,
            steady="states: they move when throttling starts or ends",
        ),
        Panel(
            "Memory clock by GPU",
            "Speed of the memory. It falls when a GPU idles.",
            _each(MEMORY_CLOCK),
            MEMORY_CLOCK.unit,
            minimum=0,
            steady="it has few levels and may stay on one",
        ),
    ),
)

GPU_METRICS: Final = Board(
    id="D6",
    uid="emberline-gpu-metrics",
    title="GPU Metrics",
    description="Utilization, memory, temperature, power and clocks of every GPU. Reads emberline exporter; with "
    "dcgm-exporter the panels on answering GPUs, power limits and throttling reasons stay empty.",
    tags=("emberline", "ai-hub", "gpu"),
    variables=(
        Variable("job", "Job", UTILIZATION.name, "job"),
        Variable("instance", "Instance", UTILIZATION.name, "instance"),
        Variable("gpu", "GPU", UTILIZATION.name, "gpu"),
    ),
    rows=(_GLANCE, _USE, _MEMORY, _LIMITS),
)
"""The handbook's D6."""
