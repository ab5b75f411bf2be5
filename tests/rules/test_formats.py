"""The same rules as files of Prometheus, objects of its operator and namespaces of Mimir."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from rules.emitter import emitted
from rules.files import compiled
from rules.formats import OBJECT_BYTES, mimir_overrides, rendered
from rules.promql import Number
from rules.rule import Group, Recording, RuleFile
from slo.duration import Duration
from tests.rules.plans import planned, shipped_plans
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed

SCHEMA = Path(__file__).parents[1] / "data" / "operator" / "prometheusrule.json"
OBJECT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def files(*rows: str) -> tuple[RuleFile, ...]:
    return compiled(planned(*rows))[0]


def many(count: int) -> tuple[RuleFile, ...]:
    """One file of so many rows."""
    rows = (
        changed(RATIO, ("id: S1", f"id: S{i}"), ("Availability", f"Name {i}"), ("Failing", f"Failing{i}"))
        for i in range(count)
    )
    return files(*rows)


def loaded(texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: yaml.safe_load(text) for name, text in texts.items()}


def closed(schema: Any) -> Any:  # noqa: ANN401  JSON of any shape
    """A schema that takes no field it does not name, as the server prunes them; metadata is not its business."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    own = {"additionalProperties": False} if "properties" in schema else {}
    return own | {key: closed(value) for key, value in schema.items()}


@pytest.fixture(scope="module")
def shipped() -> tuple[RuleFile, ...]:
    return compiled(shipped_plans())[0]


def test_every_format_holds_the_same_groups(shipped: tuple[RuleFile, ...]) -> None:
    prometheus = loaded(rendered(shipped, "prometheus"))
    mimir = loaded(rendered(shipped, "mimir"))
    operator = loaded(rendered(shipped, "operator"))
    assert list(prometheus) == list(mimir) == [f"{file.name}.yaml" for file in shipped]
    for file in shipped:
        groups = prometheus[f"{file.name}.yaml"]["groups"]
        assert [group["name"] for group in groups] == [group.name for group in file.groups]
        assert mimir[f"{file.name}.yaml"] == {"namespace": file.name, "groups": groups}
        assert operator[f"emberline-{file.name}.yaml"]["spec"] == {"groups": groups}


def test_objects_are_what_the_operator_takes(shipped: tuple[RuleFile, ...]) -> None:
    check = jsonschema.Draft7Validator(closed(json.loads(SCHEMA.read_text(encoding="utf-8"))))
    for name, each in loaded(rendered(shipped, "operator")).items():
        check.validate(each)
        assert (each["apiVersion"], each["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
        assert name == f"{each['metadata']['name']}.yaml"
        assert OBJECT_NAME.fullmatch(each["metadata"]["name"])
        assert each["metadata"]["labels"].items() >= {"prometheus": "k8s", "role": "alert-rules"}.items()


@pytest.mark.parametrize(
    ("field", "value"),
    [("exprs", "up"), ("labels", {"slo": 1}), ("for", "5 minutes"), ("record", None), ("annotations", ["a"])],
)
def test_the_schema_refuses_what_the_operator_would_not_take(field: str, value: object) -> None:
    (each,) = loaded(rendered(files(RATIO), "operator")).values()
    each["spec"]["groups"][0]["rules"][0][field] = value
    check = jsonschema.Draft7Validator(closed(json.loads(SCHEMA.read_text(encoding="utf-8"))))
    assert not check.is_valid(each)


def test_rules_in_objects_are_rules_to_prometheus(
    shipped: tuple[RuleFile, ...], promtool: Path, tmp_path: Path
) -> None:
    for name, each in loaded(rendered(shipped, "operator")).items():
        (tmp_path / name).write_text(emitted(each["spec"]), encoding="utf-8")
    subprocess.run([promtool, "check", "rules", *tmp_path.iterdir()], check=True, timeout=60)


def test_a_large_file_becomes_several_objects() -> None:
    (file,) = many(40)
    objects = loaded(rendered([file], "operator"))
    assert list(objects) == ["emberline-shop.yaml", *(f"emberline-shop.{i}.yaml" for i in range(2, len(objects) + 1))]
    groups = list(chain.from_iterable(each["spec"]["groups"] for each in objects.values()))
    assert [group["name"] for group in groups] == [group.name for group in file.groups]
    sizes = [len(re.sub("[<>&]", r"\\u003c", json.dumps(each))) for each in objects.values()]  # as kubectl writes it
    assert OBJECT_BYTES * 0.9 < min(sizes[:-1]) <= max(sizes) < 256 * 1024
    assert all(OBJECT_NAME.fullmatch(each["metadata"]["name"]) for each in objects.values())


def test_a_group_larger_than_an_object_stays_whole() -> None:
    rule = Recording("a", Number(Decimal(1)), (("word", "x" * 2 * OBJECT_BYTES),))
    file = RuleFile("shop", tuple(Group(name, Duration(60_000), (rule,)) for name in ("first", "second")))
    found = loaded(rendered([file], "operator"))
    assert [[g["name"] for g in each["spec"]["groups"]] for each in found.values()] == [["first"], ["second"]]


def test_shipped_rules_keep_mimirs_limits(shipped: tuple[RuleFile, ...]) -> None:
    assert mimir_overrides(shipped) == {}
    assert max(len(group.rules) for file in shipped for group in file.groups) == 20


def test_what_exceeds_mimirs_limits_is_counted() -> None:
    assert mimir_overrides(many(35)) == {}
    assert mimir_overrides(many(36)) == {"ruler_max_rule_groups_per_tenant": 72}
    wide = Group("wide", Duration(60_000), (Recording("a", Number(Decimal(1)), ()),) * 21)
    assert mimir_overrides([RuleFile("shop", (wide,))]) == {"ruler_max_rules_per_rule_group": 21}
    assert mimir_overrides([]) == {}


def names(rows: tuple[RuleFile, ...]) -> Iterator[tuple[str, str]]:
    """Group and rule, for every rule."""
    for group in rows[0].groups:
        for rule in group.rules:
            yield group.name, rule.record if isinstance(rule, Recording) else rule.alert


@pytest.mark.parametrize("row", [RATIO, LATENCY, SLICE, PROMQL], ids=["ratio", "latency", "slice", "promql"])
def test_names_do_not_depend_on_labels(row: str) -> None:
    page, own = ("P2", "P4") if "priority: P1\n    runbook" in row else ("P1", "P4")
    first, last = re.findall("priority: P.", row)
    other = changed(row, (first, f"priority: {page}"), ("namespace: shop", "namespace: mall"), ("runbooks/", "pages/"))
    other = f"priority: {own}".join(other.rsplit(last, 1))
    before, after = files(row), files(other)
    assert list(names(before)) == list(names(after))
    assert [file.name for file in before] == [file.name for file in after]
    labels = [dict(rule.labels).get("namespace") for group in after[0].groups for rule in group.rules]
    assert "mall" in labels
    assert "shop" not in labels
