import os
from pathlib import Path

import pytest

from exporter.pods.cgroup import pod_uid, pods_of, sees_host

UID = "8a0e3f6c-1b7d-4d2e-9c3a-f3b2a1c0d9e8"
SLICE = f"pod{UID.replace('-', '_')}.slice"
CONTAINER = "4f1c" * 16
STATIC = "0123456789abcdef0123456789abcdef"
SYSTEMD = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable"


@pytest.mark.parametrize(
    "path",
    [
        f"/kubepods/burstable/pod{UID}/{CONTAINER}",
        f"/kubepods/besteffort/pod{UID}/{CONTAINER}",
        f"/kubepods/pod{UID}/{CONTAINER}",
        f"/kubepods/pod{UID}",
        f"/kubepods/burstable/pod{UID}/crio-{CONTAINER}",
        f"{SYSTEMD}-{SLICE}/cri-containerd-{CONTAINER}.scope",
        f"{SYSTEMD}-{SLICE}/crio-{CONTAINER}.scope",
        f"{SYSTEMD}-{SLICE}/crio-{CONTAINER}.scope/container",
        f"{SYSTEMD}-{SLICE}/docker-{CONTAINER}.scope/init.scope/deeper",
        f"/kubepods.slice/kubepods-{SLICE}/cri-containerd-{CONTAINER}.scope",
        f"/system.slice/containerd.service/kubepods-burstable-{SLICE}:cri-containerd:{CONTAINER}",
        f"/kubelet/kubepods/burstable/pod{UID}/{CONTAINER}",
        f"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-{SLICE}/cri-containerd-{CONTAINER}.scope",
        f"/docker/{CONTAINER}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-{SLICE}/x.scope",
        f"/../../../kubepods-burstable.slice/kubepods-burstable-{SLICE}/cri-containerd-{CONTAINER}.scope",
        f"/../../pod{UID}/{CONTAINER}",
    ],
)
@pytest.mark.parametrize(
    "form", ["0::{}\n", "12:cpu,cpuacct:{0}\n11:devices:{0}\n1:name=systemd:{0}\n", "1:name=systemd:/\n0::{}\n"]
)
def test_the_pod_is_in_every_form_of_a_path(path: str, form: str) -> None:
    assert pod_uid(form.format(path)) == UID


def test_static_pods_have_uids_without_dashes() -> None:
    assert pod_uid(f"0::/kubepods/burstable/pod{STATIC}/{CONTAINER}\n") == STATIC
    assert pod_uid(f"0::/kubepods.slice/kubepods-pod{STATIC}.slice/crio-{CONTAINER}.scope\n") == STATIC


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/system.slice/nvidia-persistenced.service",
        f"/system.slice/docker-{CONTAINER}.scope",
        "/user.slice/user-1000.slice/podman-1234.scope",
        f"/kubepods/burstable/pod{UID[:-1]}/{CONTAINER}",
        f"/kubepods/burstable/pod{UID}0/{CONTAINER}",
        f"/kubepods/burstable/pod{UID.replace('-', '_', 1)}/{CONTAINER}",
        f"/machine.slice/libpod-{CONTAINER}.scope",
    ],
)
def test_other_paths_are_outside_of_pods(path: str) -> None:
    assert pod_uid(f"0::{path}\n") is None


def process(proc: Path, pid: int, cgroup: str, comm: str) -> None:
    (proc / str(pid)).mkdir()
    (proc / str(pid) / "cgroup").write_text(cgroup)
    (proc / str(pid) / "comm").write_text(f"{comm}\n")


def test_processes_are_of_a_pod_or_outside_or_unknown(tmp_path: Path) -> None:
    process(tmp_path, 10, f"0::/kubepods/pod{UID}/{CONTAINER}\n", "python3")
    process(tmp_path, 11, "0::/system.slice/x.service\n", "Xorg")
    process(tmp_path, 12, f"0::/kubepods/pod{UID}/{CONTAINER}\n", "nvidia-cuda-mps")
    assert pods_of([10, 11, 12, 13], tmp_path) == {10: UID, 11: "", 12: None, 13: None}


def test_the_process_of_this_test_is_outside_of_pods_or_in_one() -> None:
    (found,) = pods_of([os.getpid()]).values()
    assert found is not None


@pytest.mark.parametrize(("link", "expected"), [("pid:[4026531836]", True), ("pid:[4026532801]", False), (None, False)])
def test_the_hosts_process_ids_are_recognised(tmp_path: Path, link: str | None, *, expected: bool) -> None:
    (tmp_path / "self" / "ns").mkdir(parents=True)
    if link:
        (tmp_path / "self" / "ns" / "pid").symlink_to(link)
    assert sees_host(tmp_path) is expected
