"""/probe reaches what is allowed and nothing else, whatever a scraper, a name server or a target tries."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.targets.policy import Address, Allowed, Module, Policy
from exporter.targets.probe import CONCURRENT, Prober, Refusal, Resolve, probe, resolve
from tests.exporter import faulty
from tests.exporter.faulty import MILVUS, VLLM, Handler, Server, serves

NOT_ALLOWED = Refusal(403, "the target is not on the allow-list")


def policy(*ports: int, networks: tuple[str, ...] = ("127.0.0.0/8",), **modules: Module) -> Policy:
    allowed = Allowed(tuple(map(ip_network, networks)), frozenset(ports), frozenset({"http"}))
    return Policy((allowed,), {"llm": Module("vllm", 1.0), **modules})


def asked(target: str, allowed: Policy, module: str = "llm", resolver: Resolve = resolve) -> bytes | Refusal:
    return asyncio.run(probe(target, module, allowed, resolver))


def values(page: bytes | Refusal) -> dict[str, float]:
    """The page by name and the last label."""
    assert isinstance(page, bytes), page
    samples = [sample for family in text_string_to_metric_families(page.decode()) for sample in family.samples]
    return {f"{one.name} {list(one.labels.values())[-1]}": one.value for one in samples}


def to(*addresses: str) -> Resolve:
    """A name server that answers everything with these."""

    async def answer(host: str, port: int) -> tuple[Address, ...]:
        del host, port
        return tuple(map(ip_address, addresses))

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(serves(VLLM)) as running:
        yield running


def test_a_server_is_judged_by_one_look(server: Server) -> None:
    found = values(asked(f"127.0.0.1:{server.port}", policy(server.port)))
    assert found["emberline_target_up vllm"] == 1
    assert found["emberline_vllm_model_info tiny"] == 1
    assert found["emberline_vllm_verdict serving"] == 1
    assert found["emberline_vllm_verdict_evidence gauges"] == 1


def test_a_database_is_asked_on_both_its_ports() -> None:
    with Server(serves(MILVUS)) as server:
        module = Module("milvus", 2.0, rest_port=server.port)
        found = values(asked(f"http://localhost:{server.port}/", policy(server.port, db=module), "db", to("127.0.0.1")))
        assert found["emberline_target_up milvus"] == 1
        assert found["emberline_milvus_collection_loaded docs"] == 1
        assert asked(f"127.0.0.1:{server.port}", policy(server.port, db=Module("milvus")), "db") == NOT_ALLOWED


def test_a_server_that_is_down_is_a_page_that_says_so(server: Server) -> None:
    server.stop()
    found = values(asked(f"127.0.0.1:{server.port}", policy(server.port)))
    assert found["emberline_target_up vllm"] == 0
    assert found["emberline_vllm_verdict dead"] == 1


@pytest.mark.parametrize(
    ("target", "refusal"),
    [
        ("http://127.0.0.1:1/", NOT_ALLOWED),
        ("https://127.0.0.1:{port}", NOT_ALLOWED),
        ("127.0.0.1", NOT_ALLOWED),
        ("2130706433:{port}", None),  # 127.0.0.1 as one number: what counts is where it leads
        ("[::1]:{port}", NOT_ALLOWED),
        ("[::ffff:10.0.0.1]:{port}", NOT_ALLOWED),
        ("file:///etc/passwd", Refusal(400, "the target is no http or https address")),
        ("gopher://127.0.0.1:{port}", Refusal(400, "the target is no http or https address")),
        ("http://", Refusal(400, "the target is no http or https address")),
        ("127.0.0.1:0", Refusal(400, "the target is no http or https address")),
        ("127.0.0.1:99999", Refusal(400, "the target is no address")),
        ("http://[::1", Refusal(400, "the target is no address")),
        ("127.0.0.1:{port} x", Refusal(400, "the target is no address")),
        ("127.0.0.1:{port}\r\nHost: x", Refusal(400, "the target is no address")),
        ("x" * 513, Refusal(400, "the target is no address")),
        ("http://user:secret@127.0.0.1:{port}", Refusal(400, "the target must be scheme, host and port alone")),
        ("http://127.0.0.1:{port}/admin", Refusal(400, "the target must be scheme, host and port alone")),
        ("http://127.0.0.1:{port}?x=1", Refusal(400, "the target must be scheme, host and port alone")),
        ("http://127.0.0.1:{port}#x", Refusal(400, "the target must be scheme, host and port alone")),
        ("http://10.0.0.1\\@127.0.0.1:{port}", Refusal(400, "the target must be scheme, host and port alone")),
        ("nobody.invalid:{port}", Refusal(502, "the name of the target does not resolve")),
    ],
)
def test_what_may_not_be_asked_is_refused_without_a_request(
    server: Server, target: str, refusal: Refusal | None
) -> None:
    requests: list[str] = []

    def note(handler: Handler) -> None:
        requests.append(handler.path)
        serves(VLLM)(handler)

    server.behaviour = note
    found = asked(target.format(port=server.port), policy(server.port))
    assert (found if isinstance(found, Refusal) else None) == refusal
    assert bool(requests) is (refusal is None)


def test_nothing_is_allowed_by_an_empty_policy_and_no_module_is_guessed() -> None:
    assert asked("127.0.0.1:80", Policy((), {"llm": Module("vllm")})) == NOT_ALLOWED
    assert asked("127.0.0.1:80", policy(80), "other") == Refusal(400, "no such module")


def test_a_name_leads_where_it_led_when_it_was_checked(server: Server) -> None:
    """The name server would answer otherwise a second time; it is asked once."""
    answers = iter([(ip_address("127.0.0.1"),), (ip_address("10.1.2.3"),)])

    async def rebinding(host: str, port: int) -> tuple[Address, ...]:
        del host, port
        return next(answers)

    seen: list[str | None] = []

    def note(handler: Handler) -> None:
        seen.append(handler.headers["Host"])
        serves(VLLM)(handler)

    server.behaviour = note
    found = values(asked(f"llm.example:{server.port}", policy(server.port), resolver=rebinding))
    assert found["emberline_target_up vllm"] == 1
    assert set(seen) == {f"llm.example:{server.port}"}, "the server hears the name, the connection goes to the address"
    assert next(answers) == (ip_address("10.1.2.3"),)


def test_one_address_that_is_not_allowed_spoils_the_name(server: Server) -> None:
    resolver = to("127.0.0.1", "169.254.169.254")
    assert asked(f"x:{server.port}", policy(server.port), resolver=resolver) == NOT_ALLOWED


def test_a_redirect_is_not_followed(server: Server) -> None:
    with Server(serves(VLLM)) as inside:

        def lead_inside(handler: Handler) -> None:
            handler.reply(302, b"", Location=f"{inside.url}/health")

        server.behaviour = lead_inside
        found = values(asked(f"127.0.0.1:{server.port}", policy(server.port, inside.port)))
        assert found["emberline_target_up vllm"] == 0
        assert found["emberline_target_failures_total redirect"] == 4


def test_credentials_come_from_the_modules_file_and_never_from_the_request(server: Server, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    keys: set[str | None] = set()

    def note(handler: Handler) -> None:
        keys.add(handler.headers.get("Authorization"))
        serves(VLLM)(handler)

    server.behaviour = note
    module = Module("vllm", 1.0, tmp_path / "key")
    values(asked(f"127.0.0.1:{server.port}", policy(server.port, keyed=module), "keyed"))
    assert keys == {"Bearer s3cret"}


@pytest.mark.parametrize("behaviour", [faulty.hangs, faulty.drips, faulty.never_ends, faulty.goes_on_informing])
def test_a_hanging_target_costs_its_deadline_and_a_bounded_answer(server: Server, behaviour: faulty.Behaviour) -> None:
    server.behaviour = behaviour
    began = time.monotonic()
    patient = policy(server.port, llm=Module("vllm", 30.0))
    page = asyncio.run(probe(f"127.0.0.1:{server.port}", "llm", patient, patience=0.3))
    assert time.monotonic() - began < 10, "as long as whoever asks has patience, not as long as the module would wait"
    assert values(page)["emberline_target_up vllm"] == 0
    assert len(page) < 20_000 if isinstance(page, bytes) else pytest.fail("refused")


def test_so_many_probes_at_a_time_and_then_again(server: Server) -> None:
    server.behaviour = faulty.hangs
    target = f"127.0.0.1:{server.port}"

    async def crowd() -> list[bytes | Refusal]:
        prober = Prober(policy(server.port))
        found = await asyncio.gather(*(prober.probe(target, "llm", 0.3) for _ in range(CONCURRENT + 2)))
        server.behaviour = serves(VLLM)
        return [*found, await prober.probe(target, "llm")]

    *found, last = asyncio.run(crowd())
    assert [one for one in found if isinstance(one, Refusal)] == [Refusal(503, "8 probes are running already")] * 2
    assert values(last)["emberline_target_up vllm"] == 1


def test_a_name_server_that_hangs_costs_one_deadline() -> None:
    async def hangs(host: str, port: int) -> tuple[Address, ...]:
        del host, port
        await asyncio.sleep(60)
        return ()

    module = replace(Module("vllm"), timeout=0.2)
    began = time.monotonic()
    found = asked("slow.example:80", policy(80, quick=module), "quick", hangs)
    assert found == Refusal(502, "the name of the target does not resolve")
    assert time.monotonic() - began < 10


def test_a_module_may_relay_the_page(server: Server) -> None:
    module = Module("vllm", 2.0, relay=True)
    page = asked(f"127.0.0.1:{server.port}", policy(server.port, all=module), "all")
    assert values(page)["vllm:num_requests_waiting tiny"] == 40
    assert isinstance(page, bytes)
    assert f'vllm:num_requests_waiting{{target="127.0.0.1:{server.port}",engine="0"'.encode() in page
