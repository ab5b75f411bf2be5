from ipaddress import ip_network
from pathlib import Path

import pytest

from exporter.probe_file import read_policy
from exporter.targets.policy import Allowed, Module, Policy

GOOD = """\
allow:
  - networks: [10.0.0.0/8, 'fd00::/8']
    ports: [8000, 9091, 19530]
    schemes: [http]
modules:
  llm: {kind: vllm, timeout: 2s, credentials_file: /run/secrets/vllm}
  db: {kind: milvus, relay: true}
"""


def read(folder: Path, text: str) -> Policy:
    (folder / "probe.yaml").write_text(text)
    return read_policy(folder / "probe.yaml")


def test_a_file_is_a_policy(tmp_path: Path) -> None:
    networks = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert read(tmp_path, GOOD) == Policy(
        (Allowed(networks, frozenset({8000, 9091, 19_530}), frozenset({"http"})),),
        {
            "llm": Module("vllm", 2.0, Path("/run/secrets/vllm")),
            "db": Module("milvus", 3.0, relay=True),
        },
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("10.0.0.0/8", "10.0.0.1/8", "2: allow[0].networks[0]: value is not a valid IPv4 or IPv6 network"),
        ("8000", "0", "3: allow[0].ports[0]: Input should be greater than or equal to 1"),
        ("8000", "70000", "3: allow[0].ports[0]: Input should be less than or equal to 65535"),
        ("[http]", "[ftp]", "4: allow[0].schemes[0]: Input should be 'http' or 'https'"),
        ("19530", "19531", "7: modules.db: its rest_port 19530 is allowed nowhere"),
        ("kind: vllm", "kind: llm", "6: modules.llm.kind: Input should be 'vllm' or 'milvus'"),
        ("modules:", "module:", "5: module: Extra inputs are not permitted"),
    ],
)
def test_each_error_is_explained(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"probe\.yaml:\d+: ") as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert f"{tmp_path}/probe.yaml:{fault}" in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_allows_nothing_and_says_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="it allows nothing"):
        read(tmp_path, text)
