import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.pods.devices import Device, DeviceId, Entity, Instance, Inventory, parse_id

UUID = "GPU-8a0e3f6c-1b7d-4d2e-9c3a-f3b2a1c0d9e8"
OTHER = "GPU-00000000-1b7d-4d2e-9c3a-f3b2a1c0d9e8"
MIG = "MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f"
MIG_2 = "MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb"
MIG_3 = "MIG-11111111-9bed-5b25-b243-5985ef7c9beb"

# The minor numbers are exchanged on purpose: /dev/nvidia0 is the GPU with index 1.
NODE = Inventory.of(
    [
        Device(UUID, index=0, minor=1),
        Device(OTHER, index=1, minor=0, instances=(Instance(MIG, 7, 0), Instance(MIG_2, 5, 0), Instance(MIG_3, 5, 1))),
        Device("GPU-no-minor", index=2),
    ]
)


@pytest.mark.parametrize(
    ("text", "parts", "found"),
    [
        (UUID, DeviceId(uuid=UUID), [Entity(UUID)]),
        (f"{UUID}::3", DeviceId(uuid=UUID, replica="3"), [Entity(UUID)]),
        (MIG, DeviceId(uuid=MIG), [Entity(OTHER, MIG)]),
        (f"{MIG}::0", DeviceId(uuid=MIG, replica="0"), [Entity(OTHER, MIG)]),
        (f"MIG-{OTHER}/7/0", DeviceId(uuid=OTHER, gi=7, ci=0), [Entity(OTHER, MIG)]),
        (f"MIG-{OTHER}/5/1", DeviceId(uuid=OTHER, gi=5, ci=1), [Entity(OTHER, MIG_3)]),
        (f"MIG-{OTHER}/5/1::2", DeviceId(uuid=OTHER, gi=5, ci=1, replica="2"), [Entity(OTHER, MIG_3)]),
        ("nvidia1", DeviceId(minor=1), [Entity(UUID)]),
        ("nvidia0", DeviceId(minor=0), [Entity(OTHER)]),
        ("nvidia2", DeviceId(minor=2), [Entity("GPU-no-minor")]),
        ("nvidia0/gi7", DeviceId(minor=0, gi=7), [Entity(OTHER, MIG)]),
        ("nvidia0/gi5", DeviceId(minor=0, gi=5), [Entity(OTHER, MIG_2), Entity(OTHER, MIG_3)]),
        ("nvidia0/gi7/vgpu0", DeviceId(minor=0, gi=7, replica="0"), [Entity(OTHER, MIG)]),
        ("nvidia1/vgpu1", DeviceId(minor=1, replica="1"), [Entity(UUID)]),
    ],
)
def test_every_form_of_an_id_is_read_and_found(text: str, parts: DeviceId, found: list[Entity]) -> None:
    assert parse_id(text) == parts
    assert list(NODE.find(parts)) == found


@pytest.mark.parametrize("text", ["GPU-ffffffff", f"MIG-{UUID}/7/0", "nvidia9", "nvidia1/gi7", f"MIG-{OTHER}/7/9"])
def test_what_this_node_lacks_is_not_found(text: str) -> None:
    parts = parse_id(text)
    assert parts is not None
    assert NODE.find(parts) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "GPU-", f"{UUID}::", f"{UUID}::x", f"{UUID}\n", f" {UUID}", "MIG-GPU-a/1", "nvidia", "nvidia0/"),
        *("nvidia0/gi", "nvidiactl", "nvidia0/vgpu", "tpu0", "0000:17:00.0", "GPU-ä", "nvidia٣", "nvidia12345"),
    ],
)
def test_other_text_is_no_id(text: str) -> None:
    assert parse_id(text) is None


@given(st.text(max_size=60) | st.from_regex(r"(GPU|MIG|nvidia)[-GPU0-9a-f/:giv]{0,40}"))
def test_any_text_is_an_id_or_none_and_finds_only_what_there_is(text: str) -> None:
    parts = parse_id(text)
    if parts is not None:
        assert {it.gpu for it in NODE.find(parts)} <= {UUID, OTHER, "GPU-no-minor"}
