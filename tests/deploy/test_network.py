"""Who may reach whom, as the NetworkPolicies of a rendering say."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from exporter.settings import TargetEntry
from tests.deploy.rendered import EVERY, WORKLOADS, Object, Rendering, exporters, named, of_kind, pod
from tests.deploy.test_wiring import labels, matches, port

MONITORING = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
CONTROL_PLANE = {"app.kubernetes.io/name": "emberline", "app.kubernetes.io/component": "control-plane"}


def picks(policy: Mapping[str, Any], workload: Object) -> bool:
    """Whether a NetworkPolicy is about the pods of a workload."""
    selector, own = policy["podSelector"], dict(labels(workload))
    wanted = selector.get("matchExpressions", ())
    assert all(each["operator"] == "In" for each in wanted)
    return matches(selector["matchLabels"], workload) and all(own.get(it["key"]) in it["values"] for it in wanted)


@pytest.mark.parametrize("name", EVERY)
def test_every_workload_is_fenced_in_and_its_page_can_be_read(name: str, rendering: Rendering) -> None:
    objects = rendering.of(name)
    policies = [each["spec"] for each in of_kind(objects, "NetworkPolicy")]
    workloads = [*of_kind(objects, *WORKLOADS)]
    for workload in exporters(objects):
        mine = [spec for spec in policies if picks(spec, workload)]
        assert {kind for spec in mine for kind in spec["policyTypes"]} == {"Ingress", "Egress"}
        admitted = [rule for spec in mine for rule in spec.get("ingress", ())]
        assert {entry["port"] for rule in admitted for entry in rule["ports"]} == {"metrics"}
        readers = [peer for rule in admitted for peer in rule["from"]]
        assert MONITORING in readers
        others = [peer["podSelector"]["matchLabels"] for peer in readers if peer != MONITORING]
        assert others == [CONTROL_PLANE] * any(CONTROL_PLANE.items() <= labels(each) for each in workloads)
        assert port(workload, "metrics")
        out = {entry["port"] for spec in mine for rule in spec.get("egress", ()) for entry in rule["ports"]}
        assert ({443, 6443} <= out) == pod(workload)["automountServiceAccountToken"]


def test_the_ports_of_servers_are_open_for_the_cluster(rendering: Rendering) -> None:
    policy = named(rendering.of("cluster"), "NetworkPolicy", "emberline-cluster")["spec"]
    out = {entry["port"] for rule in policy["egress"] for entry in rule["ports"]}
    milvus = TargetEntry.model_validate({"kind": "milvus", "url": "http://milvus:9091"}).target()
    assert {8000, 9091, httpx.URL(milvus.rest_url).port} <= out
