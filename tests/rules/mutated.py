"""Mutants of generated alert rules, and the unit tests of theirs that must notice."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import yaml

PROCESSES: Final = 2
SECONDS: Final = 300
WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
_THRESHOLD: Final = re.compile(r"(?<=[<>] )(?!bool)[\d.]+")
_WINDOW: Final = re.compile(r"(?:5m|30m|1h|2h|6h|1d|3d)(?=\{)")
"""The window in the name of a recorded series."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of an alert rule; `tests` is a pattern of the unit tests that are run on it."""

    name: str
    rule: dict[str, Any]
    tests: str = ""


def mutants(rule: dict[str, Any]) -> Iterator[Mutant]:
    """Every single change of a kind that nobody may make unnoticed."""
    yield Mutant("severity", rule | {"labels": rule["labels"] | {"severity": "page"}}, "fires|without")
    if "for" in rule:
        yield Mutant("held for longer", rule | {"for": "10h"}, "fires|without")
        yield Mutant("not held", {key: value for key, value in rule.items() if key != "for"}, "fires|without")
    expr = rule["expr"]
    pairs = re.split(r"(\nor\n)", expr)
    for place in range(0, len(pairs), 2):
        only = _tests_of(pairs[place]) if len(pairs) > 1 else ""
        for name, changed in _changes(pairs[place]):
            mutant = "".join([*pairs[:place], changed, *pairs[place + 1 :]])
            yield Mutant(f"{name} in part {place // 2}", rule | {"expr": mutant}, only)


def _tests_of(pair: str) -> str:
    windows = sorted({found[0] for found in _WINDOW.finditer(pair)}, key=WINDOWS.index)
    return f"over {' and '.join(windows)} "


def _changes(pair: str) -> Iterator[tuple[str, str]]:
    for times in ("1.1", "0.9"):
        scaled = _THRESHOLD.sub(partial(_scaled, Decimal(times)), pair)
        if scaled != pair:
            yield f"threshold x {times}", scaled
    if (flipped := re.sub(r" ([<>]) (?!bool)", lambda found: " < " if found[1] == ">" else " > ", pair)) != pair:
        yield "comparison flipped", flipped
    for own in sorted({found[0] for found in _WINDOW.finditer(pair)}, key=WINDOWS.index):
        for other in _neighbours(own):
            yield f"{own} swapped for {other}", re.sub(rf"(?<!\d){own}(?={{)", other, pair)


def _scaled(times: Decimal, found: re.Match[str]) -> str:
    return str(Decimal(found[0]) * times)


def _neighbours(window: str) -> Sequence[str]:
    """The windows that the other pair of the same alert has in its place."""
    swaps = {"5m": "30m", "30m": "5m", "1h": "6h", "6h": "1h", "2h": "6h", "1d": "3d", "3d": "1d"}
    return (swaps[window],)


def survivors(promtool: Path, folder: Path, test: Path, candidates: Iterable[Mutant]) -> list[str]:
    """The mutants of a test file's alert that its unit tests let pass."""
    jobs = [(mutant, _prepared(folder / str(number), test, mutant)) for number, mutant in enumerate(candidates)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        codes = pool.map(lambda job: _code(promtool, job[1], job[0].tests), jobs)
        return [mutant.name for (mutant, _), code in zip(jobs, codes, strict=True) if code == 0]


def _prepared(folder: Path, test: Path, mutant: Mutant) -> Path:
    """A copy of a test file beside a rule file in which the mutant stands for the alert."""
    folder.mkdir(parents=True)
    content = yaml.safe_load(test.read_bytes())
    (name,) = content["rule_files"]
    rules = deepcopy(yaml.safe_load((test.parent / name).read_bytes()))
    for group in rules["groups"]:
        group["rules"] = [mutant.rule if "alert" in rule else rule for rule in group["rules"]]
    (folder / name).write_text(yaml.safe_dump(rules), encoding="utf-8")
    (folder / test.name).write_bytes(test.read_bytes())
    return folder / test.name


def _code(promtool: Path, test: Path, only: str) -> int:
    command: list[str | Path] = [promtool, "test", "rules", f"--run={only}", test]
    run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    assert b"SUCCESS" in run.stdout or b"FAILED" in run.stdout + run.stderr, run.stderr
    return run.returncode
