"""The targets file."""

from pathlib import Path

import pytest

from emberline.sources.access import Access, Tls, User
from emberline.sources.target import INTERVAL, Target
from emberline.sources.targets import load_targets
from slo.duration import Duration
from slo.table.fault import Invalid


def written(folder: Path, text: str) -> Path:
    path = folder / "targets.yaml"
    path.write_text(text)
    return path


def test_a_full_and_a_short_entry(tmp_path: Path) -> None:
    text = """
- kind: milvus
  url: http://milvus.lab:9091
- kind: gpu
  url: https://node/gpu/metrics?x=1
  interval: 30s
  credentials_file: secret/token
  labels: {cluster: lab, instance: node-1}
  honor_labels: true
"""
    assert load_targets(written(tmp_path, text)) == (
        Target(
            "milvus", "http://milvus.lab:9091/metrics", (("instance", "milvus.lab:9091"), ("job", "milvus")), INTERVAL
        ),
        Target(
            "gpu",
            "https://node/gpu/metrics?x=1",
            (("cluster", "lab"), ("instance", "node-1"), ("job", "gpu")),
            Duration(30_000),
            honor_labels=True,
            access=Access(tmp_path / "secret/token"),
        ),
    )


def test_what_a_page_may_ask_for(tmp_path: Path) -> None:
    text = """
- kind: nodes
  url: https://nodes.lab:9400
  each_address: true
  basic_auth: {username: "prom etheus", password_file: /run/password}
  tls_config: {ca_file: ca.crt, server_name: Nodes.lab, cert_file: my.crt, key_file: my.key}
- kind: a
  url: https://h
  tls_config: {ca_file: ca.crt}
"""
    nodes, plain = load_targets(written(tmp_path, text))
    tls = Tls(tmp_path / "ca.crt", "Nodes.lab", tmp_path / "my.crt", tmp_path / "my.key")
    assert nodes.access == Access(None, User("prom etheus", Path("/run/password")), tls)
    assert plain.access == Access(tls=Tls(tmp_path / "ca.crt"))


@pytest.mark.parametrize(
    ("url", "instance"),
    [
        ("http://h", "h:80"),
        ("https://h/m", "h:443"),
        ("http://h:9400", "h:9400"),
        ("http://[::1]:9400/metrics", "[::1]:9400"),
        ("http://[::1]", "[::1]:80"),
        ("http://vllm_0.Lab.:8000", "vllm_0.Lab.:8000"),
    ],
)
def test_the_instance_is_host_and_port(tmp_path: Path, url: str, instance: str) -> None:
    (target,) = load_targets(written(tmp_path, f"- kind: a\n  url: {url}\n"))
    assert target.label["instance"] == instance


@pytest.mark.parametrize(
    ("entry", "line", "path", "message"),
    [
        ("- kind: a\n  url: http://h\n  port: 1", 3, "[0].port", "unknown key"),
        ("- url: http://h", 1, "[0].kind", "is missing"),
        ("- kind: a", 1, "[0].url", "is missing"),
        ("- kind: A\n  url: http://h", 1, "[0].kind", "match"),
        ("- kind: a\n  url: ftp://h", 2, "[0].url", "is not an address"),
        ("- kind: a\n  url: http://", 2, "[0].url", "is not an address"),
        ("- kind: a\n  url: http://h:99999", 2, "[0].url", "ort"),
        ("- kind: a\n  url: http://h:0", 2, "[0].url", "is not an address"),
        ("- kind: a\n  url: http://me:pw@h", 2, "[0].url", "credentials_file"),
        ("- kind: a\n  url: http://h\n  interval: 15", 3, "[0].interval", "is not a duration"),
        ("- kind: a\n  url: http://h\n  interval: 0s", 3, "[0].interval", "between 1s and 2m"),
        ("- kind: a\n  url: http://h\n  interval: 3m", 3, "[0].interval", "between 1s and 2m"),
        ("- kind: a\n  url: http://h\n  labels:\n    a-b: c", 4, "[0].labels.a-b", "match"),
        ("- kind: a\n  url: http://h\n  labels: x", 3, "[0].labels", "dict"),
        ("- kind: a\n  url: http://h\n  honor_labels: maybe", 3, "[0].honor_labels", "boolean"),
        ("- kind: a\n  url: http://h\n  kind: b", 3, "[0].kind", "already"),
        ("- kind: a\n  url: http://h/1\n- kind: a\n  url: http://h/2", 3, "[1]", "labels of the target at line 1"),
        ("- word", 1, "[0]", "must be a mapping"),
        (
            "- kind: a\n  url: http://h\n  labels: {job: ''}",
            3,
            "[0].labels",
            "job must be 1 to 128 printable",
        ),
        ('- kind: a\n  url: http://h\n  labels: {instance: "a\\nb"}', 3, "[0].labels", "instance must be"),
        (f"- kind: a\n  url: http://h\n  labels: {{instance: {'i' * 129}}}", 3, "[0].labels", "instance must be"),
        ("- kind: a\n  url: http://h\n  labels: {__name__: x}", 3, "[0].labels", "reserved"),
        ("- kind: a\n  url: http://a b", 2, "[0].url", "'a b' is not the name of a host"),
        ("- kind: a\n  url: http://a..b", 2, "[0].url", "'a..b' is not the name of a host"),
        ("- kind: a\n  url: http://ünï", 2, "[0].url", "'ünï' is not the name of a host"),
        ("- kind: a\n  url: https://h\n  each_address: true", 1, "[0]", "as tls_config.server_name"),
        ("- kind: a\n  url: http://h\n  tls_config: {}", 1, "[0]", "tls_config needs an address with https"),
        (
            "- kind: a\n  url: http://h\n  credentials_file: t\n  basic_auth: {username: a, password_file: p}",
            1,
            "[0]",
            "cannot both be sent",
        ),
        ("- kind: a\n  url: http://h\n  credentials_file: ''", 3, "[0].credentials_file", "is missing"),
        (
            "- kind: a\n  url: http://h\n  basic_auth: {password_file: a}",
            3,
            "[0].basic_auth",
            "username or username_file",
        ),
        ("- kind: a\n  url: http://h\n  basic_auth: {username: a}", 3, "[0].basic_auth.password_file", "is missing"),
        (
            "- kind: a\n  url: http://h\n  basic_auth:\n    password_file: p\n    username: a:b",
            5,
            "[0].basic_auth.username",
            "match",
        ),
        ("- kind: a\n  url: https://h\n  tls_config: {cert_file: c}", 3, "[0].tls_config", "belong together"),
        ("- kind: a\n  url: https://h\n  tls_config: {server_name: a b}", 3, "[0].tls_config.server_name", "'a b' is"),
        (
            "- kind: a\n  url: https://h\n  tls_config: {insecure_skip_verify: true}",
            3,
            "[0].tls_config.insecure_skip_verify",
            "unknown key",
        ),
        ("kind: a", 1, "", "must be a list"),
        ("word", 1, "", "must be a list"),
        ("", 1, "", "empty"),
        ("- {", 1, "", ""),
    ],
)
def test_a_fault_is_told_with_line_and_path(tmp_path: Path, entry: str, line: int, path: str, message: str) -> None:
    file = written(tmp_path, entry)
    with pytest.raises(Invalid) as caught:
        load_targets(file)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.path) == (str(file), line, path)
    assert message in fault.message


def test_every_fault_is_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = "- kind: a\n  url: ftp://h\n  interval: never\n- url: http://h\n  x: 1\n"
    with pytest.raises(Invalid) as caught:
        load_targets(written(tmp_path, text))
    assert [(fault.line, fault.path) for fault in caught.value.faults] == [
        (2, "[0].url"),
        (3, "[0].interval"),
        (4, "[1].kind"),
        (5, "[1].x"),
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"none\.yaml:1: No such file"):
        load_targets(tmp_path / "none.yaml")


def test_a_file_too_large_to_be_a_targets_file(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="larger than"):
        load_targets(written(tmp_path, "- {}\n" * 100_000))
