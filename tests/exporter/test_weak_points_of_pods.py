"""The weak points of dcgm-exporter's source that are about pods: 3, 4 and 11 of the twelve."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.dcgm.counters import read
from exporter.dcgm.device import Device
from exporter.dcgm.page import Compatible
from exporter.dcgm.style import Style
from exporter.pods.labels import PodDetails, Shown
from exporter.pods.owners import Owner
from tests.exporter.dcgm.shown import NODE, gpu, page, series

TEMPERATURE = "DCGM_FI_DEV_GPU_TEMP"
SHOWN = Shown(pod_labels=True, pod_uid=True, virtual_gpus=True)


def shared(device: Device, pods: int) -> list[Device]:
    """A time-sliced GPU once for each pod that holds it."""
    owners = [Owner("team", f"pod-{number}", "main", str(number)) for number in range(pods)]
    details = {owner.pod_name: PodDetails(f"uid-{owner.pod}", {"app": f"app-{owner.pod}"}) for owner in owners}
    return [replace(device, attributes=copy) for copy in SHOWN.copies(owners, details)]


def test_point_3_pods_that_share_a_gpu_have_their_labels() -> None:
    """Upstream: pod labels are not applied where a GPU is shared by time slicing."""
    found = [dict(labels) for _, labels in series(page(shared(gpu(), 3), TEMPERATURE))]
    assert {(it["pod"], it["app"], it["pod_uid"], it["vgpu"]) for it in found} == {
        (f"pod-{number}", f"app-pod-{number}", f"uid-pod-{number}", str(number)) for number in range(3)
    }


HOSTILE = {
    "names of the device": {"gpu": "9", "device": "x", "Hostname": "y", "UUID": "z"},
    "one name after cleaning": {"a.b": "1", "a_b": "2", "a/b": "3"},
    "digits first": {"0day": "1", "9": "2"},
    "values": {"quote": 'q"', "back": "\\", "line": "\n", "half": "\ud800"},
}


@pytest.mark.parametrize("labels", HOSTILE.values(), ids=HOSTILE)
def test_point_4_no_label_of_a_pod_breaks_the_page(labels: dict[str, str], promtool: Path) -> None:
    """Upstream: a duplicate label name, a collision, an invalid name or a raw quotation mark, and no page."""
    attributes = Shown(pod_labels=True).labels(Owner("team", "p", "c", ""), PodDetails("u", labels))
    text = page([gpu(attributes=attributes)], TEMPERATURE)
    ((_, has),) = series(text)
    names = [name for name, _ in has]
    assert len(names) == len(set(names)) == text.partition(f"\n{TEMPERATURE}")[2].count('="')
    assert dict(has)["gpu"] == "0", "the device keeps its own labels"
    assert len(names) == 6 + 3 + len(labels), "none is lost"
    checked = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    assert checked.stderr.splitlines() == [
        f"{TEMPERATURE} label names should be written in 'snake_case' not 'camelCase'"
    ]


def test_point_11_labels_are_made_once_for_each_pod_and_shared_by_its_metrics() -> None:
    """Upstream: a deep copy by encoding and decoding, for each metric of each pod."""
    pods, gpus = 30, 8
    devices = [copy for index in range(gpus) for copy in shared(gpu(index), pods)]
    points = list(Compatible(read(None), Style()).points(NODE, devices))
    plain = [point for point in points if point.metric.name != "DCGM_FI_DEV_XID_ERRORS"]
    assert len(plain) > 20 * pods * gpus
    assert len({id(point.labels) for point in plain}) == pods * gpus
