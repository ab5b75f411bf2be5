"""`emberline rules` as a shell sees it: files, output and exit codes."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests import program
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table

KINDS = ("page", "ticket", "static", "exhausted", "no-data")


def unit_tests(*rows: str) -> set[str]:
    """The test files of rows, each with a rule file of its own."""
    return {f"tests/{row}_{kind}_{end}.yaml" for row in rows for kind in KINDS for end in ("test", "rules")}


def emberline(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return program.emberline("rules", *arguments)


def written(folder: Path, *rows: str) -> Path:
    path = folder / "t.yaml"
    path.write_bytes(table(*rows))
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_rules_and_tests_are_written_and_listed(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    run = emberline("-o", out, "--slos", written(tmp_path, RATIO, LATENCY))
    assert (run.returncode, run.stderr) == (0, "")
    assert set(content(out)) == {"shop.yaml"} | unit_tests("S1", "S2")
    assert set(run.stdout.split()) == {str(out / name) for name in content(out)}


def test_shipped_tables_are_the_default(tmp_path: Path) -> None:
    assert emberline("-o", tmp_path, "--area", "platform").returncode == 0
    found = set(content(tmp_path))
    assert found >= {"platform.yaml", "platform-alerts.yaml", "platform-promises.yaml"} | unit_tests("P1", "P2", "P3")
    assert [name for name in found if name.startswith(("ai-hub", "banking", "tests/A", "tests/ai-hub"))] == []


def test_rows_of_every_kind_have_rules(tmp_path: Path) -> None:
    run = emberline("-o", tmp_path / "out", "--slos", written(tmp_path, RATIO, LATENCY, SLICE, PROMQL))
    assert (run.returncode, run.stderr) == (0, "")
    assert set(content(tmp_path / "out")) == {"shop.yaml"} | unit_tests("S1", "S2", "S3", "S4")


@pytest.mark.parametrize(
    ("form", "name", "first"),
    [
        ("prometheus", "shop.yaml", "groups:"),
        ("operator", "emberline-shop.yaml", "apiVersion: monitoring.coreos.com/v1"),
        ("mimir", "shop.yaml", "namespace: shop"),
    ],
)
def test_formats_have_the_same_unit_tests(tmp_path: Path, form: str, name: str, first: str) -> None:
    out = tmp_path / "out"
    run = emberline("-o", out, "--format", form, "--slos", written(tmp_path, RATIO))
    assert (run.returncode, run.stderr) == (0, "")
    assert set(content(out)) == {name} | unit_tests("S1")
    assert (out / name).read_text(encoding="utf-8").splitlines()[1] == first


def test_limits_that_mimir_must_raise_are_shown(tmp_path: Path) -> None:
    names = (("id: S1", "id: S{}"), ("Availability", "Name {}"), ("OrdersFailing", "Failing{}"))
    rows = [changed(RATIO, *((old, new.format(i)) for old, new in names)) for i in range(36)]
    limits = "limits:\n  ruler_max_rule_groups_per_tenant: 72\n"
    for form, shown in (("mimir", limits), ("prometheus", "")):
        run = emberline("-o", tmp_path / "out", "--format", form, "--slos", written(tmp_path, *rows))
        assert (run.returncode, run.stderr.partition("\n")[2]) == (0, shown)


def test_files_of_others_stay(tmp_path: Path) -> None:
    own = {"own.yaml": b"groups: []\n", "tests/own_test.yaml": b"", "deep/rules.yaml": b"", "notes.txt": b""}
    rows = written(tmp_path, RATIO)
    out = tmp_path / "out"
    for name, text in own.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(text)
    assert emberline("-o", out, "--slos", rows).returncode == 0
    (out / "deep" / "rules.yaml").write_bytes((out / "shop.yaml").read_bytes())
    assert emberline("-o", out, "--slos", rows, "--check").returncode == 0
    assert emberline("-o", out, "--slos", rows).stderr == ""
    assert content(out).keys() >= own.keys()


def test_what_is_no_longer_generated_is_named_and_then_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    emberline("-o", out, "--slos", written(tmp_path, RATIO, LATENCY))
    rows = written(tmp_path, RATIO)
    left_over = sorted(str(out / name) for name in unit_tests("S2"))
    check = emberline("-o", out, "--slos", rows, "--check")
    assert check.returncode == 1
    assert [line.partition(": ") for line in check.stderr.splitlines()[:-1]] == [
        (str(out / "shop.yaml"), "", ""),
        *((path, ": ", "no longer generated") for path in left_over),
    ]
    assert content(out).keys() >= unit_tests("S2")
    run = emberline("-o", out, "--slos", rows)
    assert run.returncode == 0
    assert run.stderr.splitlines() == [f"{path}: removed, no longer generated" for path in left_over]
    assert set(content(out)) == {"shop.yaml"} | unit_tests("S1")
    assert emberline("-o", out, "--slos", rows, "--check").returncode == 0


def test_a_part_of_the_tables_removes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    emberline("-o", out, "--slos", written(tmp_path, RATIO))
    emberline("-o", out, "--area", "platform")
    assert content(out).keys() >= {"shop.yaml", "platform.yaml"}
    assert emberline("-o", out, "--area", "platform", "--check").returncode == 0


def test_check_writes_nothing_and_names_what_is_out_of_date(tmp_path: Path) -> None:
    rows, out = written(tmp_path, RATIO), tmp_path / "out"
    missing = emberline("-o", out, "--slos", rows, "--check")
    assert (missing.returncode, out.exists()) == (1, False)
    emberline("-o", out, "--slos", rows)
    assert emberline("-o", out, "--slos", rows, "--check").returncode == 0
    (out / "shop.yaml").write_text("", encoding="utf-8")
    stale = emberline("-o", out, "--slos", rows, "--check")
    assert (stale.returncode, stale.stdout) == (1, "")
    assert stale.stderr.splitlines()[0] == str(out / "shop.yaml")
    assert stale.stderr.count(".yaml") == 1
    assert (out / "shop.yaml").read_bytes() == b""


def test_runbooks_are_where_they_are_published(tmp_path: Path, promtool: Path) -> None:
    for options, expected in (
        ((), "runbooks/S1.md"),
        (("--runbooks", "http://docs.svc/on call/"), "http://docs.svc/on call/runbooks/S1.md"),
    ):
        out = tmp_path / str(len(options))
        emberline("-o", out, "--slos", written(tmp_path, RATIO), *options)
        rules = yaml.safe_load((out / "shop.yaml").read_text(encoding="utf-8"))["groups"]
        alerts = [rule for group in rules for rule in group["rules"] if "alert" in rule]
        assert {alert["annotations"]["runbook_url"] for alert in alerts} == {expected}
        test = out / "tests" / "S1_static_test.yaml"
        assert f"runbook_url: {expected}" in test.read_text(encoding="utf-8")
        subprocess.run([promtool, "test", "rules", test], check=True, timeout=60)


def test_a_refused_row_leaves_the_old_files_and_is_named_with_its_place(tmp_path: Path) -> None:
    out = tmp_path / "out"
    emberline("-o", out, "--slos", written(tmp_path, RATIO, LATENCY, SLICE))
    before = content(out)
    broken = changed(RATIO, ('bad: orders_total{code="500"}', "bad: orders_total"))
    other = changed(
        broken, ("id: S1", "id: S5"), ("name: Availability", "name: Other"), ("OrdersFailing", "OthersFailing")
    )
    run = emberline("-o", out, "--slos", written(tmp_path, broken, other))
    assert (run.returncode, run.stdout) == (2, "")
    first, second = run.stderr.splitlines()
    assert first.startswith(f"{tmp_path / 't.yaml'}:3: slos[0]: its selectors pick no series")
    assert second.startswith(f"{tmp_path / 't.yaml'}:20: slos[1]: its selectors pick no series")
    assert content(out) == before


def test_an_invalid_table_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    emberline("-o", out, "--slos", written(tmp_path, RATIO, LATENCY))
    before = content(out)
    run = emberline("-o", out, "--slos", written(tmp_path, changed(RATIO, ("99.9%", "101%"))))
    assert run.returncode == 2
    assert content(out) == before


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for form in ("prometheus", "operator", "mimir"):
        for name in ("a", "b"):
            emberline("-o", tmp_path / form / name, "--format", form, "--area", "fabric")
        assert content(tmp_path / form / "a") == content(tmp_path / form / "b")
        assert len(content(tmp_path / form / "a")) > 1 + 5 * 2 * 5


def test_long_windows_are_composed_on_demand(tmp_path: Path) -> None:
    run = emberline("-o", tmp_path / "out", "--slos", written(tmp_path, RATIO), "--compose-from", "1d")
    assert (run.returncode, run.stderr) == (0, "")
    rules = (tmp_path / "out" / "shop.yaml").read_text(encoding="utf-8")
    assert 'sum(sum_over_time(slo:bad_events:increase5m{slo="S1"}[1d]))' in rules
    assert "increase(orders_total[6h])" in rules


@pytest.mark.parametrize("length", ["soon", "5m"])
def test_windows_cannot_be_composed_of_less_than_is_recorded(length: str, tmp_path: Path) -> None:
    run = emberline("-o", tmp_path / "out", "--slos", written(tmp_path, RATIO), "--compose-from", length)
    assert run.returncode == 2
    assert run.stderr.startswith("--compose-from: ")
    assert not (tmp_path / "out").exists()


def test_an_alert_that_cannot_be_tested_is_told(tmp_path: Path) -> None:
    strict = changed(SLICE, ("objective: 95%", "objective: 99.95%"))
    run = emberline("-o", tmp_path / "out", "--slos", written(tmp_path, strict))
    assert run.returncode == 0
    assert [line.partition(":")[0] for line in run.stderr.splitlines()] == ["S3_exhausted_test"]


def test_flagger_gets_templates_that_ask_the_server_it_knows(tmp_path: Path) -> None:
    address = "http://mimir.metrics.svc/prometheus"
    run = emberline("-o", tmp_path, "--format", "flagger", "--area", "banking", "--flagger-asks", address)
    assert (run.returncode, run.stdout.split()) == (0, [str(tmp_path / "flagger.yaml")])
    found = list(yaml.safe_load_all((tmp_path / "flagger.yaml").read_bytes()))
    assert {each["metadata"]["name"] for each in found} == {"slo-b1", "slo-b2", "slo-b3"}
    assert {each["spec"]["provider"]["address"] for each in found} == {address}
    refused = emberline("-o", tmp_path, "--format", "flagger", "--flagger-asks", "nowhere")
    assert (refused.returncode, refused.stderr[:16]) == (2, "--flagger-asks: ")


@pytest.mark.parametrize("form", ["operator", "mimir"])
def test_unit_tests_pass_beside_files_that_promtool_does_not_read(form: str, promtool: Path, tmp_path: Path) -> None:
    assert emberline("-o", tmp_path, "--format", form, "--area", "banking").returncode == 0
    tests = sorted((tmp_path / "tests").glob("banking-*_test.yaml"))
    assert tests
    subprocess.run([promtool, "test", "rules", *tests], check=True, timeout=60, capture_output=True)
