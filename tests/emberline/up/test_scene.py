"""What `up` looks at: which servers the exporter is asked to probe, and under which names."""

import json
from pathlib import Path

import pytest

from emberline.failure import Failure
from emberline.sources.targets import load_targets
from emberline.up.scene import Probe, probes
from exporter.targets_file import TARGETS, read_targets


def probed(folder: Path, text: str) -> tuple[Probe, ...]:
    """The probes of a targets file, which the exporter must take as they are."""
    (folder / "targets.yaml").write_text(text)
    found = probes(load_targets(folder / "targets.yaml"))
    (folder / "probes.yaml").write_text(json.dumps(found))
    assert [target.name for target in read_targets(folder / "probes.yaml")] == [probe["name"] for probe in found]
    return found


def test_servers_of_the_kinds_that_the_exporter_knows_are_probed_under_the_name_of_their_instance(
    tmp_path: Path,
) -> None:
    text = """
- {kind: vllm, url: "http://a:8000/deep/metrics?x=1"}
- {kind: gpu, url: "http://b:9400"}
- {kind: milvus, url: "https://c:9091", labels: {instance: vectors}, credentials_file: token}
"""
    assert probed(tmp_path, text) == (
        {"kind": "vllm", "url": "http://a:8000", "name": "a:8000"},
        {"kind": "milvus", "url": "https://c:9091", "name": "vectors", "credentials_file": str(tmp_path / "token")},
    )


def test_a_server_with_two_entries_is_probed_once(tmp_path: Path) -> None:
    text = "".join(f'- {{kind: vllm, url: "http://a:8000", labels: {{team: {team}}}}}\n' for team in "xy")
    assert [probe["name"] for probe in probed(tmp_path, text)] == ["a:8000"]


def test_servers_with_one_instance_get_names_of_their_own(tmp_path: Path) -> None:
    entries = (("vllm", "a:8000"), ("milvus", "b:9091"), ("vllm", "c:8000"))
    text = "".join(
        f'- {{kind: {kind}, url: "http://{host}", labels: {{instance: lab, n: {host[0]}}}}}\n' for kind, host in entries
    )
    assert [probe["name"] for probe in probed(tmp_path, text)] == ["lab", "milvus http://b:9091", "vllm http://c:8000"]


def test_as_many_servers_as_the_exporter_can_probe_fit_into_its_file_and_one_more_is_refused(tmp_path: Path) -> None:
    def entries(count: int) -> str:
        form = '- {{kind: vllm, url: "http://{0}.{1}:8000", credentials_file: {2}}}'
        return "\n".join(form.format("n" * 60, number, "c" * 60) for number in range(count))

    assert len(probed(tmp_path, entries(TARGETS))) == TARGETS
    with pytest.raises(Failure, match="257 vLLM and Milvus servers are more than the 256"):
        probed(tmp_path, entries(TARGETS + 1))


def test_a_name_with_many_addresses_is_not_probed_as_one_server(tmp_path: Path) -> None:
    assert probed(tmp_path, '- {kind: vllm, url: "http://a:8000", each_address: true}') == ()


def test_a_mounted_secret_that_is_renewed_is_read_anew(tmp_path: Path) -> None:
    """A kubelet writes the new files beside the old ones and moves the link to them."""
    for version in ("1", "2"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "token").write_text(version)
    (tmp_path / "data").symlink_to("1")
    (probe,) = probed(tmp_path, '- {kind: vllm, url: "http://a:8000", credentials_file: data/token}')
    (tmp_path / "data").unlink()
    (tmp_path / "data").symlink_to("2")
    assert Path(probe["credentials_file"]).read_text() == "2"
