"""Periods that begin anew with each week, month, quarter or year of some place."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator

from slo.duration import Duration
from slo.indicator import Written
from slo.moment import EPOCH

Unit: TypeAlias = Literal["week", "month", "quarter", "year"]

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR
_DAYS: Final[dict[Unit, tuple[int, int]]] = {"week": (7, 7), "month": (28, 31), "quarter": (90, 92), "year": (365, 366)}
_MONTHS: Final[dict[Unit, int]] = {"month": 1, "quarter": 3, "year": 12}
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,32}){0,2}")


def _zone(value: object) -> tzinfo:
    if isinstance(value, tzinfo):
        return value
    if not isinstance(value, str):
        raise ValueError("must be text, not a list or mapping")  # noqa: TRY004  pydantic reports a ValueError
    name = value.strip()
    if name == "UTC":  # also where there is no database
        return UTC
    try:
        if _NAME.fullmatch(name):
            return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # no such name, a folder, or a file of something else
        pass
    if not available_timezones():
        raise ValueError("this machine has no time zone database: install tzdata, or write UTC")
    raise ValueError(f"{name!r} is not a time zone such as UTC or Europe/Berlin")


Zone = Annotated[tzinfo, BeforeValidator(_zone)]
"""A time zone by its IANA name."""


class Calendar(Written):
    """Periods of one `unit` by the clocks of `time_zone`, each from midnight of its first day to that of the next's.

    Weeks begin on Monday, quarters in January, April, July and October. Where clocks skip midnight, a period begins as
    they go on; where midnight comes twice, with the first.
    """

    unit: Unit
    time_zone: Zone = UTC

    def begin(self, at: int) -> int:
        """The start of the period that holds `at`, start included and end excluded; all in ms since the epoch."""
        return self._midnight(self._first(at))

    def end(self, at: int) -> int:
        """The end of the period that holds `at`, which is the start of the next one."""
        first = self._first(at)
        if self.unit == "week":
            return self._midnight(first + timedelta(days=7))
        months = first.month - 1 + _MONTHS[self.unit]
        return self._midnight(first.replace(year=first.year + months // 12, month=months % 12 + 1))

    def misfit(self, window: Duration) -> str | None:
        """Why a window is no length of such a period; None where it is one."""
        shortest, longest = _DAYS[self.unit]
        if shortest * _DAY <= window.ms <= longest * _DAY:
            return None
        lengths = f"{shortest}d" if shortest == longest else f"{shortest}d to {longest}d"
        return f"a {self.unit} is {lengths} long, and `window` {window}"

    @property
    def longest(self) -> Duration:
        """What no period exceeds: its longest days, and as much more as any place turns its clocks back."""
        return Duration(_DAYS[self.unit][1] * _DAY + 2 * _HOUR)

    def _first(self, at: int) -> datetime:
        """The first day of the period, at midnight without a zone."""
        local = (EPOCH + timedelta(milliseconds=at)).astimezone(self.time_zone)
        day = datetime(local.year, local.month, local.day)  # noqa: DTZ001  a date on the wall, not yet a time
        if self.unit == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1, month=day.month - (day.month - 1) % _MONTHS[self.unit])

    def _midnight(self, day: datetime) -> int:
        return (day.replace(tzinfo=self.time_zone) - EPOCH) // timedelta(milliseconds=1)
