"""Mutants of generated alert rules, and the unit tests of theirs that must notice."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import yaml

from tests.rules.promtool import outcome

WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
_THRESHOLD: Final = re.compile(r"(?<=[<>] )(?!bool)[\d.]+")
_WINDOW: Final = re.compile(r"(?:5m|30m|1h|2h|6h|1d|3d)(?=\{)")
"""The window in the name of a recorded series."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of an alert rule; `tests` is a pattern of the unit tests that must notice it."""

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
    """The mutants of a test file's alert that its unit tests let pass.

    All of them stand in one rule file, each under an alert name of its own, so that one promtool evaluates what they
    read once.
    """
    named = {f"Mutant{number}": mutant for number, mutant in enumerate(candidates)}
    _, said = outcome(promtool, "test", "rules", _prepared(folder, test, named))
    caught = set(re.findall(r"\bMutant\d+\b", said))
    return [mutant.name for name, mutant in named.items() if name not in caught]


def _prepared(folder: Path, test: Path, named: Mapping[str, Mutant]) -> Path:
    """A copy of a test file, and of its rule file, in which mutants stand for the alert."""
    content = yaml.safe_load(test.read_bytes())
    (name,) = content["rule_files"]
    rules = yaml.safe_load((test.parent / name).read_bytes())
    for group in rules["groups"]:
        group["rules"] = [mutant for rule in group["rules"] for mutant in _in_place_of(rule, named)]
    for tested in content["tests"]:
        noticed = [name for name, mutant in named.items() if re.search(mutant.tests, tested["name"])]
        alerts, exprs = (tested.get(key, ()) for key in ("alert_rule_test", "promql_expr_test"))
        tested["alert_rule_test"] = [each | {"alertname": own} for each in alerts for own in noticed]
        tested["promql_expr_test"] = [each | {"expr": expr} for each in exprs for expr in _asked(each["expr"], noticed)]
    (folder / name).write_text(yaml.safe_dump(rules), encoding="utf-8")
    (folder / test.name).write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder / test.name


def _in_place_of(rule: dict[str, Any], named: Mapping[str, Mutant]) -> list[dict[str, Any]]:
    return [mutant.rule | {"alert": name} for name, mutant in named.items()] if "alert" in rule else [rule]


def _asked(expr: str, names: Sequence[str]) -> list[str]:
    """An expression as it is asked about each of the mutants, if it is about an alert."""
    return list(dict.fromkeys(re.sub(r'(?<=alertname=")\w+', name, expr) for name in names))
