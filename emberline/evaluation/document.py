"""Results as JSON: design §3, and valid JSON, so what is absent or NaN is null."""

import math
from datetime import UTC, datetime
from typing import Any

from emberline.evaluation.result import AlertState, Excluded, Result, Traffic, WindowBurn


def document(result: Result) -> dict[str, Any]:
    """One SLO instance; times are RFC 3339, ratios 0 to 1, windows by their length."""
    return {
        "id": result.plan.slo.id,
        "labels": dict(result.labels),
        "state": result.verdict,
        "note": result.note,
        "windows": {str(burn.window.length): _burn(burn) for burn in result.windows},
        "error_budget_remaining": _number(result.error_budget_remaining),
        "coverage": _number(result.coverage),
        "period": _period(result),
        "time_to_exhaustion_seconds": _number(result.time_to_exhaustion),
        "corrections": [_excluded(each) for each in result.corrections],
        "minimum_traffic": [_traffic(each) for each in result.minimum_traffic],
        "overcounted": result.overcounted,
        "alerts": [_alert(state) for state in result.alerts],
    }


def rfc3339(at: int) -> str:
    """A time in ms since the epoch as `2026-01-31T12:00:00Z`, with a fraction only where there is one."""
    seconds, ms = divmod(at, 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ms:03}Z" if ms else f"{text}Z"


def _burn(burn: WindowBurn) -> dict[str, float | None]:
    return {"error_ratio": _number(burn.error_ratio), "burn_rate": _number(burn.burn_rate)}


def _period(result: Result) -> dict[str, str]:
    calendar = result.plan.slo.calendar
    kind = {"kind": "rolling"} if calendar is None else {"kind": calendar.unit, "time_zone": str(calendar.time_zone)}
    return kind | {"start": rfc3339(result.period.start), "end": rfc3339(result.period.end)}


def _excluded(excluded: Excluded) -> dict[str, Any]:
    correction = excluded.correction
    interval = {"from": rfc3339(correction.from_), "to": rfc3339(correction.to), "reason": correction.reason}
    return interval | {"bad": _number(excluded.bad), "total": _number(excluded.total)}


def _traffic(traffic: Traffic) -> dict[str, Any]:
    windows = [str(length) for length in traffic.windows]
    return {"windows": windows, "needed": traffic.needed, "seen": _number(traffic.seen)}


def _alert(state: AlertState) -> dict[str, Any]:
    active_at = None if state.active_at is None else rfc3339(state.active_at)
    return {"name": state.alert.name, "state": state.status, "active_at": active_at}


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
