from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.pods.labels import Allowed, PodDetails
from exporter.pods.objects import KnownPod, Slice, published, read_pod, read_slice
from exporter.pods.owners import PublishedDevice
from tests.exporter.kubernetes.apiserver import pod

DRIVER = "gpu.nvidia.com"
EVERY = Allowed()


def test_a_pod_is_its_name_its_uid_and_its_allowed_labels() -> None:
    item = pod("vllm-0", labels={"app": "chat", "secret": "x"})
    assert read_pod(item, {"app"}) == KnownPod(
        ("team", "vllm-0"), PodDetails("uid-vllm-0", {"app": "chat"}), "uid-vllm-0"
    )
    found = read_pod(item, EVERY)
    assert found is not None
    assert set(found.details.labels) == {"app", "secret"}


def test_a_static_pods_processes_bear_the_uid_of_its_file() -> None:
    found = read_pod(pod("proxy", hash="0123", mirror="0123"), EVERY)
    assert found is not None
    assert (found.details.uid, found.cgroup_uid) == ("uid-proxy", "0123")
    only_said = read_pod(pod("proxy", hash="0123"), EVERY)
    assert only_said is not None
    assert only_said.cgroup_uid == "uid-proxy", "anybody may write the one annotation alone"


def resource_slice(device: dict[str, Any], generation: object = 1, driver: str = DRIVER) -> dict[str, Any]:
    return {"spec": {"driver": driver, "pool": {"name": "node-1", "generation": generation}, "devices": [device]}}


GPU = {"uuid": {"string": "GPU-1"}, "type": {"string": "gpu"}, "index": {"int": 0}}
MIG = {
    "uuid": {"string": "MIG-1"},
    "type": {"string": "mig"},
    "parentUUID": {"string": "GPU-1"},
    "profile": {"string": "1g.10gb"},
}


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ({"name": "gpu-0", "attributes": GPU}, PublishedDevice("GPU-1")),
        ({"name": "gpu-0", "basic": {"attributes": GPU}}, PublishedDevice("GPU-1")),
        ({"name": "gpu-0", "attributes": {f"{DRIVER}/uuid": {"string": "GPU-1"}}}, PublishedDevice("GPU-1")),
        ({"name": "gpu-0", "attributes": MIG}, PublishedDevice("MIG-1", "GPU-1", "1g.10gb")),
        ({"name": "gpu-0"}, PublishedDevice("")),
    ],
)
def test_devices_of_each_version_of_the_api(device: dict[str, Any], expected: PublishedDevice) -> None:
    assert read_slice(resource_slice(device)) == Slice(1, {(DRIVER, "node-1", "gpu-0"): expected})


def test_slices_of_other_drivers_are_none_of_ours() -> None:
    assert read_slice(resource_slice({"name": "x"}, driver="dra.net")) is None


def test_of_a_pool_the_highest_generation_counts() -> None:
    parts = [
        read_slice(resource_slice({"name": "gpu-0", "attributes": {"uuid": {"string": uuid}}}, generation))
        for uuid, generation in (("GPU-new", 3), ("GPU-old", 1), ("GPU-odd", "x"))
    ]
    found = published(part for part in parts if part)
    assert found == {(DRIVER, "node-1", "gpu-0"): PublishedDevice("GPU-new")}


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("a\ud800", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["metadata", "spec", "name", "uid", "labels", "annotations", "pool", "devices", "attributes"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["metadata", "spec"]), documents))
def test_any_document_is_a_value_or_none(item: dict[str, Any]) -> None:
    assert isinstance(read_pod(item, EVERY), KnownPod | None)
    spec = item.get("spec")
    if isinstance(spec, dict):
        spec["driver"] = DRIVER
    assert isinstance(read_slice(item), Slice | None)
