"""Pages that ask for a user, for TLS or for a certificate: the exporter's own, under its web configuration."""

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from emberline.sources.access import Access, Tls, User
from emberline.sources.addresses import Addresses
from emberline.sources.fetch import Clients, Unscraped, scrape
from emberline.sources.target import Target
from native.exposition import Limits
from slo.duration import Duration
from tests.exporter.web.site import DATA, site

PASSWORD = "fakepassword"  # noqa: S105 - what the hash of the corpus is made of
CA, CLIENT, KEY = DATA / "ca.pem", DATA / "client.pem", DATA / "client.key"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    return tmp_path / "password"


def target(url: str, access: Access, **more: Any) -> Target:  # noqa: ANN401  as Target takes them
    return Target(
        "node", f"{url}/metrics", (("instance", "here"), ("job", "node")), Duration(10_000), access=access, **more
    )


def brings(url: str, *ways: Access, **more: Any) -> list[str]:  # noqa: ANN401
    """What the scrapes of a page bring, by one client: an error, or nothing where there is a page."""

    async def play() -> list[str]:
        async with AsyncExitStack() as stack:
            clients = Clients()
            stack.push_async_callback(clients.aclose)
            return [await tried(clients, target(url, access, **more)) for access in ways]

    return asyncio.run(play())


async def tried(clients: Clients, asked: Target) -> str:
    try:
        page = await scrape(clients, asked, Limits())
    except Unscraped as fault:
        return str(fault)
    assert len(page) > 0
    return ""


def test_a_user_is_let_in_by_the_password_that_the_file_holds_now(password: Path) -> None:
    known, unknown = (Access(user=User(name, password)) for name in ("prometheus", "nobody"))
    with site(config=DATA / "good-users.yml") as found:
        assert brings(found.url, known, unknown, Access()) == ["", "HTTP status 401", "HTTP status 401"]
        (password.parent / "name").write_text("prometheus\n")
        assert brings(found.url, Access(user=User(password.parent / "name", password))) == [""]
        password.write_text("another")
        assert brings(found.url, known) == ["HTTP status 401"]
        password.write_text("two\nlines")
        assert "not one line" in brings(found.url, known)[0]
        password.unlink()
        assert brings(found.url, known) == [f"{password}: No such file or directory"]


def test_only_whom_an_authority_vouches_for_by_that_name_is_believed() -> None:
    with site(config=DATA / "good-tls.yml") as found:
        ours, machines, other = (Access(tls=tls) for tls in (Tls(CA), Tls(), Tls(CA, "elsewhere.lab")))
        trusted, *distrusted = brings(found.url, ours, machines, Access(), other)
        assert trusted == ""
        assert all("CERTIFICATE_VERIFY_FAILED" in each for each in distrusted)
        assert "elsewhere.lab" in distrusted[-1]


def test_a_page_that_wants_a_certificate_gets_ours() -> None:
    with site(config=DATA / "good-client-certificates.yml") as found:
        mine, nobody = brings(found.url, Access(tls=Tls(CA, "", CLIENT, KEY)), Access(tls=Tls(CA)))
        assert mine == ""
        assert nobody


def test_a_file_that_was_renewed_counts_at_the_next_scrape(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    shutil.copy(CLIENT, authority)  # a certificate, and no authority of the page's

    async def play(url: str) -> None:
        clients, asked = Clients(), target(url, Access(tls=Tls(authority)))
        assert "CERTIFICATE_VERIFY_FAILED" in await tried(clients, asked)
        held = clients.of(asked.access.tls)
        shutil.copy(CA, tmp_path / "new")
        (tmp_path / "new").rename(authority)
        assert await tried(clients, asked) == ""
        assert clients.of(asked.access.tls) is not held
        assert clients.of(asked.access.tls) is clients.of(Tls(authority))
        await clients.aclose()

    with site(config=DATA / "good-tls.yml") as found:
        asyncio.run(play(found.url))


@pytest.mark.parametrize(
    ("tls", "told"),
    [
        (Tls(Path("/nowhere")), "/nowhere: No such file or directory"),
        (Tls(KEY), f"{KEY}: "),
        (Tls(CA, "", CLIENT, Path("/nowhere")), f"{CLIENT} with /nowhere: No such file"),
        (Tls(CA, "", CLIENT, DATA / "server.key"), "KEY_VALUES_MISMATCH"),
        (Tls(CA, "", CLIENT, DATA / "encrypted.key"), "encrypted key"),
    ],
)
def test_files_that_cannot_be_used_are_named(tls: Tls, told: str) -> None:
    with site(config=DATA / "good-tls.yml") as found:
        assert told in brings(found.url, Access(tls=tls))[0]


def test_each_address_of_a_name_must_bear_the_name_in_the_certificate(password: Path) -> None:
    """The nodes of a headless Service: one certificate, and an address each."""
    access = Access(user=User("a", password), tls=Tls(CA, "localhost"))

    async def play(url: str) -> None:
        clients = Clients()
        nodes = target(url.replace("127.0.0.1", "localhost"), access, each_address=True)
        (node,) = [each for each in await Addresses([nodes]).now() if "127.0.0.1" in each.url]
        assert await tried(clients, node) == ""
        await clients.aclose()

    with site(config=DATA / "good-users-tls.yml") as found:
        asyncio.run(play(found.url))
