"""The gates see one violation of each kind, injected into a copy of the tree, and let the clean copy pass.

import-linter keeps a contract whose module names are misspelt; only an injected violation shows that it bites.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = SETTINGS["tool"]["importlinter"]["root_packages"]
PURE = ("native", "slo", "rules", "dashboards")
CONNECTED = ("httpx", "aiohttp", "asyncio", "socket", "threading", "subprocess")
IMPURE_MODULES = (*CONNECTED, "time", "random", "os", "pathlib", "io", "sys")
HIDDEN_INPUTS = (
    "datetime.datetime.now()",
    "datetime.date.today()",
    "os.environ['A']",
    "os.getenv('A')",
    "numpy.random.default_rng()",
    "numpy.load('a')",
)

# An editable installation answers for the packages before the current folder does; the linter must see the copy.
LINT = """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in type(finder).__module__]
sys.path.insert(0, ".")
from importlinter.cli import lint_imports_command
lint_imports_command()
"""

VIOLATIONS: dict[str, list[tuple[str, str]]] = {
    "layers": [
        *((package, "emberline.cli.app") for package in PACKAGES if package != "emberline"),
        *(("native", package) for package in ("slo", "rules", "dashboards", "exporter")),
        *(("slo", package) for package in ("rules", "dashboards", "exporter")),
        *(("rules", package) for package in ("dashboards", "exporter")),
        ("dashboards", "exporter"),
        ("exporter", "dashboards"),
    ],
    "pure": [(package, module) for package in PURE for module in IMPURE_MODULES],
    "node": [("exporter", module) for module in ("numpy", "slo", "rules", "dashboards")],
    "node-kernels": [("exporter", "native.injected")],
    "panels": [("dashboards", "rules.injected")],
    "compilers": [("rules", "native.exposition"), ("dashboards", "native.exposition")],
    "acyclic": [("slo", "slo.injected_too")],
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages and their settings."""
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", LINT, "--no-logo", "--no-cache", *options]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=60, check=False)


def hidden_inputs(tree: Path, path: str) -> list[str]:
    options = ["--no-cache", "--select", "TID251", "--output-format", "concise"]
    command = [sys.executable, "-m", "ruff", "check", *options, path]
    run = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=60, check=False)
    return [line for line in run.stdout.splitlines() if "TID251" in line]


def test_the_tree_as_it_is_passes(tree: Path) -> None:
    run = lint(tree)
    assert run.returncode == 0, run.stdout


def test_every_contract_has_its_violation() -> None:
    assert {contract["id"] for contract in SETTINGS["tool"]["importlinter"]["contracts"]} == set(VIOLATIONS)


def test_every_package_we_ship_is_linted() -> None:
    shipped = SETTINGS["tool"]["scikit-build"]["wheel"]["packages"]
    assert [source for source in shipped.values() if source != "docs/runbooks"] == PACKAGES


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_in_a_new_module_breaks(contract: str, tree: Path) -> None:
    for package in PACKAGES:
        imports = [f"import {module}\n" for source, module in VIOLATIONS[contract] if source == package]
        (tree / package / "injected.py").write_text("".join(imports), encoding="utf-8")
    (tree / "slo/injected_too.py").write_text("import slo.injected\n", encoding="utf-8")
    run = lint(tree, "--contract", contract)
    missed = [violation for violation in VIOLATIONS[contract] if not named(run.stdout, contract, *violation)]
    assert (run.returncode, missed) == (1, []), run.stdout


def named(report: str, contract: str, source: str, module: str) -> bool:
    """Whether the linter's report shows the injected import."""
    if contract == "acyclic":
        return ".injected_too" in report and ".injected" in report
    return f"{source}.injected -> {module}" in report


@pytest.mark.parametrize("package", PURE)
def test_hidden_inputs_are_refused_in_pure_packages(package: str, tree: Path) -> None:
    lines = "".join(f"{expression}\n" for expression in HIDDEN_INPUTS)
    (tree / package / "injected.py").write_text(f"import datetime\nimport os\nimport numpy\n{lines}", encoding="utf-8")
    found = hidden_inputs(tree, f"{package}/injected.py")
    assert [line.split(":")[1] for line in found] == ["4", "5", "6", "7", "8", "9"]


def test_the_shells_may_look_at_the_clock(tree: Path) -> None:
    for package in ("exporter", "emberline"):
        (tree / package / "injected.py").write_text("import datetime\ndatetime.datetime.now()\n", encoding="utf-8")
        assert hidden_inputs(tree, f"{package}/injected.py") == []


def test_what_reads_and_compiles_tables_starts_without_numpy() -> None:
    """It is a sixth of a second of each command that evaluates nothing."""
    modules = "emberline.compilation, emberline.artefacts, rules.files, dashboards.files"
    program = f"import sys, {modules}; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("False\n", "")


def test_importing_the_exporter_loads_neither_numpy_nor_an_slo_package() -> None:
    modules = [".".join(path.relative_to(PROJECT).with_suffix("").parts) for path in PROJECT.glob("exporter/**/*.py")]
    imports = "\n".join(f"import {module.removesuffix('.__init__')}" for module in sorted(modules))
    unwanted = "{'numpy', 'slo', 'rules', 'dashboards', 'emberline'}"
    program = f"import sys\n{imports}\nprint(*sorted({unwanted} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout.split(), run.stderr) == ([], "")
