"""Targets of which each address is scraped, as addresses come and go."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from emberline.sources.addresses import Addresses, lookup
from emberline.sources.target import Target
from emberline.sources.targets import load_targets
from slo.table.fault import Invalid

NODES = """
- {kind: node, url: "http://nodes.svc:9400/metrics", each_address: true, honor_labels: true}
- {kind: vllm, url: "http://llm:8000"}
"""


class Names:
    """A resolver whose answers a test changes."""

    def __init__(self, *addresses: str) -> None:
        self.addresses: Sequence[str] | None = addresses
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        if self.addresses is None:
            raise OSError("Name or service not known")
        return self.addresses


def named(folder: Path, text: str = NODES) -> tuple[Target, ...]:
    (folder / "targets.yaml").write_text(text)
    return load_targets(folder / "targets.yaml")


def urls(targets: Sequence[Target]) -> list[tuple[str, str]]:
    return [(target.url, target.label["instance"]) for target in targets]


def test_each_address_is_a_target_of_its_own_and_the_others_stay_as_they_are(tmp_path: Path) -> None:
    names = Names("10.0.0.1", "fd00::7")
    found = asyncio.run(Addresses(named(tmp_path), names).now())
    assert urls(found) == [
        ("http://10.0.0.1:9400/metrics", "10.0.0.1:9400"),
        ("http://[fd00::7]:9400/metrics", "[fd00::7]:9400"),
        ("http://llm:8000/metrics", "llm:8000"),
    ]
    assert names.asked == ["nodes.svc"]
    assert {target.honor_labels for target in found[:2]} == {True}


def test_addresses_follow_the_name_and_outlive_a_resolver_that_fails(tmp_path: Path) -> None:
    names = Names()
    told: list[list[str]] = []

    async def live() -> None:
        addresses = Addresses(named(tmp_path), names)
        assert urls(await addresses.now())[0] == ("http://nodes.svc:9400/metrics", "nodes.svc:9400")
        heard = asyncio.Event()

        def watch(targets: object) -> None:
            told.append([target.label["instance"] for target in targets])  # type: ignore[attr-defined]
            heard.set()

        following = asyncio.create_task(addresses.follow(watch, every=0))
        for answer in (("10.0.0.1",), None, ("10.0.0.2", "10.0.0.3")):
            names.addresses = answer
            for _ in range(2):  # the first may have been asked before the change
                heard.clear()
                await heard.wait()
        following.cancel()

    asyncio.run(asyncio.wait_for(live(), 10))
    seen = [one for one, before in zip(told, [[], *told], strict=False) if one != before]
    first, second = ["10.0.0.1:9400", "llm:8000"], ["10.0.0.2:9400", "10.0.0.3:9400", "llm:8000"]
    assert seen in ([first, second], [["nodes.svc:9400", "llm:8000"], first, second])


def test_without_such_targets_nothing_is_looked_up(tmp_path: Path) -> None:
    names = Names("10.0.0.1")
    addresses = Addresses(
        named(tmp_path, NODES.partition("\n- {kind: vllm")[0].replace("each_address: true, ", "")), names
    )
    asyncio.run(asyncio.wait_for(addresses.follow(lambda _: None, every=0), 10))
    assert names.asked == []


def test_the_machines_resolver_is_asked() -> None:
    assert "127.0.0.1" in asyncio.run(lookup("localhost"))
    with pytest.raises(OSError, match=r".+"):
        asyncio.run(lookup("no-such-name.invalid"))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('url: "https://a:1"', "each_address needs http, or the name in the certificates"),
        ('url: "http://a:1", labels: {instance: b}', "each_address gives each address an instance of its own"),
    ],
)
def test_what_each_address_cannot_be_is_refused(entry: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=told):
        named(tmp_path, f"- {{kind: node, {entry}, each_address: true}}")
