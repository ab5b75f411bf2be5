import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.pods.labels import LABELS, RESERVED, Allowed, PodDetails, Shown, pod_labels
from exporter.pods.owners import Claimed, Owner, PublishedDevice
from exporter.pods.resources import ClaimedDevice
from native.exposition import Family, Labels, Sample, encode, parse

OWNER = Owner("team", "vllm-0", "vllm", "2")
DETAILS = PodDetails("8a0e3f6c", {"app": "chat", "team.example.com/tier": "gold"})
JOBS = ("j1", "j2")


def test_without_options_an_owner_is_container_namespace_and_pod() -> None:
    assert Shown().labels(OWNER, DETAILS) == (("container", "vllm"), ("namespace", "team"), ("pod", "vllm-0"))


def test_everything_comes_in_the_order_of_dcgm_exporter() -> None:
    shown = Shown(pod_labels=True, pod_uid=True, virtual_gpus=True)
    assert shown.labels(OWNER, DETAILS, "job-7") == (
        ("app", "chat"),
        ("team_example_com_tier", "gold"),
        ("container", "vllm"),
        ("hpc_job", "job-7"),
        ("namespace", "team"),
        ("pod", "vllm-0"),
        ("pod_uid", "8a0e3f6c"),
        ("vgpu", "2"),
    )


def test_old_names() -> None:
    assert [name for name, _ in Shown(old_names=True).labels(OWNER)] == ["container_name", "pod_name", "pod_namespace"]


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (PublishedDevice("GPU-1"), []),
        (PublishedDevice("MIG-1", "GPU-1", "1g.10gb"), ["dra_mig_device_uuid", "dra_mig_profile"]),
    ],
)
def test_a_claim_is_told_and_its_mig_device(published: PublishedDevice, expected: list[str]) -> None:
    claim = Claimed("claim", "team", ClaimedDevice("gpu.nvidia.com", "node-1", "gpu-0"), published)
    labels = dict(Shown().labels(Owner("team", "p", "c", claim=claim)))
    always = ["dra_claim_name", "dra_claim_namespace", "dra_device_name", "dra_driver_name"]
    assert [name for name in labels if name.startswith("dra_")] == [*always, *expected, "dra_pool_name"]


@pytest.mark.parametrize(
    ("virtual", "owners", "jobs", "expected"),
    [
        (False, [], (), [{}]),
        (False, ["a"], (), [{"pod": "a"}]),
        (False, ["a", "b"], (), [{}]),
        (True, ["a", "b"], (), [{"pod": "a", "vgpu": "0"}, {"pod": "b", "vgpu": "1"}]),
        (True, [], (), [{}]),
        (False, [], JOBS, [{"hpc_job": "j1"}, {"hpc_job": "j2"}]),
        (False, ["a"], JOBS, [{"hpc_job": "j1", "pod": "a"}, {"hpc_job": "j2", "pod": "a"}]),
        (False, ["a", "b"], JOBS, [{"hpc_job": "j1"}, {"hpc_job": "j2"}]),
    ],
)
def test_copies_of_a_device(
    owners: list[str], jobs: tuple[str, ...], expected: list[dict[str, str]], *, virtual: bool
) -> None:
    held = [Owner("n", name, "c", str(number)) for number, name in enumerate(owners)]
    copies = [dict(copy) for copy in Shown(virtual_gpus=virtual).copies(held, {}, jobs)]
    assert copies == [it | ({"namespace": "n", "container": "c"} if "pod" in it else {}) for it in expected]


def test_two_replicas_of_one_container_are_one_owner() -> None:
    held = [Owner("n", "p", "c", "0"), Owner("n", "p", "c", "1")]
    assert Shown().copies(held, {}) == ((("container", "c"), ("namespace", "n"), ("pod", "p")),)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"app": "x"}, {"app": "x"}),
        ({"app.kubernetes.io/name": "x"}, {"app_kubernetes_io_name": "x"}),
        ({"gpu": "x", "device": "y", "Hostname": "z"}, {"label_Hostname": "z", "label_device": "y", "label_gpu": "x"}),
        ({"DCGM_FI_DRIVER_VERSION": "x"}, {"label_DCGM_FI_DRIVER_VERSION": "x"}),
        ({"__name__": "x", "0day": "y"}, {"label_0day": "y", "label___name__": "x"}),
        ({"a.b": "x"}, {"a_b": "x"}),
        ({"a.b": "x", "a_b": "y"}, {"a_b": "y", "a_b_2e7336dc": "x"}),
        ({"a.b": "x", "a/b": "y"}, {"a_b_2e7336dc": "x", "a_b_c14cddc0": "y"}),
        ({"gpu": "x", "label_gpu": "y"}, {"label_gpu": "y", "label_gpu_e3c5ba51": "x"}),
        ({"": "x", "y" * 318: "x"}, {}),
        ({"a": "half \ud800", "b": "z" * 64}, {"a": "half \ufffd", "b": "z" * 63}),
    ],
)
def test_names_of_pod_labels(labels: dict[str, str], expected: dict[str, str]) -> None:
    assert dict(pod_labels(labels)) == expected


def test_a_pod_cannot_forge_a_duplicate_by_spelling_the_digest() -> None:
    names = [name for name, _ in pod_labels({"a.b": "1", "a_b": "2", "a_b_2e7336dc": "3"})]
    assert names == ["a_b", "a_b_2e7336dc"]


def test_labels_beyond_the_limit_are_left_out_and_those_within_are_not() -> None:
    found = pod_labels({f"k{number:03}": "v" for number in range(LABELS + 5)})
    assert [name for name, _ in found] == [f"k{number:03}" for number in range(LABELS)]


@given(st.dictionaries(st.text("ab._/-0ä\ud800", max_size=4) | st.sampled_from(sorted(RESERVED)), st.text(max_size=8)))
def test_the_page_holds_any_labels_of_a_pod_and_they_depend_on_no_order(labels: dict[str, str]) -> None:
    found = pod_labels(labels)
    assert found == pod_labels(dict(reversed(labels.items())))
    assert not {name for name, _ in found} & RESERVED
    read_back(found)


def read_back(labels: Labels) -> None:
    """The labels survive the exposition format."""
    page = (Family("m", "gauge", "", (Sample("m", (("gpu", "0"), *labels), 1),)),)
    (sample,) = parse(encode(page)).find("m")
    assert sample.labels == (("gpu", "0"), *labels)
    assert len(dict(labels)) == len(labels)


@pytest.mark.parametrize(
    ("patterns", "key", "expected"),
    [
        ((), "anything", True),
        (("^app$",), "app", True),
        (("^app$",), "apple", False),
        (("example",), "team.example.com/x", True),
        (("^a$", "^b$"), "b", True),
        (("^a$", "^b$"), "c", False),
    ],
)
def test_the_allow_list_searches_keys(patterns: tuple[str, ...], key: str, *, expected: bool) -> None:
    assert (key in Allowed(tuple(map(re.compile, patterns)))) is expected


def test_only_allowed_labels_are_shown() -> None:
    shown = Shown(pod_labels=True, allowed=Allowed((re.compile("^app$"),)))
    assert [name for name, _ in shown.labels(OWNER, DETAILS)][:2] == ["app", "container"]
