"""Rule files as they are loaded: files of Prometheus, objects of its operator, namespaces of Mimir."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from rules.grouping import MIMIR_RULES_PER_GROUP
from rules.render import document, group_content, rule_file
from rules.rule import Group, RuleFile

Format: TypeAlias = Literal["prometheus", "operator", "mimir"]

MIMIR_GROUPS_PER_TENANT: Final = 70
"""Mimir's default limit: a tenant's next group is refused."""
OBJECT_BYTES: Final = 240 * 1024
"""The largest object, as JSON.

The tightest bound is kubectl's: a client-side `apply` keeps the object in an annotation of at most 256 KiB. The
operator renders up to 512 KiB of an object into a ConfigMap, and etcd takes 1.5 MiB.
"""
_LABELS: Final = {"app.kubernetes.io/part-of": "emberline", "prometheus": "k8s", "role": "alert-rules"}
"""What the Prometheus of kube-prometheus selects its rules by, and whose they are."""
_LONGER: Final = 5
"""Go's JSON escapes `<`, `>` and `&` as six characters each."""


def rendered(files: Sequence[RuleFile], form: Format) -> dict[str, str]:
    """Texts by file name."""
    match form:
        case "prometheus":
            return {f"{file.name}.yaml": rule_file(file.groups) for file in files}
        case "operator":
            objects = [each for file in files for each in _objects(file)]
            return {f"{each['metadata']['name']}.yaml": document(each) for each in objects}
        case "mimir":
            return {
                f"{file.name}.yaml": document({"namespace": file.name, "groups": _contents(file.groups)})
                for file in files
            }


def mimir_overrides(files: Sequence[RuleFile]) -> dict[str, int]:
    """The limits of a Mimir tenant that must be raised for these files alone, and the least that they must be."""
    groups = [group for file in files for group in file.groups]
    needed = {
        "ruler_max_rule_groups_per_tenant": (len(groups), MIMIR_GROUPS_PER_TENANT),
        "ruler_max_rules_per_rule_group": (max((len(each.rules) for each in groups), default=0), MIMIR_RULES_PER_GROUP),
    }
    return {setting: count for setting, (count, limit) in needed.items() if count > limit}


def _contents(groups: Sequence[Group]) -> list[dict[str, Any]]:
    return [group_content(group) for group in groups]


def _objects(file: RuleFile) -> Iterator[dict[str, Any]]:
    for number, groups in enumerate(_parts(_contents(file.groups)), 1):
        # No area holds a dot, so no other file's name looks like that of a further part.
        name = f"emberline-{file.name}" + (f".{number}" if number > 1 else "")
        yield {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": name, "labels": _LABELS},
            "spec": {"groups": groups},
        }


def _parts(groups: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The groups in their order, as few parts as keep the bound; a group is never split."""
    part: list[Mapping[str, Any]] = []
    filled = 0
    for group in groups:
        text = json.dumps(group)
        size = len(text) + _LONGER * sum(map(text.count, "<>&"))
        if part and filled + size > OBJECT_BYTES:
            yield part
            part, filled = [], 0
        part.append(group)
        filled += size
    yield part
