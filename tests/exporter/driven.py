"""The node process as a user starts it, on the fake driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exporter.nvml.questions import FIELDS, METRICS
from tests.exporter.running import Exporter, exporter
from tests.fakedriver.gpu import GPU_UTIL, MEM_UTIL, TOTAL_POWER
from tests.fakedriver.state import FakeDriver, Gpu

_STEP_US = 150_000
MEMORY_MAX = 2  # nvmlTemperatureThresholds_t


@contextmanager
def driven(
    folder: Path, driver: FakeDriver, library: Path, *options: str, interval: str = "200ms", targets: str = ""
) -> Iterator[Exporter]:
    """The process with the driver's GPUs on its page."""
    environment = {"LD_LIBRARY_PATH": str(library), "FAKE_NVML_STATE": str(driver.path), "NODE_NAME": "node-1"}
    words = ("--interval", interval, *options)
    with exporter(folder, *words, targets=targets, environment=environment) as running:
        running.becomes(1, "emberline_nvml_up")
        yield running


def furnish(gpu: Gpu) -> None:
    """Let a GPU answer everything that the fake driver can."""
    for number, (field, scope) in enumerate(FIELDS.values(), start=1):
        gpu.answer(field, 1 if field in {31, 144, 145, 230} else number, scope=scope)
    gpu.gpm = 1
    for number, metric in enumerate(METRICS.values(), start=1):
        gpu.metric(metric, float(number))
    for number in range(1, 21):
        gpu.sample(GPU_UTIL, number * _STEP_US, number)
        gpu.sample(MEM_UTIL, number * _STEP_US, number)
        gpu.sample(TOTAL_POWER, number * _STEP_US, 1000 * number)
    gpu.clock_reasons = 4
    gpu.fan_percent, gpu.thresholds[MEMORY_MAX] = 30, 95
    gpu.set_mig(on=False)
