"""The model servers as the store holds the exporter's verdicts."""

import pytest

from emberline.live.hardware import model_view
from emberline.live.models import model_servers
from emberline.sources.store import Store
from slo.selector import labels_of
from tests.emberline.live.made import AT, server

UP, ENDPOINT = "emberline_target_up", "emberline_target_endpoint_up"


def held(*values: tuple[str, dict[str, str], float]) -> Store:
    store = Store()
    for metric, labels, value in values:
        series = store.series(metric, labels_of(labels))
        assert series is not None
        store.append((series,), AT - 1000, (value,))
    return store


def test_verdicts_are_joined_by_target_and_only_of_model_servers() -> None:
    own, other = {"target": "a", "kind": "vllm"}, {"target": "m", "kind": "milvus"}
    store = held(
        (UP, own, 1.0),
        (UP, other, 1.0),
        (ENDPOINT, own | {"endpoint": "health"}, 1.0),
        (ENDPOINT, own | {"endpoint": "models"}, 0.0),
        (ENDPOINT, other | {"endpoint": "health"}, 0.0),
        ("emberline_vllm_model_info", {"target": "a", "model_name": "y"}, 1.0),
        ("emberline_vllm_model_info", {"target": "a", "model_name": "x"}, 1.0),
        ("emberline_vllm_stats_logged", {"target": "a"}, 1.0),
        ("emberline_vllm_requests_running", {"target": "a"}, 4.0),
        ("emberline_vllm_kv_cache_usage_ratio", {"target": "a"}, float("nan")),
    )
    (found,) = model_servers(store, AT)
    assert found == server("a", failing=("models",), models=("x", "y"), running=4.0)
    assert model_servers(Store(), AT) == ()


@pytest.mark.parametrize(
    ("said", "state", "tone"),
    [
        ({}, "up", "good"),
        ({"up": False}, "down", "bad"),
        ({"up": False, "failing": ("health",)}, "down, fails: health", "bad"),
        ({"failing": ("metrics",)}, "fails: metrics", "warn"),
        ({"logs_statistics": False}, "up, but its statistics are switched off", "warn"),
    ],
)
def test_a_verdict_in_words(said: dict[str, object], state: str, tone: str) -> None:
    found = model_view(server("a", **said))
    assert (found.state, found.tone) == (state, tone)


def test_numbers_have_units_and_unknown_ones_a_dash() -> None:
    found = model_view(server("a", running=12.0, kv_cache=0.414))
    assert (found.running, found.waiting, found.kv_cache) == ("12", "–", "41 %")
