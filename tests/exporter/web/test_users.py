"""Basic authentication over real connections, with the users of the corpus."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from exporter.web.server import Listening
from tests.exporter.web.site import DATA, site
from tests.servers import CLIENT

PASSWORD = "fakepassword"  # noqa: S105 - what the hash of the corpus is made of


@pytest.fixture(scope="module")
def guarded() -> Iterator[Listening]:
    with site(config=DATA / "good-users.yml") as found:
        yield found


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (("prometheus", PASSWORD), 200),
        (("other", PASSWORD), 200),
        (("prometheus", "wrong"), 401),
        (("prometheus", ""), 401),
        (("prometheus", "x" * 200), 401),
        (("prometheus", PASSWORD + "\0"), 401),
        (("nobody", PASSWORD), 401),
        (("", ""), 401),
        (None, 401),
    ],
)
def test_users_are_let_in_and_nobody_else(
    guarded: Listening, authorization: tuple[str, str] | None, status: int
) -> None:
    answer = CLIENT.get(guarded.url + "/metrics", auth=authorization)
    assert answer.status_code == status
    assert answer.headers.get("WWW-Authenticate") == (None if status == 200 else "Basic")
    assert ("emberline_build_info" in answer.text) is (status == 200)


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !", "Basic YQ==", "Bearer x", "basic", "Basic " + "/" * 999, "\xff"]
)
def test_a_strange_header_is_no_user(guarded: Listening, header: str) -> None:
    headers = {b"Authorization": header.encode("latin1")}
    assert CLIENT.get(guarded.url + "/metrics", headers=headers).status_code == 401


def test_the_whole_site_is_guarded_but_for_health(guarded: Listening) -> None:
    codes = {path: CLIENT.get(guarded.url + path).status_code for path in ("/", "/nothing", "/metrics")}
    assert set(codes.values()) == {401}
    codes = {path: CLIENT.get(guarded.url + path).status_code for path in ("/health", "/-/healthy", "/-/ready")}
    assert set(codes.values()) == {200}


def test_a_known_user_does_not_wait_behind_guesses(guarded: Listening) -> None:
    assert CLIENT.get(guarded.url + "/metrics", auth=("prometheus", PASSWORD)).status_code == 200
    with ThreadPoolExecutor(32) as threads:
        guesses = [
            threads.submit(CLIENT.get, guarded.url + "/", auth=("prometheus", str(number))) for number in range(32)
        ]
        began = time.monotonic()
        assert CLIENT.get(guarded.url + "/metrics", auth=("prometheus", PASSWORD)).status_code == 200
        waited = time.monotonic() - began
        codes = {guess.result().status_code for guess in guesses}
        assert waited < (time.monotonic() - began) / 2
    assert codes == {401, 503}, "sixteen may wait for their check, the others are told to come again"


def test_an_unknown_user_costs_as_much_time_as_a_known_one(guarded: Listening) -> None:
    def seconds(user: str) -> float:
        times = (CLIENT.get(guarded.url, auth=(user, f"guess {number}")).elapsed for number in range(3))
        return min(times).total_seconds()

    known = seconds("prometheus")
    assert known > 0.01, "a hash of cost 10 was computed"
    assert seconds("nobody") > known / 3
