"""/probe as a scraper asks it: there only behind a policy, under the same users and bounds as the page."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.targets.policy import Allowed, Module, Policy
from exporter.targets.probe import Prober
from exporter.web.server import Listening
from tests.exporter.faulty import VLLM, Server, hangs, serves
from tests.exporter.running import exporter
from tests.exporter.web.site import DATA, site
from tests.servers import CLIENT

USER = ("prometheus", "fakepassword")


@pytest.fixture(scope="module")
def vllm() -> Iterator[Server]:
    with Server(serves(VLLM)) as server:
        yield server


def prober(*ports: int) -> Prober:
    allowed = Allowed((ip_network("127.0.0.0/8"),), frozenset(ports), frozenset({"http"}))
    return Prober(Policy((allowed,), {"llm": Module("vllm", 5.0)}))


@pytest.fixture(scope="module")
def found(vllm: Server) -> Iterator[Listening]:
    with site(prober=prober(vllm.port)) as listening:
        yield listening


def test_a_target_that_is_allowed_has_a_page(found: Listening, vllm: Server) -> None:
    answer = CLIENT.get(f"{found.url}/probe", params={"target": f"127.0.0.1:{vllm.port}", "module": "llm"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"emberline_target_up", "emberline_vllm_verdict", "emberline_probe_duration_seconds"} <= families


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("", 400, "the query must have one target"),
        ("target=127.0.0.1:1", 400, "the query must have one module"),
        ("target=127.0.0.1:1&target=127.0.0.1:2&module=llm", 400, "the query must have one target"),
        ("target=127.0.0.1:1&module=other", 400, "no such module"),
        ("target=127.0.0.1:1&module=llm", 403, "the target is not on the allow-list"),
        ("target=file:///etc/passwd&module=llm", 400, "the target is no http or https address"),
    ],
)
def test_what_is_refused_says_why(found: Listening, query: str, status: int, text: str) -> None:
    answer = CLIENT.get(f"{found.url}/probe?{query}")
    assert (answer.status_code, answer.text) == (status, f"{text}\n")


def test_without_a_policy_there_is_no_such_path_and_with_one_no_other_method(found: Listening) -> None:
    assert CLIENT.post(f"{found.url}/probe").status_code == 405
    with site() as bare:
        assert CLIENT.get(f"{bare.url}/probe?target=127.0.0.1:1&module=llm").status_code == 404


def test_users_are_those_of_the_page(vllm: Server) -> None:
    query = {"target": f"127.0.0.1:{vllm.port}", "module": "llm"}
    with site(config=DATA / "good-users.yml", prober=prober(vllm.port)) as guarded:
        assert CLIENT.get(f"{guarded.url}/probe", params=query).status_code == 401
        assert CLIENT.get(f"{guarded.url}/probe", params=query, auth=USER).status_code == 200


def test_a_scraper_that_will_not_wait_has_its_answer_in_time() -> None:
    with Server(hangs) as silent, site(prober=prober(silent.port)) as listening:
        query = {"target": f"127.0.0.1:{silent.port}", "module": "llm"}
        patience = {"X-Prometheus-Scrape-Timeout-Seconds": "1"}
        answer = CLIENT.get(f"{listening.url}/probe", params=query, headers=patience)
        assert answer.elapsed.total_seconds() < 2
        assert "emberline_target_up" in answer.text


def test_the_process_reads_the_policy_from_a_file(vllm: Server, tmp_path: Path) -> None:
    policy = tmp_path / "probe.yaml"
    policy.write_text(f"allow: [{{networks: [127.0.0.0/8], ports: [{vllm.port}]}}]\nmodules: {{llm: {{kind: vllm}}}}\n")
    with exporter(tmp_path, "--simulate", "--probe-policy", str(policy)) as running:
        query = {"target": f"127.0.0.1:{vllm.port}", "module": "llm"}
        assert CLIENT.get(f"{running.url}/probe", params=query).status_code == 200
