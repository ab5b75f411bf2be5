"""The fake driver is a driver: what pynvml gets from it is what the test put there, and errors are NVML's."""

import math
import time
from collections.abc import Iterator

import pytest

from tests.fakedriver.client import Client, RefusedError, client
from tests.fakedriver.gpu import GPU_UTIL, GRAPHICS, MPS, RINGS, TOTAL_POWER
from tests.fakedriver.library import Build
from tests.fakedriver.state import GIB, NONE, FakeDriver

INVALID_ARGUMENT, NOT_SUPPORTED, NOT_FOUND, INSUFFICIENT_SIZE = 2, 3, 6, 7


@pytest.fixture
def asked(library: Build, driver: FakeDriver) -> Iterator[Client]:
    """A process that has NVML open."""
    with client(driver, library(())) as process:
        yield process


def samples(asked: Client, seen: int, kind: int = GPU_UTIL) -> object:
    return asked.ask(f"[(s.timeStamp, s.sampleValue.uiVal) for s in nvmlDeviceGetSamples(h, {kind}, {seen})[1]]")


def test_rings_give_what_is_newer_wrap_and_fall_silent(asked: Client, driver: FakeDriver) -> None:
    gpu = driver.gpu(0)
    assert asked.code(f"nvmlDeviceGetSamples(h, {GPU_UTIL}, 0)") == NOT_FOUND
    for number in range(1, 101):
        gpu.sample(GPU_UTIL, 1_000_000 + number, number % 100)
    assert samples(asked, 0) == [(1_000_000 + number, number % 100) for number in range(29, 101)]
    assert samples(asked, 1_000_098) == [(1_000_099, 99), (1_000_100, 0)]
    assert asked.ask(f"nvmlDeviceGetSamples(h, {GPU_UTIL}, 1000098)[0]") == 1, "unsigned int"
    assert asked.code(f"nvmlDeviceGetSamples(h, {GPU_UTIL}, 1000100)") == NOT_FOUND
    gpu.sample(TOTAL_POWER, 5, 123_456)
    assert samples(asked, 0, TOTAL_POWER) == [(5, 123_456)]


def test_a_buffer_that_is_too_small_is_told_the_size(asked: Client, driver: FakeDriver) -> None:
    for number in range(3):
        driver.gpu(0).sample(GPU_UTIL, 10 + number, number)
    asked.do(
        "def raw(room): n, t, b = c_uint(room), c_uint(), (c_nvmlSample_t * 9)(); "
        "return pynvml.nvmlLib.nvmlDeviceGetSamples(h, 1, c_ulonglong(0), byref(t), byref(n), b), n.value"
    )
    assert asked.ask("raw(2)") == (INSUFFICIENT_SIZE, 3)
    assert asked.ask("raw(9)") == (0, 3)


def test_rings_are_refused_where_there_are_none(asked: Client, driver: FakeDriver) -> None:
    driver.gpu(0).sample(GPU_UTIL, 1, 1)
    assert asked.code("nvmlDeviceGetSamples(h, 7, 0)") == NOT_SUPPORTED
    assert asked.code(f"nvmlDeviceGetSamples(h, {RINGS}, 0)") == INVALID_ARGUMENT
    driver.gpu(0).set_mig(on=True)
    assert asked.code(f"nvmlDeviceGetSamples(h, {GPU_UTIL}, 0)") == NOT_SUPPORTED


STATIC: dict[str, object] = {
    "nvmlSystemGetNVMLVersion()": "12.570.86.10",
    "nvmlDeviceGetIndex(h)": 1,
    "nvmlDeviceGetMinorNumber(h)": 1,
    "nvmlDeviceGetSerial(h)": "1320121000001",
    "nvmlDeviceGetVbiosVersion(h)": "94.02.75.00.01",
    "nvmlDeviceGetInforomVersion(h, 0)": "2.0",
    "nvmlDeviceGetInforomVersion(h, 1)": "6.16",
    "nvmlDeviceGetInforomVersion(h, 2)": NOT_SUPPORTED,
    "nvmlDeviceGetInforomImageVersion(h)": "G133.0200.00.05",
    "nvmlDeviceGetBrand(h)": 14,
    "[nvmlDeviceGetClockInfo(h, clock) for clock in range(4)]": [1411, 1411, 6251, 1276],
    "[nvmlDeviceGetMaxClockInfo(h, clock) for clock in range(4)]": [1695, 1695, 6251, 1500],
    "nvmlDeviceGetClockInfo(h, 4)": INVALID_ARGUMENT,
    "[nvmlDeviceGetTemperatureThreshold(h, which) for which in (0, 1, 3)]": [98, 95, 88],
    "nvmlDeviceGetTemperatureThreshold(h, 2)": NOT_SUPPORTED,
    "nvmlDeviceGetPowerManagementLimit(h)": 150_500,
    "nvmlDeviceGetPowerManagementDefaultLimit(h)": 150_000,
    "nvmlDeviceGetPowerManagementLimitConstraints(h)": [100_000, 150_750],
    "(lambda bar: [bar.bar1Total, bar.bar1Used, bar.bar1Free])(nvmlDeviceGetBAR1MemoryInfo(h))": [
        32 * GIB,
        GIB,
        31 * GIB,
    ],
    "nvmlDeviceGetPerformanceState(h)": 0,
    "nvmlDeviceGetFanSpeed(h)": NOT_SUPPORTED,
    "nvmlDeviceGetPersistenceMode(h)": 1,
    "nvmlDeviceGetComputeMode(h)": 0,
    "nvmlDeviceGetEccMode(h)": [1, 1],
    "[nvmlDeviceGetCurrPcieLinkGeneration(h), nvmlDeviceGetMaxPcieLinkGeneration(h)]": [1, 4],
    "[nvmlDeviceGetCurrPcieLinkWidth(h), nvmlDeviceGetMaxPcieLinkWidth(h)]": [16, 16],
    "nvmlDeviceGetPcieReplayCounter(h)": 9,
    "nvmlDeviceGetTotalEnergyConsumption(h)": 2**40,
    "[nvmlDeviceGetJpgUtilization(h)[0], nvmlDeviceGetOfaUtilization(h)[0]]": [5, 6],
    "(lambda l: [l.isGridLicenseSupported, l.licensableFeaturesCount, l.gridLicensableFeatures[0].featureState,"
    " l.gridLicensableFeatures[0].featureEnabled])(nvmlDeviceGetGridLicensableFeatures(h))": [1, 1, 5, 1],
    "nvmlDeviceGetHandleByUUID(nvmlDeviceGetUUID(h)) is not None": True,
    "nvmlDeviceGetHandleByUUID('GPU-nobody')": NOT_FOUND,
    "nvmlDeviceGetIndex(nvmlDeviceGetHandleByPciBusId('00000000:18:00.0'))": 1,
}


def test_identity_and_what_does_not_change(asked: Client, driver: FakeDriver) -> None:
    gpu = driver.gpu(1)
    gpu.replays, gpu.millijoules, gpu.jpg_percent, gpu.ofa_percent = 9, 2**40, 5, 6
    gpu.license.supported, gpu.license.count = 1, 1
    gpu.license.state[0], gpu.license.enabled[0] = 5, 1
    asked.do("h = nvmlDeviceGetHandleByIndex(1)")

    def said(expression: str) -> object:
        try:
            return asked.ask(expression)
        except RefusedError as refused:
            return refused.code

    assert {expression: said(expression) for expression in STATIC} == STATIC


def test_fields_have_scopes_a_time_and_a_cost(asked: Client, driver: FakeDriver) -> None:
    driver.gpu(0).answer(138, 11, scope=NONE, latency_us=40)
    driver.gpu(0).answer(138, 7, scope=2)
    driver.gpu(0).answer(82, 88, 1)
    asked.do(f"values = nvmlDeviceGetFieldValues(h, [(138, {NONE}), (138, 2), (138, 1), 82])")
    assert asked.ask("[(v.nvmlReturn, v.value.ullVal, v.latencyUsec) for v in values]") == [
        (0, 11, 40),
        (0, 7, 3),
        (NOT_SUPPORTED, 0, 0),
        (0, 88, 3),
    ]
    stamp = asked.ask("values[0].timestamp")
    assert isinstance(stamp, int)
    assert abs(stamp / 1e6 - time.time()) < 60


METRICS_GET = (
    "def metrics(first, second, *ids): g = c_nvmlGpmMetricsGet_t(); g.version = 1; g.numMetrics = len(ids); "
    "g.sample1, g.sample2 = first, second; [setattr(g.metrics[k], 'metricId', m) for k, m in enumerate(ids)]; "
    "nvmlGpmMetricsGet(g); return [(m.nvmlReturn, repr(m.value)) for m in g.metrics[:len(ids)]]"
)


def test_gpm_gives_each_metric_its_own_answer(asked: Client, driver: FakeDriver) -> None:
    gpu = driver.gpu(0)
    asked.do(METRICS_GET)
    asked.do("a, b = nvmlGpmSampleAlloc(), nvmlGpmSampleAlloc()")
    assert asked.ask("nvmlGpmQueryDeviceSupport(h).isSupportedDevice") == 0
    assert asked.code("nvmlGpmSampleGet(h, a)") == NOT_SUPPORTED
    gpu.gpm = 1
    assert asked.ask("nvmlGpmQueryDeviceSupport(h).isSupportedDevice") == 1
    gpu.metric(1, 12.5)
    asked.do("nvmlGpmSampleGet(h, a)")
    assert asked.code("metrics(a, b, 1)") == INVALID_ARGUMENT, "one sample is not taken yet"
    gpu.metric(1, 37.5)
    gpu.metric(2, math.nan)
    gpu.metric(5, 0.0, result=999)
    asked.do("import time; time.sleep(0.001); nvmlGpmSampleGet(h, b)")
    gpu.metric(1, 99.0)
    assert asked.ask("metrics(a, b, 1, 2, 5, 20)") == [(0, "37.5"), (0, "nan"), (999, "0.0"), (NOT_SUPPORTED, "0.0")]
    assert asked.code("metrics(b, a, 1)") == INVALID_ARGUMENT, "time goes forward"
    asked.do("nvmlGpmSampleFree(a); nvmlGpmSampleFree(b)")


def test_gpm_of_a_gpu_instance(asked: Client, driver: FakeDriver) -> None:
    gpu = driver.gpu(0)
    gpu.gpm = 1
    gpu.metric(1, 11.0)
    asked.do(METRICS_GET)
    asked.do("a, b = nvmlGpmSampleAlloc(), nvmlGpmSampleAlloc()")
    assert asked.code("nvmlGpmMigSampleGet(h, 7, a)") == NOT_SUPPORTED
    gpu.set_mig(on=True)
    gpu.create(gi=7).metric(1, 70.0)
    assert asked.code("nvmlGpmMigSampleGet(h, 8, a)") == INVALID_ARGUMENT
    asked.do("nvmlGpmMigSampleGet(h, 7, a); import time; time.sleep(0.001); nvmlGpmMigSampleGet(h, 7, b)")
    assert asked.ask("metrics(a, b, 1)") == [(0, "70.0")]
    asked.do("nvmlGpmSampleGet(h, b)")
    assert asked.code("metrics(a, b, 1)") == INVALID_ARGUMENT, "samples of two things"


def processes(asked: Client, kind: str, handle: str = "h") -> object:
    fields = "(p.pid, p.usedGpuMemory, p.gpuInstanceId)"
    return asked.ask(f"[{fields} for p in nvmlDeviceGet{kind}RunningProcesses_v3({handle})]")


def test_processes_by_kind_and_mig_device(asked: Client, driver: FakeDriver) -> None:
    gpu = driver.gpu(0)
    assert processes(asked, "Compute") == []
    gpu.start(100, GIB)
    gpu.start(101, 2 * GIB, gi=7, ci=0)
    gpu.start(102, 3 * GIB, GRAPHICS)
    gpu.start(103, 4 * GIB, MPS)
    assert processes(asked, "Compute") == [(100, GIB, NONE), (101, 2 * GIB, 7)]
    assert processes(asked, "Graphics") == [(102, 3 * GIB, NONE)]
    assert processes(asked, "MPSCompute") == [(103, 4 * GIB, NONE)]
    gpu.set_mig(on=True)
    gpu.create(gi=7)
    gpu.start(104, GIB, gi=7, ci=1)
    asked.do("a = nvmlDeviceGetMigDeviceHandleByIndex(h, 0)")
    assert processes(asked, "Compute", "a") == [(101, 2 * GIB, 7)]
    gpu.end(101)
    assert processes(asked, "Compute", "a") == []


def test_what_processes_used(asked: Client, driver: FakeDriver) -> None:
    gpu = driver.gpu(0)
    assert asked.code("nvmlDeviceGetProcessUtilization(h, 0)") == NOT_FOUND
    gpu.use(100, 1_000, sm=30, memory=10)
    gpu.use(101, 2_000, sm=60, encoder=5, decoder=6, jpg=7, ofa=8)
    fields = "(p.pid, p.timeStamp, p.smUtil, p.memUtil, p.encUtil, p.decUtil)"
    both = [(100, 1_000, 30, 10, 0, 0), (101, 2_000, 60, 0, 5, 6)]
    assert asked.ask(f"[{fields} for p in nvmlDeviceGetProcessUtilization(h, 0)]") == both
    assert asked.ask(f"[{fields} for p in nvmlDeviceGetProcessUtilization(h, 1000)]") == both[1:]
    assert asked.ask(f"[{fields} for p in nvmlDeviceGetProcessesUtilizationInfo(h, 0)]") == both
    assert asked.ask("[(p.jpgUtil, p.ofaUtil) for p in nvmlDeviceGetProcessesUtilizationInfo(h, 1000)]") == [(7, 8)]
    assert asked.code("nvmlDeviceGetProcessesUtilizationInfo(h, 2000)") == NOT_FOUND
