import re
from pathlib import Path

import pytest

from exporter.pods import options as o
from exporter.pods.labels import Allowed, Shown
from exporter.pods.options import PodOptions, pod_options
from exporter.pods.owners import RESOURCES


def test_nothing_is_on_by_default() -> None:
    assert pod_options({}) == PodOptions()
    assert pod_options({"UNRELATED": "x"}) == PodOptions()


def test_every_variable_is_read() -> None:
    found = pod_options(
        {
            o.KUBERNETES: "true",
            o.POD_LABELS: "1",
            o.POD_UID: "T",
            o.ALLOWLIST: "^app$, ^team",
            o.ID_TYPE: "device-name",
            o.OLD_NAMES: "True",
            o.VIRTUAL: "t",
            o.DRA: "TRUE",
            o.JOB_FOLDER: "/jobs",
            o.RESOURCE_NAMES: "example.com/gpu, nvidia.com/other",
            o.KUBELET_SOCKET: "/k.sock",
            o.NODE: "node-1",
        }
    )
    allowed = Allowed((re.compile("^app$"), re.compile("^team")))
    assert found == PodOptions(
        kubernetes=True,
        shown=Shown(pod_labels=True, pod_uid=True, allowed=allowed, old_names=True, virtual_gpus=True),
        dra=True,
        resources=RESOURCES | {"example.com/gpu", "nvidia.com/other"},
        socket=Path("/k.sock"),
        node="node-1",
        job_folder=Path("/jobs"),
    )


def test_all_errors_come_at_once() -> None:
    with pytest.raises(ValueError, match="neither true nor false") as caught:
        pod_options(
            {
                o.KUBERNETES: "yes",
                o.ALLOWLIST: "ok,(",
                o.ID_TYPE: "index",
                o.RESOURCE_NAMES: "a b",
            }
        )
    assert str(caught.value).splitlines() == [
        f"{o.ALLOWLIST}: '(' is no regular expression: missing ), unterminated subpattern",
        "DCGM_EXPORTER_KUBERNETES: 'yes' is neither true nor false",
        "NVIDIA_RESOURCE_NAMES: 'a b' is no name of a resource",
        "DCGM_EXPORTER_KUBERNETES_GPU_ID_TYPE: 'index' is neither uid nor device-name",
    ]


@pytest.mark.parametrize("name", [o.POD_LABELS, o.POD_UID, o.DRA])
def test_what_asks_the_api_server_needs_the_nodes_name(name: str) -> None:
    with pytest.raises(ValueError, match="NODE_NAME: is missing"):
        pod_options({o.KUBERNETES: "1", name: "1"})
    assert pod_options({o.KUBERNETES: "1", name: "1", o.NODE: "n"}).details
    assert not pod_options({name: "1"}).details
