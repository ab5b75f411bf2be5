"""Our reading of the kubelet's messages against Google's protobuf, which knows the schema from a table here."""

from typing import Any, Final

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.pods.resources import Claim, ClaimedDevice, Container, Devices, Pod
from exporter.pods.wire import MOST_BYTES, MOST_IDS, NAME_BYTES, WireError, decode_list, encode_list

SCHEMA: Final = {
    "ListPodResourcesResponse": {"pod_resources": (1, "*PodResources")},
    "PodResources": {"name": (1, "string"), "namespace": (2, "string"), "containers": (3, "*ContainerResources")},
    "ContainerResources": {
        "name": (1, "string"),
        "devices": (2, "*ContainerDevices"),
        "cpu_ids": (3, "*int64"),
        "memory": (4, "*ContainerMemory"),
        "dynamic_resources": (5, "*DynamicResource"),
    },
    "ContainerMemory": {"memory_type": (1, "string"), "size": (2, "uint64"), "topology": (3, "TopologyInfo")},
    "ContainerDevices": {
        "resource_name": (1, "string"),
        "device_ids": (2, "*string"),
        "topology": (3, "TopologyInfo"),
    },
    "TopologyInfo": {"nodes": (1, "*NUMANode")},
    "NUMANode": {"ID": (1, "int64")},
    "DynamicResource": {
        "claim_name": (2, "string"),
        "claim_namespace": (3, "string"),
        "claim_resources": (4, "*ClaimResource"),
    },
    "ClaimResource": {
        "cdi_devices": (1, "*CDIDevice"),
        "driver_name": (2, "string"),
        "pool_name": (3, "string"),
        "device_name": (4, "string"),
        "share_id": (5, "string"),
    },
    "CDIDevice": {"name": (1, "string")},
}
"""`k8s.io/kubelet/pkg/apis/podresources/v1/api.proto`; `*` is repeated."""


def answer_class() -> Any:  # noqa: ANN401 - protobuf makes its classes while it runs
    file = descriptor_pb2.FileDescriptorProto(name="podresources.proto", package="v1", syntax="proto3")
    for name, fields in SCHEMA.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            added = message.field.add(name=field, number=number, label=3 if kind.startswith("*") else 1)
            scalar = {"string": 9, "int64": 3, "uint64": 4}.get(kind.strip("*"))
            if scalar:
                added.type = scalar
            else:
                added.type, added.type_name = 11, f".v1.{kind.strip('*')}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("v1.ListPodResourcesResponse"))


Answer = answer_class()

text = st.text(max_size=12)
some = st.integers(0, 3)
claimed = st.builds(ClaimedDevice, text, text, text, text)
claims = st.builds(Claim, text, text, st.lists(claimed, max_size=2).map(tuple))
devices = st.builds(Devices, text, st.lists(text, max_size=3).map(tuple))
containers = st.builds(
    Container, text, st.lists(devices, max_size=3).map(tuple), st.lists(claims, max_size=2).map(tuple)
)
pods = st.lists(st.builds(Pod, text, text, st.lists(containers, max_size=3).map(tuple)), max_size=4).map(tuple)


def as_protobuf(listed: tuple[Pod, ...], extras: int) -> Any:  # noqa: ANN401
    """The same pods in Google's classes, with `extras` of everything that we pass over."""
    answer = Answer()
    for pod in listed:
        entry = answer.pod_resources.add(name=pod.name, namespace=pod.namespace)
        for container in pod.containers:
            made = entry.containers.add(name=container.name, cpu_ids=[extras, -1] * extras)
            for number in range(extras):
                made.memory.add(memory_type="memory", size=2**63 + number).topology.nodes.add(ID=number)
            for held in container.devices:
                of = made.devices.add(resource_name=held.resource, device_ids=held.ids)
                for number in range(extras):
                    of.topology.nodes.add(ID=number)
            for claim in container.claims:
                used = made.dynamic_resources.add(claim_name=claim.name, claim_namespace=claim.namespace)
                for it in claim.devices:
                    of = used.claim_resources.add(driver_name=it.driver, pool_name=it.pool, device_name=it.device)
                    of.share_id = it.share
                    for number in range(extras):
                        of.cdi_devices.add(name=f"nvidia.com/gpu={number}")
    return answer


@settings(max_examples=40)
@given(pods, some)
def test_what_protobuf_writes_is_read_alike(listed: tuple[Pod, ...], extras: int) -> None:
    assert decode_list(as_protobuf(listed, extras).SerializeToString()) == listed


@settings(max_examples=40)
@given(pods)
def test_what_we_write_is_what_protobuf_reads(listed: tuple[Pod, ...]) -> None:
    assert Answer.FromString(encode_list(listed)) == as_protobuf(listed, 0)


@settings(max_examples=40)
@given(pods, some, st.data())
def test_damaged_bytes_are_an_error_or_pods_and_never_anything_else(
    listed: tuple[Pod, ...], extras: int, data: st.DataObject
) -> None:
    body = bytearray(as_protobuf(listed, extras).SerializeToString()) or bytearray(b"\x0a")
    at = data.draw(st.integers(0, len(body) - 1))
    body[at : at + 1] = data.draw(st.binary(max_size=3))
    try:
        found = decode_list(bytes(body))
    except WireError:
        return
    assert all(isinstance(pod, Pod) for pod in found)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\x0a\x05abc", "ends inside a field"),
        (b"\x0a", "no end of a number"),
        (b"\xff" * 11, "no end of a number"),
        (b"\x0b", "wire type 3"),
        (b"\x09\x00", "ends inside a field"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "ends inside a field"),
        (encode_list([Pod("n", "x" * (NAME_BYTES + 1))]), "a name of 513 bytes"),
    ],
)
def test_what_is_no_answer_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(WireError, match=message):
        decode_list(body)


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    (pod,) = decode_list(b"\x0a\x06\x0a\x01a\x12\x01\xff")
    assert pod == Pod("\ufffd", "a")


def test_limits_are_kept_and_what_is_within_them_passes() -> None:
    def listing(ids: int) -> bytes:
        return encode_list([Pod("n", "p", (Container("c", (Devices("r", ("",) * ids),)),))])

    (pod,) = decode_list(listing(MOST_IDS))
    assert len(pod.containers[0].devices[0].ids) == MOST_IDS
    with pytest.raises(WireError, match="more than 65536 devices"):
        decode_list(listing(MOST_IDS + 1))
    with pytest.raises(WireError, match="more than 16777216 bytes"):
        decode_list(b"\0" * (MOST_BYTES + 1))
