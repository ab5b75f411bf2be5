"""The GPUs as the store holds them, believable or not."""

import math

import pytest

from dashboards.gpu import BUSY, CLOCK_REASONS, TEMPERATURE, UTILIZATION, UTILIZATION_MAX
from emberline.live.document import status
from emberline.live.gpus import gpus
from emberline.live.hardware import gpu_view
from emberline.live.present import view
from emberline.live.snapshot import Snapshot
from emberline.sources.store import Store
from slo.selector import labels_of
from tests.emberline.live.made import AT


def held(*values: tuple[str, dict[str, str], float]) -> Snapshot:
    """What is known after one scrape with these values."""
    store = Store()
    for metric, labels, value in values:
        series = store.series(metric, labels_of({"instance": "node-a:9400", **labels}))
        assert series is not None
        store.append((series,), AT - 1000, (value,))
    return Snapshot(AT, (), gpus(store, AT), (), ())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_counts_as_not_exported(value: float) -> None:
    one = {"gpu": "0"}
    seen = held((CLOCK_REASONS.name, one, value), (TEMPERATURE.name, one, value), (UTILIZATION.name, one, 0.61))
    (gpu,) = view(seen, AT).gpus
    assert (gpu.state, gpu.temperature, gpu.utilization) == ("ok", "–", f"{0.61 * float(UTILIZATION.factor):.0f} %")
    assert list(status(seen)["gpus"][0]["values"]) == [UTILIZATION.name]


def test_gpus_are_sorted_by_number_whatever_their_index_says() -> None:
    names = ["10", "9", "0", "9" * 5000, "²"]
    seen = held(*((TEMPERATURE.name, {"gpu": name}, 40.0) for name in names))
    order = [gpu.index for gpu in seen.gpus]
    assert [name for name in order if name != "²"] == ["0", "9", "10", "9" * 5000]
    assert set(order) == set(names)


def test_true_peaks_owners_states_and_xids_are_joined_by_gpu() -> None:
    one, other = {"gpu": "0", "UUID": "GPU-a"}, {"gpu": "1", "UUID": "GPU-b"}
    pod = {"namespace": "ai-hub", "pod": "vllm-0", "container": "server"}
    seen = held(
        (UTILIZATION_MAX.name, one, 1.0),
        (UTILIZATION.name, one | pod, 40.0),
        ("emberline_pod_gpu_memory_bytes", one | pod | {"pod": "embedder-0"}, 5.0),
        ("emberline_gpu_state", one | {"state": "ok"}, 0.0),
        ("emberline_gpu_state", one | {"state": "wedged"}, 1.0),
        ("emberline_gpu_xid_errors_total", one | {"xid": "79"}, 2.0),
        ("emberline_gpu_xid_errors_total", one | {"xid": "13"}, 0.0),
        (UTILIZATION_MAX.name, other, 0.25),
    )
    first, second = seen.gpus
    assert (first.state, first.xids) == ("wedged", {"79": 2})
    assert [owner.pod for owner in first.owners] == ["embedder-0", "vllm-0"]
    assert list(first.values) == [UTILIZATION.name, UTILIZATION_MAX.name]
    assert (second.state, second.xids, second.owners) == ("", {}, ())
    shown = gpu_view(first)
    assert (shown.peak, shown.utilization, shown.xids, shown.tone) == ("100 %", "40 %", "79 ×2", "bad")
    assert shown.owners == ("ai-hub/embedder-0/server", "ai-hub/vllm-0/server")


def test_devices_of_one_gpu_stand_apart() -> None:
    part = {"gpu": "0", "UUID": "GPU-a", "GPU_I_PROFILE": "1g.10gb"}
    seen = held((UTILIZATION.name, part | {"GPU_I_ID": "7"}, 10.0), (UTILIZATION.name, part | {"GPU_I_ID": "8"}, 90.0))
    assert [(gpu_view(gpu).index, gpu_view(gpu).utilization) for gpu in seen.gpus] == [
        ("0 1g.10gb 7", "10 %"),
        ("0 1g.10gb 8", "90 %"),
    ]


@pytest.mark.parametrize(
    ("values", "busy"), [((10.0, 40.0), 0.5), ((10.0, 40.0, 15.0), 0.375), ((10.0,), None), ((10.0, math.nan), None)]
)
def test_busy_is_the_rise_of_its_counter_also_over_a_restart(values: tuple[float, ...], busy: float | None) -> None:
    store = Store()
    series = store.series(BUSY.name, labels_of({"gpu": "0"}))
    assert series is not None
    for place, value in enumerate(values):
        store.append((series,), AT - 120_000 + place * 60_000, (value,))
    (gpu,) = gpus(store, AT)
    assert gpu.busy == busy
