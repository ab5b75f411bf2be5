"""`emberline rules` as a shell sees it: files, output and exit codes."""

import subprocess
import sys
from pathlib import Path

from tests.rules.plans import shipped_plans
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table

PROGRAM = "from emberline.cli.app import main; main()"
FILES = {"shop.yaml", *(f"tests/shop_{every}_test.yaml" for every in ("5m", "30m", "2h", "6h"))}


def emberline(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, "rules", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


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
    assert set(content(out)) == FILES
    assert set(run.stdout.split()) == {str(out / name) for name in FILES}


def test_shipped_tables_are_the_default(tmp_path: Path) -> None:
    assert emberline("-o", tmp_path, "--area", "platform").returncode == 0
    assert {name.split("_")[0] for name in content(tmp_path)} == {"platform.yaml", "tests/platform"}


def test_rows_without_rules_are_named(tmp_path: Path) -> None:
    run = emberline("-o", tmp_path / "out", "--slos", written(tmp_path, RATIO, SLICE, PROMQL))
    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        "S3 Staff: slice rows are not compiled yet",
        "S4 Freshness: promql rows are not compiled yet",
    ]


def test_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("groups: []\n", encoding="utf-8")
    emberline("-o", tmp_path, "--area", "platform")
    assert content(tmp_path)["own.yaml"] == b"groups: []\n"


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


def test_a_refused_row_leaves_the_old_files_and_is_named_with_its_place(tmp_path: Path) -> None:
    out = tmp_path / "out"
    emberline("-o", out, "--slos", written(tmp_path, RATIO, LATENCY))
    before = content(out)
    broken = changed(RATIO, ('bad: orders_total{code="500"}', "bad: orders_total"))
    wide = changed(LATENCY, ("slower_than: 1s", "slower_than: 1s\n      window: 10m"))
    run = emberline("-o", out, "--slos", written(tmp_path, broken, wide))
    assert (run.returncode, run.stdout) == (2, "")
    first, second = run.stderr.splitlines()
    assert first.startswith(f"{tmp_path / 't.yaml'}:3: slos[0]: its selectors pick no series")
    assert second.startswith(f"{tmp_path / 't.yaml'}:20: slos[1]: 22 rules, and Mimir takes 20")
    assert content(out) == before


def test_an_invalid_table_is_an_error(tmp_path: Path) -> None:
    run = emberline("-o", tmp_path / "out", "--slos", written(tmp_path, changed(RATIO, ("99.9%", "101%"))))
    assert run.returncode == 2
    assert not (tmp_path / "out").exists()


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        emberline("-o", tmp_path / name, "--area", "fabric")
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert len(content(tmp_path / "a")) == 5
    assert {plan.slo.area for plan in shipped_plans()} > {"fabric"}
