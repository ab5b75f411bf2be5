"""Captured pages in motion."""

import numpy as np
import pytest

from emberline.demo.captured import Direction, captured
from emberline.demo.component import Component, assemble
from emberline.demo.driver import All, One
from emberline.demo.flow import Flow
from emberline.demo.metrics import Spread

ORIGIN = 1_790_000_000_000
FLOW = Flow.drawn("requests", 1, ORIGIN, 10)
NOW = ORIGIN + 86_400_000
REQUESTS = float(np.floor(FLOW.events(np.array([NOW])))[0])
"""Whole ones: nothing on a page counts parts of an event."""


def numbers(component: Component, at: int = NOW) -> dict[str, float]:
    """The value of every series that has no label but `engine`, `model_name` and `simulated`, and of some by `le`."""
    values = component.values(np.array([at]))[:, 0].tolist()
    plain = {"engine", "model_name", "simulated", "node_id"}
    found = {}
    for sample, value in zip(component.samples, values, strict=True):
        rest = [f'{label}="{text}"' for label, text in sample.labels if label not in plain]
        found[f"{sample.name}{{{','.join(rest)}}}" if rest else sample.name] = value
    return found


def vllm(**more: object) -> Component:
    direction = Direction(All(FLOW), 43, ORIGIN, {("model_name", "tiny"): "mine"}, **more)  # type: ignore[arg-type]
    return assemble("vllm", "here", captured("vllm", direction))


@pytest.mark.parametrize(
    ("series", "share"),
    [
        ("vllm:generation_tokens_total", 2258 / 43),
        ("vllm:e2e_request_latency_seconds_count", 1.0),
        ('vllm:e2e_request_latency_seconds_bucket{le="5.0"}', 6 / 43),
        ("vllm:e2e_request_latency_seconds_sum", 856.3923280239105 / 43),
        ('http_request_size_bytes_sum{handler="/v1/completions"}', 14503 / 43),
    ],
)
def test_what_counts_keeps_the_captured_proportion_to_requests(series: str, share: float) -> None:
    assert abs(numbers(vllm())[series] - share * REQUESTS) <= 1


@pytest.mark.parametrize(
    ("series", "value"),
    [
        ("process_open_fds", 34.0),
        ("vllm:kv_cache_usage_perc", 0.0),
        ("process_start_time_seconds", ORIGIN / 1000),
        ("vllm:generation_tokens_created", ORIGIN / 1000),
    ],
)
def test_a_gauge_stays_as_it_was_and_a_moment_is_that_of_the_start(series: str, value: float) -> None:
    assert numbers(vllm())[series] == numbers(vllm(), NOW + 3_600_000)[series] == value


def test_what_is_driven_on_purpose_follows_its_driver_and_nothing_else_does() -> None:
    given = {"vllm:num_requests_running": ((One(), 7.0),), 'vllm:request_success_total{finished_reason="stop"}': ()}
    found = numbers(vllm(numbers=given))
    assert found["vllm:num_requests_running"] == 7
    assert found["vllm:num_requests_waiting"] == 0
    assert found['vllm:request_success_total{finished_reason="stop"}'] == 0
    assert abs(found['vllm:request_success_total{finished_reason="length"}'] - 40 / 43 * REQUESTS) <= 1


def test_a_histogram_that_is_driven_takes_its_spread_and_keeps_its_buckets() -> None:
    parts = ((All(FLOW), Spread(5.0, 0.5)),)
    before, after = numbers(vllm()), numbers(vllm(spreads={"vllm:e2e_request_latency_seconds": parts}))
    assert before.keys() == after.keys()
    assert abs(after['vllm:e2e_request_latency_seconds_bucket{le="5.0"}'] - REQUESTS / 2) <= 1
    assert before["vllm:time_to_first_token_seconds_sum"] == after["vllm:time_to_first_token_seconds_sum"]


def test_a_captured_sum_below_zero_does_not_fall() -> None:
    milvus = assemble("milvus", "here", captured("milvus", Direction(All(FLOW), 720, ORIGIN)))
    assert numbers(milvus)['milvus_meta_kv_size_sum{meta_op_type="get"}'] == 0


def test_label_values_are_renamed_and_the_rest_stay() -> None:
    names = {dict(sample.labels).get("model_name") for sample in vllm().samples}
    assert names == {"mine", None}
