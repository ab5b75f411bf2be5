"""Our verdicts on the GPUs, on the process that asks about them, and on what asking costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from exporter.metric import Metric, Point
from exporter.nvml.latest import Latest, Seen
from exporter.nvml.reading import State
from native.exposition import Labels

Labelled = Sequence[tuple[Seen, Labels]]
"""GPUs with the labels that say which each one is."""

NVML_UP: Final = Metric("emberline_nvml_up", "gauge", "Whether NVML is open and its readings keep coming.")
NVML_AGE: Final = Metric(
    "emberline_nvml_reading_age_seconds", "gauge", "Time since NVML last gave a reading of this node."
)
RELEASED: Final = Metric(
    "emberline_nvml_released", "gauge", "Whether every handle of the driver was let go of, as SIGUSR1 asks."
)
RESTARTS: Final = Metric(
    "emberline_nvml_child_restarts_total", "counter", "How often the process that calls NVML had to be replaced."
)
ABANDONED: Final = Metric(
    "emberline_nvml_children_abandoned", "gauge", "Killed processes that the kernel still holds in a driver call."
)
SPENT: Final = Metric(
    "emberline_nvml_call_seconds_total", "counter", "Time spent in calls of the driver, by family of questions."
)
GPU_UP: Final = Metric("emberline_gpu_up", "gauge", "Whether this GPU answers, be it slowly.")
GPU_STATE: Final = Metric(
    "emberline_gpu_state", "gauge", "1 for the state that this GPU is in; ok and slow are 0 while nothing is read."
)
GPU_AGE: Final = Metric("emberline_gpu_reading_age_seconds", "gauge", "Time since this GPU last answered.")

_STATES: Final = get_args(State)


@dataclass(frozen=True, slots=True)
class Child:
    """The process behind the readings: whether they keep coming, replacements so far, those given up, released."""

    up: bool
    restarts: int
    abandoned: int
    released: bool = False


def of_gpus(labelled: Labelled, child: Child, at: float) -> Iterator[Point]:
    """Verdicts on each GPU at `at` (monotonic seconds)."""
    for gpu, labels in labelled:
        yield GPU_UP.at(labels, child.up and gpu.up)
        for state in _STATES:
            yield GPU_STATE.at((*labels, ("state", state)), gpu.state == state and (child.up or not gpu.up))
        if gpu.at is not None:
            yield GPU_AGE.at(labels, at - gpu.at)


def of_node(own: Labels, child: Child, latest: Latest, at: float) -> Iterator[Point]:
    """Verdicts on the node at `at` (monotonic seconds), under labels of its own."""
    yield NVML_UP.at(own, child.up)
    if latest.at is not None:
        yield NVML_AGE.at(own, at - latest.at)
    yield RELEASED.at(own, child.released)
    yield RESTARTS.at(own, child.restarts)
    yield ABANDONED.at(own, child.abandoned)
    for family, seconds in sorted(latest.spent.items()):
        yield SPENT.at((*own, ("family", family)), seconds)
