"""Targets that pods ask for by their annotations."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.targets.target import Canary, Target
from exporter.targets_pods import PREFIX, TARGETS, Found, PodTarget, targets_of


def pod(name: str = "llm-0", ip: str | None = "10.0.0.7", phase: str = "Running", **annotations: str) -> dict[str, Any]:
    """A pod as the API server sends it; underscores in the names of annotations stand for hyphens."""
    return {
        "metadata": {
            "name": name,
            "namespace": "ai-hub",
            "uid": f"uid-of-{name}",
            "annotations": {"other.io/kind": "x"}
            | {f"{PREFIX}{key.replace('_', '-')}": text for key, text in annotations.items()},
        },
        "status": {
            "phase": phase,
            **({} if ip is None else {"podIP": ip}),
            "containerStatuses": [
                {"name": "llm", "state": {"running": {"startedAt": "2026-11-29T22:00:00Z"}}},
                {"name": "side", "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
            ],
        },
    }


def only(found: Found) -> PodTarget:
    assert found.faults == ()
    (one,) = found.targets
    return one


def test_a_pod_says_what_it_is_and_the_rest_has_defaults() -> None:
    found = only(targets_of([pod(kind="vllm")]))
    assert found == PodTarget(
        Target(
            *("vllm", "ai-hub/llm-0", "http://10.0.0.7:8000", "http://10.0.0.7:19530", 5.0, 3.0),
            pod=("ai-hub", "llm-0"),
        ),
        "uid-of-llm-0",
        terminating=False,
        started_at=1795989600.0,
    )


def test_every_annotation_can_be_written() -> None:
    found = only(
        targets_of(
            [
                pod(
                    kind="vllm",
                    scheme="https",
                    port="8443",
                    interval="15s",
                    timeout="2s",
                    stalled_after="1m",
                    starting_for="20m",
                    canary="30s",
                    relay="true",
                )
            ]
        )
    ).target
    assert (found.url, found.interval, found.timeout) == ("https://10.0.0.7:8443", 15, 2)
    assert (found.stalled_after, found.starting_for, found.canary, found.relay) == (60, 1200, Canary(30), True)
    database = only(targets_of([pod(kind="milvus", rest_port="443")])).target
    assert (database.url, database.rest_url) == ("http://10.0.0.7:9091", "http://10.0.0.7:443")


def test_an_address_of_ipv6_is_written_as_one() -> None:
    assert only(targets_of([pod(kind="milvus", ip="fd00::7")])).target.rest_url == "http://[fd00::7]:19530"


@pytest.mark.parametrize(
    "passed_over",
    [pod(), pod(kind="vllm", ip=None), pod(kind="vllm", phase="Succeeded"), pod(kind="vllm", phase="Failed"), {}],
)
def test_a_pod_that_asks_for_nothing_or_has_no_address_is_passed_over(passed_over: dict[str, Any]) -> None:
    assert targets_of([passed_over]) == Found((), ())


def test_a_pod_that_is_being_deleted_says_so() -> None:
    leaving = pod(kind="vllm")
    leaving["metadata"]["deletionTimestamp"] = "2026-11-29T23:00:00Z"
    assert only(targets_of([leaving])).terminating


@pytest.mark.parametrize(
    ("annotations", "fault"),
    [
        ({"kind": "llm"}, "emberline.io/kind: Input should be 'vllm' or 'milvus'"),
        ({"port": "8000"}, "emberline.io/kind: Input should be 'vllm' or 'milvus'"),
        ({"kind": "vllm", "port": "99999"}, "emberline.io/url: Port out of range 0-65535"),
        ({"kind": "vllm", "scheme": "file"}, "emberline.io/scheme: must be http or https"),
        ({"kind": "vllm", "scheme": "http://169.254.169.254/latest"}, "emberline.io/scheme: must be http or https"),
        ({"kind": "vllm", "scheme": "HTTP"}, "emberline.io/scheme: must be http or https"),
        ({"kind": "vllm", "port": "1@10.0.0.1:80"}, "emberline.io/port: must be the number of a port"),
        ({"kind": "milvus", "rest-port": "1/../x"}, "emberline.io/rest-port: must be the number of a port"),
        ({"kind": "vllm", "port": "\u0661"}, "emberline.io/port: must be the number of a port"),
        ({"kind": "vllm", "interval": "often"}, "emberline.io/interval: 'often' is not a length of time"),
        ({"kind": "vllm", "canary": "1ms"}, "emberline.io/canary.interval: Input should be greater than or equal"),
        ({"kind": "milvus", "canary": "1m"}, "canary belongs to kind vllm"),
        ({"kind": "vllm", "credentials_file": "/run/secrets/x"}, "emberline.io/credentials-file: no such annotation"),
    ],
)
def test_a_pod_whose_annotations_are_no_target_is_named_and_the_others_stand(
    annotations: dict[str, str], fault: str
) -> None:
    found = targets_of([pod("good", kind="vllm"), pod("bad", **annotations)])
    assert [one.target.name for one in found.targets] == ["ai-hub/good"]
    assert found.faults[0].startswith(f"pod ai-hub/bad: {fault}")


def test_a_node_has_a_bounded_number_of_them_in_a_steady_order() -> None:
    pods = [pod(f"p{index:03}", kind="vllm") for index in range(TARGETS + 1)]
    found = targets_of(reversed(pods))
    assert [one.target.name for one in found.targets] == [f"ai-hub/p{index:03}" for index in range(TARGETS)]
    assert found.faults == (f"pod ai-hub/p{TARGETS:03}: more than {TARGETS} pods want to be targets",)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metadata", "status", "annotations", f"{PREFIX}kind", "podIP", "containerStatuses"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["metadata", "status"]), ODD))
def test_no_pod_of_odd_form_spoils_the_others(odd: dict[str, Any]) -> None:
    found = targets_of([odd, pod("good", kind="vllm")])
    assert "ai-hub/good" in [one.target.name for one in found.targets]
