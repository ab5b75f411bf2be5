"""What is told of an InferenceService, value by value."""

import copy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.kserve.service import REVISIONS, InferenceService, read_service
from exporter.metric import gather
from native.exposition import encode
from tests.exporter.kserve.services import VALIDATOR, service, unready


def told(document: dict[str, Any]) -> dict[str, float]:
    """The points by name and the values of their labels behind namespace and name."""
    found = read_service(document)
    assert found is not None
    return {
        " ".join([point.metric.name.removeprefix("emberline_kserve_"), *(value for _, value in point.labels[2:])]): (
            point.value
        )
        for point in found.points()
    }


def test_a_ready_service_tells_everything() -> None:
    document = service()
    VALIDATOR.validate(document)
    assert told(document) == {
        "inference_service_info Serverless huggingface kserve-vllm": 1,
        "ready": 1,
        "status_current": 1,
        "ready_transition_timestamp_seconds": 1795989600,
        "condition IngressReady": 1,
        "condition PredictorReady": 1,
        "condition Ready": 1,
        "min_replicas predictor": 1,
        "max_replicas predictor": 4,
        "traffic_ratio predictor llama-00002  true": 1,
        "model_copies total": 2,
        "model_copies failed": 0,
        "model_state active Loaded": 1,
        "model_state target Loaded": 1,
    }


def test_a_service_that_fails_says_why() -> None:
    document = unready("llama")
    VALIDATOR.validate(document)
    found = told(document)
    assert found["ready"] == 0
    assert found["condition PredictorReady"] == 0
    assert found["model_failure ModelLoadFailed"] == 1
    assert found["model_state target FailedToLoad"] == 1
    assert found["model_copies failed"] == 1
    assert found["ready_transition_timestamp_seconds"] == 1795993200


def test_unknown_is_not_ready_and_no_status_is_not_ready() -> None:
    waiting = service(conditions=[{"type": "Ready", "status": "Unknown"}])
    assert told(waiting)["ready"] == 0
    new = service()
    del new["status"]
    VALIDATOR.validate(new)
    assert told(new) == {
        "inference_service_info  huggingface kserve-vllm": 1,
        "ready": 0,
        "status_current": 1,
        "min_replicas predictor": 1,
        "max_replicas predictor": 4,
    }


def test_a_status_about_an_older_specification_says_so() -> None:
    behind = service(observedGeneration=2)
    VALIDATOR.validate(behind)
    assert told(behind)["status_current"] == 0
    assert told(behind)["ready"] == 1


@pytest.mark.parametrize(
    ("spec", "replicas"),
    [
        ({}, {"min_replicas predictor": 1}),
        ({"minReplicas": 0, "maxReplicas": 3}, {"min_replicas predictor": 0, "max_replicas predictor": 3}),
        ({"minReplicas": 2, "maxReplicas": 0}, {"min_replicas predictor": 2}),
        ({"minReplicas": -1}, {"min_replicas predictor": 1}),
        ({"minReplicas": True, "maxReplicas": "4"}, {"min_replicas predictor": 1}),
    ],
)
def test_replicas_are_what_is_written_or_kserves_default(spec: dict[str, Any], replicas: dict[str, float]) -> None:
    document = service()
    document["spec"] = {"predictor": spec}
    assert {name: value for name, value in told(document).items() if "_replicas" in name} == replicas


def test_a_transformer_has_bounds_and_traffic_of_its_own() -> None:
    document = service()
    document["spec"]["transformer"] = {"minReplicas": 2}
    document["status"]["components"]["transformer"] = {"traffic": [{"revisionName": "t-1", "percent": 100}]}
    VALIDATOR.validate(document)
    found = told(document)
    assert found["min_replicas transformer"] == 2
    assert found["traffic_ratio transformer t-1  false"] == 1


def test_a_canary_shares_the_traffic() -> None:
    document = service()
    document["spec"]["predictor"]["canaryTrafficPercent"] = 10
    document["status"]["components"]["predictor"]["traffic"] = [
        {"revisionName": "llama-00003", "latestRevision": True, "percent": 10},
        {"revisionName": "llama-00002", "tag": "prev", "latestRevision": False, "percent": 90},
        {"revisionName": "llama-00003", "tag": "latest", "latestRevision": True},
    ]
    VALIDATOR.validate(document)
    shares = {name: value for name, value in told(document).items() if name.startswith("traffic")}
    assert shares == {
        "traffic_ratio predictor llama-00003  true": 0.1,
        "traffic_ratio predictor llama-00002 prev false": 0.9,
    }


def test_revisions_are_bounded() -> None:
    traffic = [{"revisionName": f"r{index}", "percent": 1} for index in range(REVISIONS + 5)]
    found = read_service(service(components={"predictor": {"traffic": traffic}}))
    assert found is not None
    assert len(found.traffic) == REVISIONS


@pytest.mark.parametrize("metadata", [{}, {"name": "x"}, {"name": "", "namespace": "n"}, {"name": 3, "namespace": "n"}])
def test_a_service_without_a_name_is_none(metadata: dict[str, Any]) -> None:
    assert read_service({"metadata": metadata, "spec": {}}) is None


def test_the_schema_finds_what_is_misspelt() -> None:
    """The tests of this folder stand on it."""
    changes: list[dict[str, Any]] = [{"condition": []}, {"deploymentMode": 3}, {"modelStatus": {}}]
    for change in changes:
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(service(**change))
    document = service()
    document["spec"]["predictor"]["minReplicas"] = "1"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a", "\ud800", "Ready", "True"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "status", "percent", "revisionName", "traffic", "predictor", "states"]), inner
        )
    ),
    max_leaves=8,
)


@given(data=st.data())
@settings(max_examples=60)
def test_no_object_can_spoil_the_page(data: st.DataObject) -> None:
    document = copy.deepcopy(service())
    for part in ("spec", "status"):
        for key in list(document[part]):
            if data.draw(st.booleans()):
                document[part][key] = data.draw(ODD)
    found = read_service(document)
    assert isinstance(found, InferenceService)
    page = encode(gather(found.points())).decode()
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    assert len({(one.name, *sorted(one.labels.items())) for one in samples}) == len(samples)
