from pathlib import Path

import pytest

from exporter.given import Given
from exporter.options import configure
from exporter.settings import Address
from exporter.targets.target import Canary, Target
from exporter.targets_file import FILE_BYTES, TARGETS, read_targets


def read(folder: Path, text: str) -> tuple[Target, ...]:
    path = folder / "targets.yaml"
    path.write_text(text)
    return read_targets(path)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ValueError, match=r"targets\.yaml:\d+: ") as caught:
        read(folder, text)
    return str(caught.value).replace(f"{folder}/targets.yaml:", "").splitlines()


def test_a_target_has_its_defaults_filled_in(tmp_path: Path) -> None:
    text = "- {kind: vllm, url: 'http://10.0.0.1:8000/'}\n- {kind: milvus, url: 'http://[::1]:9091', interval: 1s}\n"
    assert read(tmp_path, text) == (
        Target("vllm", "10.0.0.1:8000", "http://10.0.0.1:8000", "http://10.0.0.1:19530", 5.0, 3.0),
        Target("milvus", "[::1]:9091", "http://[::1]:9091", "http://[::1]:19530", 1.0, 1.0),
    )


def test_every_key_can_be_written(tmp_path: Path) -> None:
    text = """
- kind: milvus
  url: https://milvus/manage
  rest_url: https://milvus-rest:443
  name: vectors
  interval: 2m
  timeout: 1500ms
  credentials_file: /run/secrets/milvus
"""
    assert read(tmp_path, text) == (
        Target(
            "milvus",
            "vectors",
            "https://milvus/manage",
            "https://milvus-rest:443",
            120.0,
            1.5,
            Path("/run/secrets/milvus"),
        ),
    )


@pytest.mark.parametrize("text", ["", "# none yet\n", "[]"])
def test_a_file_without_targets_has_none(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ()


def test_every_error_comes_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
- kind: vlm
  url: ftp://127.0.0.1:8000/
  urx: 4
- kind: vllm
  kind: vllm
  url: http://127.0.0.1:9091
  interval: 2
- nothing
- name: empty
"""
    assert faults(tmp_path, text) == [
        "1: [0].kind: Input should be 'vllm' or 'milvus'",
        "2: [0].url: 'ftp://127.0.0.1:8000/' is not an address such as http://127.0.0.1:8000",
        "3: [0].urx: Extra inputs are not permitted",
        "5: [1].kind: written twice",
        "7: [1].interval: '2' is not a length of time such as 500ms, 15s or 1m",
        "8: [2]: Input should be a valid dictionary or instance of TargetEntry",
        "9: [3].kind: Field required",
        "9: [3].url: Field required",
    ]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("url: 'http://u:p@h:1'", "url: credentials belong into credentials_file, not into the address"),
        ("url: 'http://h:1/?a=b'", "url: 'http://h:1/?a=b' must end with its path: each probe appends its own"),
        ("url: 'http://h:99999'", "url: Port out of range 0-65535"),
        ("url: 'http://h h'", "url: 'http://h h' holds characters that an address cannot have"),
        ("url: 'http://a..b'", "url: encoding with 'idna' codec failed (UnicodeError: label empty or too long)"),
        ("url: 'http://[::1'", "url: Invalid IPv6 URL"),
        ("url: 'http://h', interval: 99ms", "interval: Input should be greater than or equal to 0.1"),
        ("url: 'http://h', interval: 25h", "interval: Input should be less than or equal to 86400"),
        ("url: 'http://h', credentials_file: ", "credentials_file: the name of a file is missing"),
    ],
)
def test_each_bad_value_is_explained(tmp_path: Path, entry: str, fault: str) -> None:
    assert faults(tmp_path, f"- {{kind: vllm, {entry}}}") == [f"1: [0].{fault}"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (
            "interval: 1s, timeout: 2s",
            "timeout must not exceed interval, or a recovery is seen an interval too late",
        ),
        ("rest_url: 'http://h:2'", "rest_url belongs to kind milvus"),
    ],
)
def test_values_that_do_not_go_together_are_explained(tmp_path: Path, entry: str, fault: str) -> None:
    assert faults(tmp_path, f"- {{kind: vllm, url: 'http://h:1', {entry}}}") == [f"1: [0]: {fault}"]


def test_two_targets_of_one_name_are_told_apart_by_the_reader(tmp_path: Path) -> None:
    text = "- {kind: vllm, url: 'http://h:1'}\n- {kind: vllm, url: 'http://h:1/prefix'}\n"
    assert faults(tmp_path, text) == ["2: [1].name: 'h:1' is the name of [0] already"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [", "1: not YAML: expected the node content, but found '<stream end>'"),
        ("- &a {kind: vllm}\n- *a\n", "2: aliases are not allowed"),
        ("[" * 30_000 + "]" * 30_000, "1: nested too deeply"),
        ("%TAG !e! " + "a" * 200 + "\n---\n- !e!b x\n", "3: a tag is too long"),
        ("#" * (FILE_BYTES + 1), f"1: the file is larger than {FILE_BYTES} bytes"),
        ("- {? [a] : b}", "1: found unhashable key"),
        ("kind: vllm", "1: Input should be a valid list"),
    ],
)
def test_what_is_no_list_of_targets_is_refused_before_it_can_do_harm(tmp_path: Path, text: str, fault: str) -> None:
    assert faults(tmp_path, text) == [fault]


def test_there_is_a_bound_on_the_number_of_targets(tmp_path: Path) -> None:
    text = "".join(f"- {{kind: vllm, url: 'http://h:{port + 1}'}}\n" for port in range(TARGETS + 1))
    assert faults(tmp_path, text) == [f"1: {TARGETS + 1} targets are more than {TARGETS}"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9400", Address("127.0.0.1", 9400)),
        (":9400", Address("", 9400)),
        ("[::1]:0", Address("::1", 0)),
        ("localhost:65535", Address("localhost", 65_535)),
    ],
)
def test_each_form_of_an_address_is_understood(text: str, address: Address) -> None:
    settings = configure(Given(listen=text))
    assert settings.listen == address


def test_bad_options_and_a_bad_file_are_reported_together(tmp_path: Path) -> None:
    path = tmp_path / "targets.yaml"
    path.write_text("- {}")
    with pytest.raises(ValueError, match="--listen") as caught:
        configure(Given(listen="9400", interval="soon", targets=path))
    assert str(caught.value).splitlines() == [
        "--listen: '9400' is not an address such as 127.0.0.1:9400, [::1]:9400 or :9400",
        "--interval: 'soon' is not a length of time such as 500ms, 15s or 1m",
        f"{path}:1: [0].kind: Field required",
        f"{path}:1: [0].url: Field required",
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"missing\.yaml:1: cannot be read: No such file or directory"):
        configure(Given(listen=":0", targets=tmp_path / "missing.yaml"))


def test_a_vllm_may_be_watched_by_a_canary(tmp_path: Path) -> None:
    options = "stalled_after: 1m, starting_for: 20m, canary: {interval: 30s, model: tiny}"
    (target,) = read(tmp_path, f"- {{kind: vllm, url: 'http://h:1', {options}}}")
    assert (target.stalled_after, target.starting_for, target.canary) == (60, 1200, Canary(30, 10, "tiny"))
    (bare,) = read(tmp_path, "- {kind: vllm, url: 'http://h:1', canary: {}}")
    assert bare.canary == Canary(60, 10, None)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("kind: vllm, canary: {interval: 500ms}", "[0].canary.interval: Input should be greater than or equal to 1"),
        ("kind: vllm, canary: {every: 5s}", "[0].canary.every: Extra inputs are not permitted"),
        ("kind: milvus, canary: {}", "[0]: canary belongs to kind vllm"),
        ("kind: milvus, stalled_after: 1m", "[0]: stalled_after belongs to kind vllm"),
    ],
)
def test_a_canary_that_cannot_be_is_explained(tmp_path: Path, entry: str, fault: str) -> None:
    assert faults(tmp_path, f"- {{{entry}, url: 'http://h:1'}}") == [f"1: {fault}"]
