"""The GPUs as the store holds them, believable or not."""

import json
import math

import pytest

from dashboards.gpu import CLOCK_REASONS, TEMPERATURE, UTILIZATION
from emberline.live.document import document
from emberline.live.gpus import gpus
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
    assert list(json.loads(document(seen))["gpus"][0]["values"]) == [UTILIZATION.name]


def test_gpus_are_sorted_by_number_whatever_their_index_says() -> None:
    names = ["10", "9", "0", "9" * 5000, "²"]
    seen = held(*((TEMPERATURE.name, {"gpu": name}, 40.0) for name in names))
    order = [gpu.index for gpu in seen.gpus]
    assert [name for name in order if name != "²"] == ["0", "9", "10", "9" * 5000]
    assert set(order) == set(names)
