"""The rows of D6 on who uses the GPUs, what they draw for it, and what the servers on them make of it."""

from collections.abc import Callable
from typing import Final

from dashboards.board import Query, Row
from dashboards.each_gpu import EACH, highest
from dashboards.panels import from_above, lines
from dashboards.quantity import Quantity
from dashboards.scope import Scope

_NODE: Final = Scope.of("cluster", "job", "instance")
_OWNER: Final = ("namespace", "pod", "container")
_DISAGREE: Final = (
    ("emberline_gpu_idle_with_queue", "idles before a queue"),
    ("emberline_gpu_busy_without_requests", "works for nobody"),
)


def _split(ask: Callable[..., Quantity], metric: str) -> tuple[Quantity, Query]:
    """What each pod has, and what is nobody's: together what the devices say."""
    return ask(f'{metric}{{method!="unattributed"}}', *_OWNER), ask(f'{metric}{{method="unattributed"}}').named(
        "unattributed"
    )


def owners(at: Scope) -> Row:
    """Time, memory and power by pod."""
    return Row(
        "By whom?",
        (
            lines(
                "Utilization by pod",
                "Each pod's part of the GPUs' time; 2 is two GPUs all the time. How it was split: label `method`.",
                *_split(at.level, "emberline_pod_gpu_utilization_ratio"),
                width=8,
            ),
            lines(
                "Memory by pod",
                "Who holds the framebuffer.",
                *_split(at.level, "emberline_pod_gpu_memory_bytes"),
                width=8,
            ),
            lines(
                "Power by pod",
                "Each pod's share of the energy: what its bill is made of.",
                *_split(at.rate, "emberline_pod_gpu_energy_joules_total"),
                width=8,
            ),
        ),
    )


def energy(at: Scope) -> Row:
    """Power by GPU, and energy by token and by request."""
    drawn = at.level("DCGM_FI_DEV_POWER_USAGE", *EACH, reduce="max")
    return Row(
        "What do they take, and give?",
        (
            lines(
                "Power by GPU",
                "Mean power, from the energy counter: what is drawn between two readings counts too, unlike in samples "
                "of the power reading.",
                highest(at.rate("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", *EACH)),
                width=8,
            ),
            lines(
                "Power against the limit by GPU",
                "Drawn over what the driver allows. At 100 % the clocks fall.",
                highest(drawn / at.level("emberline_gpu_power_limit_watts", *EACH, reduce="max")),
                width=8,
                marks=from_above(0.95, 1),
            ),
            lines(
                "Peak power by GPU",
                "The highest sample since the last scrape: what the supply must bear.",
                highest(at.series("emberline_gpu_power_max_watts", *EACH)),
                width=8,
            ),
            lines(
                "Tokens for a joule",
                "Written, by server. It falls when batches get smaller, or clocks too high for them. "
                "Where other owners share the GPUs, at most what the server had.",
                _NODE.level('emberline_tokens_per_joule{type="generation"}', "target", reduce="max"),
                width=8,
            ),
            lines(
                "Energy of a request",
                "By server, from the GPUs under it: what one answer costs.",
                _NODE.level("emberline_energy_joules_per_request", "target", reduce="max"),
                width=8,
            ),
            lines(
                "Load and GPUs that disagree",
                "1: requests have waited for a minute while the server's GPUs idle (a hung engine, or one that waits "
                "for another), or its GPUs work although nobody asks (a leak, or somebody else's job).",
                *(
                    _NODE.level(metric, "target", reduce="max").named(f"{{{{target}}}} {what}")
                    for metric, what in _DISAGREE
                ),
                width=8,
                maximum=1,
                steady="both are 0 as long as load and GPUs agree",
            ),
        ),
    )
