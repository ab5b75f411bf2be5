"""Points in time, as RFC 3339 writes them."""

import pytest

from slo.moment import moment


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2023-11-14T22:14:00Z", 1_700_000_040_000),
        ("2023-11-14T23:14:00+01:00", 1_700_000_040_000),
        ("2023-11-14T17:44:00-04:30", 1_700_000_040_000),
        ("2023-11-14T22:14:00.0079999Z", 1_700_000_040_007),
        ("1969-12-31T23:59:59.9999Z", -1),
    ],
)
def test_times_are_ms_since_the_epoch(text: str, at: int) -> None:
    assert moment(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "2023-11-14",
        "2023-11-14T22:14Z",
        "2023-11-14T22:14:00",
        "2023-11-14 22:14:00Z",
        "2023-W46-2T22:14:00Z",
        "20231114T221400Z",
        "2023-02-29T22:14:00Z",
        "2023-11-14T22:60:00Z",
        "2023-11-14T22:14:60Z",
        "2023-11-14T22:14:00+24:00",
        "0000-01-01T00:00:00Z",
        "٢٠٢٣-11-14T22:14:00Z",
        "1700000040",
        "",
    ],
)
def test_nothing_else_is_a_time(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time such as 2026-01-31T12:00:00Z"):
        moment(text)
