"""`emberline alertmanager` as a shell sees it: the file, its mode, output and exit codes."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from emberline.catalogue import shipped, shipped_files
from tests import program
from tests.slo.rows import LATENCY, RATIO, changed, table

PROGRAM = "from emberline.cli.app import main; main()"
TOKEN, HUMANS, AI_HUB = "t0.ken", "https://chat.example/hooks/h?key=1", "https://chat.example/hooks/a"


def emberline(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return program.emberline("alertmanager", *arguments)


def secrets(folder: Path, texts: Mapping[str, str] | None = None) -> list[str | Path]:
    """Options that name three files with these texts, or good ones."""
    options: list[str | Path] = []
    for option, good in (("token", TOKEN), ("humans-url", HUMANS), ("ai-hub-humans-url", AI_HUB)):
        text = (texts or {}).get(option, good)
        (folder / option).write_text(f"{text}\n", encoding="utf-8")
        options += [f"--{option}-file", folder / option]
    return options


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def receivers(text: str) -> dict[str, dict[str, object]]:
    found = yaml.safe_load(text)["receivers"]
    return {each["name"]: each["webhook_configs"][0] for each in found}


def test_the_file_is_written_and_named_and_reads_no_secret(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "am.yml"
    run = emberline("-o", out, "--responder-url", "https://responder.example/alerts")
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{out}\n", "")
    found = receivers(out.read_text(encoding="utf-8"))
    assert found["gitea-actions"] == found["ai-hub-oncall"]
    assert found["gitea-actions"]["url"] == "https://responder.example/alerts"
    assert found["humans"] == {"send_resolved": True, "url_file": "/etc/alertmanager/humans-url"}
    assert found["ai-hub-humans"]["url_file"] == "/etc/alertmanager/ai-hub-humans-url"
    assert mode(out) == 0o644


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        emberline("-o", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_mimir_gets_the_secrets_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    out = tmp_path / "am.yml"
    run = emberline("-o", out, "--flavour", "mimir", *secrets(tmp_path))
    assert (run.returncode, run.stdout, run.stderr, mode(out)) == (0, f"{out}\n", "", 0o600)
    payload = yaml.safe_load(out.read_text(encoding="utf-8"))
    found = receivers(payload["alertmanager_config"])
    assert found["ai-hub-oncall"]["http_config"] == {"authorization": {"type": "Bearer", "credentials": TOKEN}}
    assert (found["humans"]["url"], found["ai-hub-humans"]["url"]) == (HUMANS, AI_HUB)


def test_an_old_alertmanager_gets_addresses_inline_and_the_token_in_its_file(tmp_path: Path) -> None:
    out = tmp_path / "am.yml"
    assert emberline("-o", out, "--flavour", "upstream-0.25", *secrets(tmp_path)).returncode == 0
    text = out.read_text(encoding="utf-8")
    assert (mode(out), TOKEN in text, HUMANS in text) == (0o600, False, True)
    authorization = {"type": "Bearer", "credentials_file": str(tmp_path / "token")}
    assert receivers(text)["gitea-actions"]["http_config"] == {"authorization": authorization}


def test_every_secret_that_cannot_be_read_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    options = secrets(tmp_path, {"token": "two words", "ai-hub-humans-url": ""})
    (tmp_path / "humans-url").unlink()
    run = emberline("-o", tmp_path / "am.yml", "--flavour", "mimir", *options)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        f"{tmp_path}/token: not one line of printable characters without spaces",
        f"{tmp_path}/humans-url: No such file or directory",
        f"{tmp_path}/ai-hub-humans-url: not one line of printable characters without spaces",
    ]
    assert not (tmp_path / "am.yml").exists()


@pytest.mark.parametrize("text", ["hunter2", "https://chat.example/{{hunter2}}", "https://<domain>/hooks"])
def test_a_secret_that_is_no_address_is_told_and_not_shown(text: str, tmp_path: Path) -> None:
    run = emberline("-o", tmp_path / "am.yml", "--flavour", "mimir", *secrets(tmp_path, {"humans-url": text}))
    assert run.returncode == 2
    assert run.stderr == f"{tmp_path}/humans-url: not an address such as https://chat.example/hooks/1\n"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--responder-url", "responder", "'responder' is not an address such as http://127.0.0.1:9090"),
        ("--responder-url", "http://a b/c", "'http://a b/c' is not an address such as http://127.0.0.1:9090"),
        ("--responder-url", "http://a/\n", "'http://a/\\n' is not an address such as http://127.0.0.1:9090"),
        ("--responder-url", "http://a\t/", "'http://a\\t/' is not an address such as http://127.0.0.1:9090"),
        ("--responder-url", "http://<a>/", "'http://<a>/' is not an address such as http://127.0.0.1:9090"),
        ("--token-file", "", "no file is named"),
        ("--humans-url-file", "/", "no file is named"),
        ("--ai-hub-humans-url-file", ".", "no file is named"),
        ("--responder-url", "http://a:b@c/", "credentials belong in --token-file, not in the address"),
        ("--time-zone", "Mars/Olympus", "'Mars/Olympus' is not a time zone known here, such as Europe/Berlin"),
        ("--time-zone", "Europe", "'Europe' is not a time zone known here, such as Europe/Berlin"),
        ("--time-zone", "../UTC", "'../UTC' is not a time zone known here, such as Europe/Berlin"),
    ],
)
def test_what_is_named_wrongly_is_told(option: str, value: str, message: str, tmp_path: Path) -> None:
    run = emberline("-o", tmp_path / "am.yml", option, value)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"{option}: {message}\n")


def test_a_placeholder_leaves_the_old_file_and_is_named(tmp_path: Path) -> None:
    out = tmp_path / "am.yml"
    out.write_text("old", encoding="utf-8")
    run = emberline("-o", out, "--token-file", "/etc/<name>/token")
    assert (run.returncode, out.read_text(encoding="utf-8")) == (2, "old")
    assert [line.partition(": ")[2] for line in run.stderr.splitlines()] == ["credentials_file holds a placeholder"] * 2


def test_rows_of_ones_own_are_told_apart_by_their_labels(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes(table(RATIO, LATENCY))
    assert emberline("-o", tmp_path / "am.yml", "--slos", tmp_path / "t.yaml").returncode == 0
    rules = yaml.safe_load((tmp_path / "am.yml").read_text(encoding="utf-8"))["inhibit_rules"]
    always = ["slo", "area", "namespace", "cluster"]
    others = {"shop", *(label for slo in shipped() for label in slo.by)}.difference(always)
    assert rules[0]["equal"] == [*always, *sorted(others)]


def test_rows_of_ones_own_stand_beside_the_shipped_ones_and_a_copy_changes_nothing(tmp_path: Path) -> None:
    own = changed(RATIO, ("      for: 5m\n", "      for: 5m\n      action: XA1\n"))
    (tmp_path / "own.yaml").write_bytes(table(own))
    (tmp_path / "copy.yaml").write_bytes(shipped_files()["platform.yaml"])
    texts = {}
    for name in ("shipped", "own", "copy"):
        options: list[str | Path] = [] if name == "shipped" else ["--slos", tmp_path / f"{name}.yaml"]
        assert emberline("-o", tmp_path / name, *options).returncode == 0
        texts[name] = (tmp_path / name).read_text(encoding="utf-8")
    assert texts["copy"] == texts["shipped"]
    assert [text in texts["own"] for text in ("|OrdersFailing|", "|HighErrorRate|", "|XA1", "|shop")] == [True] * 4
    assert "OrdersFailing" not in texts["shipped"]


def test_a_rows_own_alert_under_a_name_of_the_handbooks_is_told_with_its_place(tmp_path: Path) -> None:
    names = [("OrdersFailing", "PodCrashLoopBackOff"), ("OrdersSlow", "MetricsNotStored")]
    path = tmp_path / "t.yaml"
    path.write_bytes(table(*(changed(row, names) for row, names in zip((RATIO, LATENCY), names, strict=True))))
    run = emberline("-o", tmp_path / "am.yml", "--slos", path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        f"{path}:16: slos[0].alert.name: alert 'PodCrashLoopBackOff' is taken by the handbook's PA2",
        f"{path}:36: slos[1].alert.name: alert 'MetricsNotStored' is taken by the handbook's X9-mimir",
    ]


def test_a_rows_own_alert_that_would_be_muted_is_refused(tmp_path: Path) -> None:
    for name, code in (("SErrorBudgetBurnTicket", 2), ("OrdersFailing", 0)):
        (tmp_path / "t.yaml").write_bytes(table(changed(RATIO, ("OrdersFailing", name))))
        run = emberline("-o", tmp_path / "am.yml", "--slos", tmp_path / "t.yaml")
        assert run.returncode == code, run.stderr
        assert run.stderr.startswith(f"{name}: ") == (code == 2)


def test_a_pipe_is_read_where_somebody_writes_and_nobody_is_waited_for(tmp_path: Path) -> None:
    pipe, options = tmp_path / "pipe", secrets(tmp_path)
    os.mkfifo(pipe)
    options[1] = pipe
    run = emberline("-o", tmp_path / "am.yml", "--flavour", "mimir", *options)
    assert (run.returncode, run.stderr) == (2, f"{pipe}: not one line of printable characters without spaces\n")
    options[1] = "/dev/stdin"
    command = [sys.executable, "-c", PROGRAM, "alertmanager", "-o", tmp_path / "am.yml", "--flavour", "mimir", *options]
    subprocess.run(command, input=f"{TOKEN}\n", text=True, check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert TOKEN in (tmp_path / "am.yml").read_text(encoding="utf-8")


def test_an_unknown_area_or_flavour_and_a_folder_are_wrong_usage(tmp_path: Path) -> None:
    assert emberline("-o", tmp_path / "am.yml", "--area", "moon").stderr.startswith("no SLO in area 'moon'")
    assert emberline("-o", tmp_path / "am.yml", "--flavour", "cortex").returncode == 2
    run = emberline("-o", tmp_path)
    assert (run.returncode, run.stderr) == (2, f"{tmp_path}: cannot write: Is a directory\n")
    assert [path.name for path in tmp_path.parent.iterdir() if path.name.startswith(f".{tmp_path.name}")] == []


def test_help_shows_an_example() -> None:
    assert "Example: emberline alertmanager" in emberline("--help").stdout
