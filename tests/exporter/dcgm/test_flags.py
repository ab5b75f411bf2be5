"""dcgm-exporter's options and variables: each has an effect, a warning or a refusal, none nothing."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from emberline.cli import exporter_command
from exporter.dcgm.arguments import declare, taken
from exporter.dcgm.flags import FLAGS
from exporter.dcgm.foreign import review
from exporter.dcgm.help import HELP
from exporter.dcgm.surface import Words, hostname, surface
from exporter.given import Given
from exporter.options import configure

SAME = {flag.long: flag for flag in FLAGS if flag.fate == "same" and not flag.pods}


def variables_of_upstream() -> set[str]:
    """Transcribed from pkg/cmd/app.go of 4.8.3."""
    own = (
        "COLLECTORS",
        "CONFIG_FILE",
        "LISTEN",
        "WEB_READ_TIMEOUT",
        "WEB_WRITE_TIMEOUT",
        "INTERVAL",
        "KUBERNETES",
        "USE_OLD_NAMESPACE",
        "CPU_DEVICES_STR",
        "CONFIGMAP_DATA",
        "KUBERNETES_ENABLE_POD_LABELS",
        "KUBERNETES_ENABLE_POD_UID",
        "KUBERNETES_GPU_ID_TYPE",
        "KUBERNETES_POD_LABEL_ALLOWLIST_REGEX",
        "DEVICES_STR",
        "NO_HOSTNAME",
        "OTHER_DEVICES_STR",
        "USE_FAKE_GPUS",
        "WEB_CONFIG_FILE",
        "XID_COUNT_WINDOW_SIZE",
        "REPLACE_BLANKS_IN_MODEL_NAME",
        "DEBUG",
        "CLOCK_EVENTS_COUNT_WINDOW_SIZE",
        "ENABLE_DCGM_LOG",
        "DCGM_LOG_LEVEL",
        "LOG_FORMAT",
        "CONTAINER_LABELS",
        "DUMP_ENABLED",
        "DUMP_DIRECTORY",
        "DUMP_RETENTION",
        "DUMP_COMPRESSION",
        "ENABLE_GPU_BIND_UNBIND_WATCH",
        "GPU_BIND_UNBIND_POLL_INTERVAL",
        "ENABLE_PPROF",
        "SYSTEMD_SOCKET",
    )
    others = (
        "DCGM_REMOTE_HOSTENGINE_INFO",
        "DCGM_POD_RESOURCES_KUBELET_SOCKET",
        "DCGM_HPC_JOB_MAPPING_DIR",
        "DCGM_CONTAINER_RUNTIME_SOCKET",
        "NVIDIA_RESOURCE_NAMES",
        "KUBERNETES_VIRTUAL_GPUS",
        "KUBERNETES_ENABLE_DRA",
        "DISABLE_STARTUP_VALIDATE",
        "NODE_NAME",
    )
    return {*others, *(f"DCGM_EXPORTER_{name}" for name in own)}


def test_every_variable_of_upstream_is_in_the_table() -> None:
    assert {flag.variable for flag in FLAGS} == variables_of_upstream()
    letters = "".join(sorted(flag.letter for flag in FLAGS))
    assert letters == "acdfkmnoprsx"
    assert all(flag.note for flag in FLAGS if flag.fate != "same")


def declared_by_typer() -> dict[str, tuple[set[str], str]]:
    app = typer.Typer()
    app.command()(exporter_command.command)
    found = {}
    for parameter in typer.main.get_command(app).params:
        variable = parameter.envvar
        found[parameter.name or ""] = (set(parameter.opts), variable if isinstance(variable, str) else "")
    return found


def test_the_options_of_the_command_have_upstreams_names_letters_and_variables() -> None:
    declared = declared_by_typer()
    spelt = {"address": "listen", "node-name": "", "web-config-file": "web_config"}
    for flag in SAME.values():
        name = spelt.get(flag.long, flag.long.replace("-", "_"))
        if name:
            names, variable = declared[name]
            assert {f"--{flag.long}", *([f"-{flag.letter}"] if flag.letter else [])} <= names
            assert variable == flag.variable
    assert "--rbmn" in declared["replace_blanks_in_model_name"][0]


def test_both_programs_offer_the_same_options_with_the_same_defaults() -> None:
    parser = ArgumentParser()
    declare(parser, {})
    assert taken(parser.parse_args([])) == Words()
    declared = declared_by_typer()
    for field in fields(Words):
        for name in declared[field.name][0]:
            value = [] if isinstance(field.default, bool) else ["7"]
            changed = taken(parser.parse_args([name, *value]))
            assert getattr(changed, field.name) != field.default
            assert sum(getattr(changed, other.name) != other.default for other in fields(Words)) == 1
    assert set(HELP) == {field.name for field in fields(Words)}


def test_options_and_variables_become_words() -> None:
    parser = ArgumentParser()
    declare(parser, {"DCGM_EXPORTER_NO_HOSTNAME": "true", "DCGM_EXPORTER_XID_COUNT_WINDOW_SIZE": "1000"})
    found = taken(parser.parse_args(["-f", "x.csv", "-d", "g:0", "--rbmn", "--metric-names", "both"]))
    assert found == Words(
        Path("x.csv"),
        devices="g:0",
        metric_names="both",
        no_hostname=True,
        replace_blanks_in_model_name=True,
        xid_count_window_size=1000,
    )


REVIEWS: list[tuple[list[str], dict[str, str], list[str], list[str]]] = [
    ([], {}, [], []),
    (["-k", "--kubernetes-gpu-id-type", "uid"], {}, [], []),
    (["--kubernetes=false"], {"DCGM_EXPORTER_KUBERNETES": "true"}, [], []),
    (["--kubernete"], {}, ["--kubernete: no such option"], []),
    (["-s", "f", "--cpu-devices=f", "-m", "none", "--log-format", "text"], {}, [], []),
    (["-s", "g:0"], {}, [], ["-s: has no effect here: NVML sees no NVSwitch"]),
    (["-m", "ns:name"], {}, ["-m: is not supported: the Kubernetes API is not asked"], []),
    ([], {"DCGM_EXPORTER_CONFIGMAP_DATA": "ns:name"}, ["DCGM_EXPORTER_CONFIGMAP_DATA: is not supported"], []),
    (["--web-systemd-socket"], {}, ["--web-systemd-socket: is not supported"], []),
    (["--config-file=c.yaml"], {}, ["--config-file: is not supported"], []),
    ([], {"DCGM_REMOTE_HOSTENGINE_INFO": "h:5555"}, [], ["DCGM_REMOTE_HOSTENGINE_INFO: has no effect here: there is"]),
    (["--simulat"], {}, ["--simulat: no such option"], []),
    (["word"], {}, ["word: no such option"], []),
    (["-r"], {}, [], ["-r: has no effect here"]),
    (["--debug", "--foo=1"], {"UNRELATED": "1"}, ["--foo: no such option"], ["--debug: has no effect here"]),
]


@pytest.mark.parametrize(("rest", "environment", "errors", "warnings"), REVIEWS)
def test_nothing_of_upstream_is_accepted_silently(
    rest: list[str], environment: dict[str, str], errors: list[str], warnings: list[str]
) -> None:
    found = review(rest, environment)
    for lines, expected in ((found.errors, errors), (found.warnings, warnings)):
        assert len(lines) == len(expected)
        assert all(line.startswith(start) for line, start in zip(lines, expected, strict=True))


def test_all_faults_of_the_options_come_at_once(tmp_path: Path) -> None:
    words = Words(
        tmp_path / "none.csv",
        devices="x",
        metric_names="new",
        hostname_label="host",
        xid_count_window_size=0,
        clock_events_count_window_size=10**9,
    )
    with pytest.raises(ValueError, match="cannot be read") as caught:
        configure(Given(listen="x", simulate=True), words, review(["--foo", "-m", "a:b"], {}))
    assert [line.split(": ")[0].replace(f"{tmp_path}/", "") for line in str(caught.value).splitlines()] == [
        "--listen",
        "--foo",
        "-m",
        "none.csv:1",
        "--devices",
        "--metric-names",
        "--hostname-label",
        "--xid-count-window-size",
        "--clock-events-count-window-size",
    ]


def test_words_become_a_surface() -> None:
    found = surface(Words(devices="g+i", metric_names="both", hostname_label="hostname", use_old_namespace=True))
    assert (found.selection.flexible, found.style.names, found.style.hostname_label) == (False, "both", "hostname")
    assert found.style.uuid_label == "uuid"
    assert surface(Words(no_hostname=True)).style.hostname_label is None


def test_the_host_name_is_the_nodes_and_not_the_pods() -> None:
    assert hostname({"NODE_NAME": "gpu-node-7"}) == "gpu-node-7"
    assert hostname({"NODE_NAME": ""}) == hostname({})
    assert hostname({})


PROGRAMS = {"module": ("-m", "exporter"), "command": ("-c", "from emberline.cli.app import main; main()", "exporter")}


@pytest.mark.parametrize("program", PROGRAMS)
def test_both_programs_read_upstreams_variables_and_tell_every_fault(program: str) -> None:
    environment = os.environ | {
        "DCGM_EXPORTER_LISTEN": "nowhere",
        "DCGM_EXPORTER_INTERVAL": "1",
        "DCGM_EXPORTER_DEVICES_STR": "x",
        "DCGM_EXPORTER_CONFIGMAP_DATA": "ns:name",
    }
    ended = subprocess.run(
        [sys.executable, *PROGRAMS[program], "--simulate", "--collector", "x"],
        env=environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == [
        "--listen",
        "--interval",
        "--collector",
        "x",
        "DCGM_EXPORTER_CONFIGMAP_DATA",
        "--devices",
    ]
