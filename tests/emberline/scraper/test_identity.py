"""Names and labels as Prometheus stores them."""

import pytest

from emberline.sources.identity import identity
from emberline.sources.target import Target
from native.exposition import FamilyType
from slo.duration import Duration

TARGET = (("instance", "host:1"), ("job", "vllm"), ("pod", "outer"))


def target(*, honor: bool = False) -> Target:
    return Target("vllm", "http://host:1/metrics", TARGET, Duration(1000), honor_labels=honor)


@pytest.mark.parametrize(
    ("page", "honor", "expected"),
    [
        ({}, False, {"instance": "host:1", "job": "vllm", "pod": "outer"}),
        ({"a": "1"}, False, {"instance": "host:1", "job": "vllm", "pod": "outer", "a": "1"}),
        ({"a": ""}, False, {"instance": "host:1", "job": "vllm", "pod": "outer"}),
        ({"pod": "p"}, False, {"instance": "host:1", "job": "vllm", "pod": "outer", "exported_pod": "p"}),
        ({"pod": "p"}, True, {"instance": "host:1", "job": "vllm", "pod": "p"}),
        ({"pod": ""}, True, {"instance": "host:1", "job": "vllm", "pod": "outer"}),
        (
            {"pod": "p", "exported_pod": "q"},
            False,
            {"instance": "host:1", "job": "vllm", "pod": "outer", "exported_exported_pod": "p", "exported_pod": "q"},
        ),
        ({"job": "j"}, False, {"instance": "host:1", "job": "vllm", "pod": "outer", "exported_job": "j"}),
    ],
)
def test_labels_of_page_and_target_meet(page: dict[str, str], honor: bool, expected: dict[str, str]) -> None:  # noqa: FBT001
    assert identity(target(honor=honor), page.items(), "gauge") == tuple(sorted(expected.items()))


@pytest.mark.parametrize(
    ("kind", "label", "written", "stored"),
    [
        ("histogram", "le", "5", "5.0"),
        ("histogram", "le", "5.0", "5.0"),
        ("histogram", "le", "0.50", "0.5"),
        ("histogram", "le", "1000000", "1e+06"),
        ("histogram", "le", "0.00001", "1e-05"),
        ("histogram", "le", "+Inf", "+Inf"),
        ("histogram", "le", "wide", "wide"),
        ("histogram", "quantile", "1", "1"),
        ("summary", "quantile", "1", "1.0"),
        ("summary", "le", "5", "5"),
        ("gauge", "le", "5", "5"),
        ("gauge", "quantile", "0.50", "0.50"),
    ],
)
def test_bounds_are_spelt_in_one_way(kind: FamilyType, label: str, written: str, stored: str) -> None:
    assert dict(identity(target(), [(label, written)], kind))[label] == stored
