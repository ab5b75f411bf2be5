"""`emberline list` and `emberline check` as a shell sees them: output, errors and exit codes."""

import json
from pathlib import Path

import pytest

from tests.program import emberline
from tests.slo.rows import LATENCY, RATIO, changed, table

IDS = [f"{area}{n}" for area, last in (("P", 3), ("A", 6), ("B", 3), ("F", 5), ("R", 4)) for n in range(1, last + 1)]


def written(folder: Path, *rows: str, name: str = "t.yaml") -> Path:
    path = folder / name
    path.write_bytes(table(*rows))
    return path


def test_the_json_list_holds_the_handbooks_rows() -> None:
    run = emberline("list", "--json")
    found = json.loads(run.stdout)
    assert (run.returncode, run.stderr) == (0, "")
    assert [row["id"] for row in found] == IDS
    a1 = next(row for row in found if row["id"] == "A1")
    assert (a1["area"], a1["kind"], a1["objective"], a1["window"], a1["by"]) == (
        "ai-hub",
        "latency",
        0.95,
        "30d",
        ["model_name"],
    )
    assert a1["alert"] == {
        "name": "VLLMHighLatency",
        "bound": "p95 > 10s",
        "window": "5m",
        "for": "5m",
        "priority": "P2",
        "action": "AA1",
    }


def test_the_table_names_its_columns_and_rows() -> None:
    run = emberline("list", "--area", "relay")
    lines = run.stdout.split("\n")
    assert run.returncode == 0
    assert lines[1].split() == ["id", "area", "name", "kind", "objective", "window", "alert"]
    assert [line.split()[0] for line in lines if line.startswith("  R")] == ["R1", "R2", "R3", "R4"]
    assert "99.5%" in run.stdout


def test_tables_of_ones_own_are_listed_instead(tmp_path: Path) -> None:
    written(tmp_path, LATENCY, name="b.yaml")
    written(tmp_path, RATIO, name="a.yaml")
    run = emberline("list", "--json", "--slos", tmp_path)
    assert [row["id"] for row in json.loads(run.stdout)] == ["S1", "S2"]


def test_brackets_and_colons_of_a_name_are_shown_as_written(tmp_path: Path) -> None:
    for name in ("Orders [/red]", "Orders [bold]", "Orders :ok:"):
        run = emberline("list", "--slos", written(tmp_path, changed(RATIO, ("Availability", f'"{name}"'))))
        assert (run.returncode, run.stderr) == (0, "")
        assert f"  {name}  " in run.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("list", "--area", "moon"), "no SLO in area 'moon'; there are platform, ai-hub, banking, fabric, relay\n"),
        (("list", "--slos", "missing.yaml"), "missing.yaml: No such file or directory\n"),
        (("check", "missing.yaml"), "missing.yaml: No such file or directory\n"),
        (("check", "x" * 300), f"{'x' * 300}: File name too long\n"),
    ],
)
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...], message: str) -> None:
    run = emberline(*arguments)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", message)


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    run = emberline("check", tmp_path)
    assert (run.returncode, run.stderr) == (2, f"{tmp_path}: no *.yaml in this folder\n")


def test_every_path_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "table.yaml").write_text("area: shop\nslos: 5\n")
    run = emberline("check", tmp_path, "one.yaml", tmp_path / "folder.yaml", "two.yaml")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        f"{tmp_path}/folder.yaml: Is a directory",
        "one.yaml: No such file or directory",
        f"{tmp_path}/folder.yaml: no *.yaml in this folder",
        "two.yaml: No such file or directory",
        f"{tmp_path}/table.yaml:2: slos: must be a list",
    ]


def test_the_shipped_tables_pass_the_check() -> None:
    run = emberline("check")
    assert (run.returncode, run.stdout, run.stderr) == (0, "21 SLOs, 0 findings\n", "")


def test_a_bad_table_ends_with_two_and_every_fault(tmp_path: Path) -> None:
    path = written(tmp_path, changed(RATIO, ("99.9%", "99.9"), ("for: 5m", "for: soon")))
    expected = [
        f"{path}:6: slos[0].objective: 99.9 is not between 0 and 1, both excluded: 99.9% perhaps?",
        f"{path}:18: slos[0].alert.for: 'soon' is not a duration such as 30s, 5m, 6h, 1d or 1h30m",
    ]
    for command in (("check", path), ("list", "--slos", path)):
        run = emberline(*command)
        assert (run.returncode, run.stdout, run.stderr.splitlines()) == (2, "", expected)


def test_findings_end_with_one(tmp_path: Path) -> None:
    path = written(tmp_path, changed(RATIO, ("below: 99.5%", "below: 99.95%")))
    run = emberline("check", path)
    finding = "S1: the static alert over 5m fires while the objective still holds: f = 0.5 < 1"
    assert run.returncode == 1
    assert run.stdout == f"{path}:15: slos[0].alert: {finding}\n1 SLOs, 1 findings\n"


def test_objectives_are_compared_across_files(tmp_path: Path) -> None:
    first = written(tmp_path, RATIO, name="a.yaml")
    other = changed(RATIO, ("S1", "S9"), ("Availability", "Orders"), ("OrdersFailing", "OrdersLost"))
    second = written(tmp_path, changed(other, ("99.9%", "99%"), ("below: 99.5%", "below: 95%")), name="b.yaml")
    run = emberline("check", tmp_path)
    finding = f"S9: S1 at {first}:6 has another objective for the same SLI: 99% ≠ 99.9%"
    assert (run.returncode, run.stdout) == (1, f"{second}:6: slos[0].objective: {finding}\n2 SLOs, 1 findings\n")


@pytest.mark.parametrize(("interval", "code", "findings"), [("75s", 0, 0), ("76s", 1, 2)])
def test_windows_are_held_against_the_scrape_interval(interval: str, code: int, findings: int, tmp_path: Path) -> None:
    run = emberline("check", written(tmp_path, RATIO), "--scrape-interval", interval)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (code, f"1 SLOs, {findings} findings")
    assert run.stdout.count("4 · 76s = 304s > 5m") == findings


@pytest.mark.parametrize(
    ("interval", "message"),
    [
        ("often", "'often' is not a duration such as 30s, 5m, 6h, 1d or 1h30m"),
        ("0s", "must be longer than zero"),
    ],
)
def test_a_scrape_interval_that_is_none_ends_with_two(interval: str, message: str) -> None:
    run = emberline("check", "--scrape-interval", interval)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"--scrape-interval: {message}\n")


def test_the_json_check_holds_errors_and_findings(tmp_path: Path) -> None:
    odd = written(tmp_path, changed(RATIO, ("below: 99.5%", "below: 99.95%")), name="odd.yaml")
    bad = written(tmp_path, changed(LATENCY, ("unit: s", "unit: us")), name="bad.yaml")
    told = json.loads(emberline("check", odd, "--json").stdout)
    finding = {
        "file": str(odd),
        "line": 15,
        "path": "slos[0].alert",
        "row": "S1",
        "message": "the static alert over 5m fires while the objective still holds",
        "formula": "f = 0.5 < 1",
    }
    assert told == {"slos": 1, "errors": [], "findings": [finding], "compositions": []}
    refused = emberline("check", bad, odd, "--json")
    error = {"file": str(bad), "line": 15, "path": "slos[0].indicator.unit", "message": "is none of 's' or 'ms'"}
    assert refused.returncode == 2
    assert json.loads(refused.stdout) == {"slos": 0, "errors": [error], "findings": [], "compositions": []}


def test_an_unreachable_server_hides_no_finding(tmp_path: Path) -> None:
    path = written(tmp_path, changed(RATIO, ("below: 99.5%", "below: 99.95%")))
    run = emberline("check", path, "--prometheus", "http://127.0.0.1:1")
    assert run.returncode == 3
    assert run.stdout.splitlines()[0].startswith(f"{path}:15: slos[0].alert: ")
    assert run.stderr.startswith("http://127.0.0.1:1: ")
    told = emberline("check", path, "--json", "--prometheus", "http://127.0.0.1:1")
    assert (told.returncode, len(json.loads(told.stdout)["findings"])) == (3, 1)


@pytest.mark.parametrize("command", ["list", "check"])
def test_help_shows_an_example(command: str) -> None:
    assert f"Example: emberline {command}" in emberline(command, "--help").stdout


def test_a_row_that_has_no_rules_is_a_fault_of_check_too(tmp_path: Path) -> None:
    """Bad events that are all events: nothing could show the alert."""
    run = emberline("check", written(tmp_path, changed(RATIO, ('bad: orders_total{code="500"}', "bad: orders_total"))))
    assert run.returncode == 2
    assert run.stderr.startswith(f"{tmp_path / 't.yaml'}:3: slos[0]: its selectors pick no series")
