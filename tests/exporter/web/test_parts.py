"""The small parts of the web server, each by its table."""

import asyncio
import base64
from collections.abc import Mapping

import pytest

from exporter.web import deadline, golang
from exporter.web.config import Rate
from exporter.web.rate import Bucket
from exporter.web.tls import alternative_names
from exporter.web.users import Busy, Gatekeeper


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("-0", 0), ("1s", 1), ("1m30s", 90), (".5h", 1800), ("1.5s", 1.5), ("-2ms", -0.002), ("3us", 3e-6)],
)
def test_lengths_of_time_are_read_as_go_does(text: str, seconds: float) -> None:
    assert golang.seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "1", "s", "1 s", "1d", "1s ", "--1s", ".s", "1e3s", "s1"])
def test_what_go_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a length of time"):
        golang.seconds(text)


def test_a_bucket_lets_a_burst_through_and_then_one_each_interval() -> None:
    bucket = Bucket(Rate(2.0, 3), 100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(at) for at in (101.0, 102.0, 103.0, 104.0)] == [False, True, False, True]
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("interval", [0.0, -1.0])
def test_no_interval_is_no_limit(interval: float) -> None:
    bucket = Bucket(Rate(interval, 0), 0.0)
    assert all(bucket.take(0.0) for _ in range(100))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("10", 9.5), ("1", 0.5), ("0.4", 0.2), ("60", 10), (None, 10), ("x", 10), ("nan", 10), ("-3", 10), ("0", 10)],
)
def test_half_a_second_is_left_for_the_way_back(header: str | None, seconds: float) -> None:
    assert deadline.seconds(header) == seconds


def test_alternative_names_are_spelt_as_go_spells_them() -> None:
    names = (
        ("DNS", "a.example"),
        ("IP Address", "0:0:0:0:0:0:0:1"),
        ("IP Address", "0:0:0:0:0:FFFF:A00:1"),
        ("URI", "spiffe://a"),
        ("email", "a@b"),
        ("DirName", "x"),
    )
    assert list(alternative_names({"subjectAltName": names})) == ["a.example", "::1", "10.0.0.1", "spiffe://a", "a@b"]
    assert list(alternative_names({})) == []


CHEAP = "$2b$04$abcdefghijklmnopqrstuuHTCJeJUvdZMPiNHXnLuo8Kap0lrdAS6"


def gate(users: Mapping[str, str], *headers: str) -> list[object]:
    async def ask() -> list[object]:
        keeper = Gatekeeper()
        try:
            return await asyncio.gather(*(keeper.admits(users, it) for it in headers), return_exceptions=True)
        finally:
            keeper.close()

    return asyncio.run(ask())


def test_seventeen_unknown_passwords_at_once_are_one_too_many() -> None:
    headers = [f"Basic {base64.b64encode(f'u:{number}'.encode()).decode()}" for number in range(18)]
    found = gate({"u": CHEAP}, *headers)
    assert found[:16] == [False] * 16
    assert [type(it) for it in found[16:]] == [Busy, Busy]
