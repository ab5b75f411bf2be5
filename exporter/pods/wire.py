"""The kubelet's messages, read and written by hand: six small messages need no code generator and no run-time.

Fields, of `k8s.io/kubelet/pkg/apis/podresources/v1/api.proto`:

    ListPodResourcesResponse  pod_resources 1
    PodResources              name 1, namespace 2, containers 3
    ContainerResources        name 1, devices 2, (cpu_ids 3, memory 4), dynamic_resources 5
    ContainerDevices          resource_name 1, device_ids 2, (topology 3)
    DynamicResource           claim_name 2, claim_namespace 3, claim_resources 4
    ClaimResource             (cdi_devices 1), driver_name 2, pool_name 3, device_name 4, share_id 5

Those in parentheses, and any that later versions add, are skipped. The request of List is the empty message. Bytes
that are no UTF-8 become U+FFFD: a page of metrics could not hold them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeVar

from exporter.pods.resources import Claim, ClaimedDevice, Container, Devices, Pod

MOST_BYTES: Final = 16 << 20
MOST_IDS: Final = 1 << 16
"""Devices of one answer: a node of 16 GPUs with 48 replicas each has 768."""
NAME_BYTES: Final = 512
"""Longest string that is kept: names in Kubernetes have 253 characters, paths of devices fewer."""

_VARINT: Final = 0
_FIXED64: Final = 1
_LENGTH: Final = 2
_FIXED32: Final = 5
_LONGEST_VARINT: Final = 10
_CONTINUED: Final = 0x80
"""The bit of a number's byte that says another one follows."""

Made = TypeVar("Made")
Fields = dict[int, list[bytes]]


class WireError(ValueError):
    """The bytes are no answer of a kubelet, or go beyond a limit; the text says which."""


def decode_list(body: bytes) -> tuple[Pod, ...]:
    """The pods of a ListPodResourcesResponse, in the kubelet's order. WireError where it is not one."""
    if len(body) > MOST_BYTES:
        raise WireError(f"more than {MOST_BYTES} bytes")
    left = iter(range(MOST_IDS))
    return tuple(_pod(_fields(pod), left) for pod in _fields(body).get(1, ()))


def encode_list(pods: Iterable[Pod]) -> bytes:
    """A ListPodResourcesResponse that holds these pods."""
    return b"".join(
        _nested(1, {1: [pod.name], 2: [pod.namespace], 3: map(_container_bytes, pod.containers)}) for pod in pods
    )


def _pod(fields: Fields, left: Iterator[int]) -> Pod:
    return Pod(_text(fields, 2), _text(fields, 1), _each(fields, 3, lambda inner: _container(inner, left)))


def _container(fields: Fields, left: Iterator[int]) -> Container:
    return Container(_text(fields, 1), _each(fields, 2, lambda inner: _devices(inner, left)), _each(fields, 5, _claim))


def _devices(fields: Fields, left: Iterator[int]) -> Devices:
    ids = []
    for raw in fields.get(2, ()):
        if next(left, None) is None:
            raise WireError(f"more than {MOST_IDS} devices")
        ids.append(_string(raw))
    return Devices(_text(fields, 1), tuple(ids))


def _claim(fields: Fields) -> Claim:
    return Claim(_text(fields, 2), _text(fields, 3), _each(fields, 4, _claimed))


def _claimed(fields: Fields) -> ClaimedDevice:
    return ClaimedDevice(_text(fields, 2), _text(fields, 3), _text(fields, 4), _text(fields, 5))


def _each(fields: Fields, number: int, make: Callable[[Fields], Made]) -> tuple[Made, ...]:
    return tuple(make(_fields(inner)) for inner in fields.get(number, ()))


def _text(fields: Fields, number: int) -> str:
    """Of a field that comes more than once the last one counts."""
    return _string(fields[number][-1]) if number in fields else ""


def _string(raw: bytes) -> str:
    if len(raw) > NAME_BYTES:
        raise WireError(f"a name of {len(raw)} bytes")
    return raw.decode(errors="replace")


def _fields(body: bytes) -> Fields:
    """The length-delimited fields of a message by number; numbers of other kinds are passed over."""
    found: Fields = {}
    at, end = 0, len(body)
    while at < end:
        key, at = _varint(body, at)
        kind = key & 7
        if kind == _LENGTH:
            size, start = _varint(body, at)
            at = start + size
            found.setdefault(key >> 3, []).append(body[start:at])
        elif kind == _VARINT:
            _, at = _varint(body, at)
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise WireError(f"wire type {kind} at byte {at}")
    if at > end:
        raise WireError("the message ends inside a field")
    return found


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """An unsigned number in groups of seven bits, least first, and where it ends."""
    if at < len(body) and body[at] < _CONTINUED:
        return body[at], at + 1
    number = shift = 0
    for byte in body[at : at + _LONGEST_VARINT]:
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < _CONTINUED:
            return number, at
        shift += 7
    raise WireError(f"no end of a number at byte {at}")


def _container_bytes(container: Container) -> bytes:
    devices = (_message({1: [it.resource], 2: it.ids}) for it in container.devices)
    claims = (
        _message({2: [it.name], 3: [it.namespace], 4: map(_claimed_bytes, it.devices)}) for it in container.claims
    )
    return _message({1: [container.name], 2: devices, 5: claims})


def _claimed_bytes(device: ClaimedDevice) -> bytes:
    return _message(
        {2: [device.driver], 3: [device.pool], 4: [device.device], 5: [device.share] if device.share else []}
    )


def _nested(number: int, fields: Mapping[int, Iterable[str | bytes]]) -> bytes:
    return _message({number: [_message(fields)]})


def _message(fields: Mapping[int, Iterable[str | bytes]]) -> bytes:
    parts = []
    for number, values in fields.items():
        for value in values:
            raw = value.encode() if isinstance(value, str) else value
            parts.append(_number(number << 3 | _LENGTH) + _number(len(raw)) + raw)
    return b"".join(parts)


def _number(value: int) -> bytes:
    groups = bytearray()
    while value >= _CONTINUED:
        groups.append(value % _CONTINUED | _CONTINUED)
        value >>= 7
    return bytes([*groups, value])
